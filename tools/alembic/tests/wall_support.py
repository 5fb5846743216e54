"""Projects with a database of their own, and every way to it."""
import hashlib
import os
import sqlite3
import textwrap

from support import Bridge, BridgeTest, Server, drivers
from ways import RUN, is_there


class Matrix:
    """What became of each way; None where it changed another database."""

    column_count = 6
    rows = {}

    @classmethod
    def add(cls, way, column, outcome):
        cls.rows.setdefault(way, {})[column] = outcome

    @classmethod
    def text(cls):
        columns = sorted({column for row in cls.rows.values() for column in row})
        lines = ["| way | %s |" % " | ".join(columns), "| --- |" + " --- |" * len(columns)]
        lines += ["| %s | %s |" % (way, " | ".join(row.get(column, "") for column in columns))
                  for way, row in cls.rows.items()]
        return "\n".join(lines)


class WallTest(BridgeTest):
    """A project with a database of its own, and every way to it."""

    def setUp(self):
        super().setUp()
        self.bridge.close()
        self.project = self.versions.parent
        (self.root / "ways").mkdir()
        early = self.root / "early"
        early.mkdir()
        self.prepare()
        (self.project / "shop.py").write_text("import sqlalchemy\nENGINE = sqlalchemy.create_engine(%r)\n" % self.values["url"])
        (early / "strata_test_before.py").write_text(textwrap.dedent("""
            import sqlalchemy, {driver}
            from sqlalchemy import create_engine
            from sqlite3 import connect
            ENGINE = create_engine({url!r})
            CREATOR = create_engine({url!r}, creator=lambda: {connect})
            """).format(**self.values))
        (early / "usercustomize.py").write_text("")
        (early / "sitecustomize.py").write_text("import strata_test_before\n")
        os.environ["PYTHONPATH"] = str(early)
        self.addCleanup(os.environ.pop, "PYTHONPATH", None)
        (self.project / "env.py").write_text(
            "import pathlib, runpy\n"
            "runpy.run_path(%r + pathlib.Path(%r).read_text() + '.py')\n" % (
                str(self.root / "ways") + "/", str(self.root / "way")))

    def begin(self, **options):
        self.bridge = Bridge()
        self.addCleanup(self.bridge.close)
        reply = self.open(url=self.scratch(), paths=[str(self.project), str(self.root / "ways")], **options)
        self.assertEqual(reply["reply"], "opened", reply)

    def run_way(self, revision):
        self.bridge.send(op="run", url=self.scratch(), revisions=[revision])
        replies = [self.bridge.reply()]
        while replies[-1]["reply"] == "ran":
            self.bridge.send(op="next")
            replies.append(self.bridge.reply())
        return replies

    def outcome(self, replies, file):
        """`led`, or `refused` where the line of the file is named."""
        # That it looks beside its own transaction is no refusal.
        lines = [line for line in replies[0].get("told") or [] if "a connection of its own" not in line]
        told = " ".join(lines) + (replies[0].get("error") or "") + (replies[0].get("hint") or "")
        if replies[0]["reply"] == "ran" and not lines:
            return "led to the scratch" if self.has_made() else "stopped in the child"
        if "%s:" % file in told:
            return "refused, with its line"
        if "Permission denied" in told and any(file in frame["file"] for frame in replies[0]["traceback"]):
            return "refused by the kernel"
        return "refused: %s" % replies

    def try_env(self, ways, **options):
        self.migration("made", None, "op.execute('CREATE TABLE made (x int)')")
        self.begin(env=True, **options)
        for number, (way, code) in enumerate(ways.items()):
            if not is_there(code.format(**self.values)):
                continue
            name = "way_%d" % number
            (self.root / "ways" / (name + ".py")).write_text("from alembic import context\n" + code.format(**self.values))
            (self.root / "way").write_text(name)
            yield way, self.outcome(self.run_way("made"), name + ".py"), self.harm()

    def try_migrations(self, ways, **options):
        written = {}
        for number, (way, code) in enumerate(ways.items()):
            code = code.format(**self.values)
            if is_there(code):
                written[way] = "m%d" % number
                self.migration(written[way], None, code)
        (self.root / "ways/plain.py").write_text("from alembic import context\nfrom shop import ENGINE as engine" + RUN)
        (self.root / "way").write_text("plain")
        self.begin(**options)
        for way, revision in written.items():
            yield way, self.outcome(self.run_way(revision), revision + ".py"), self.harm()

    def check(self, tries, column=None):
        count = 0
        for way, outcome, harm in tries:
            with self.subTest(way=way):
                self.assertEqual(harm, [])
                if column:
                    self.assertIn(outcome, ("led to the scratch", "refused, with its line", "refused by the kernel", "stopped in the child"))
                    Matrix.add(way, column, outcome)
            count += 1
        self.assertGreater(count, 10)


class OnSQLite(WallTest):
    def prepare(self):
        self.own, self.other = self.root / "own/shop.db", self.root / "own/other.db"
        self.own.parent.mkdir()
        for path in (self.own, self.other):
            with sqlite3.connect(str(path)) as connection:
                connection.execute("CREATE TABLE customers (x)")
        self.values = dict(
            url="sqlite:///%s" % self.own, async_url="sqlite+aiosqlite:///%s" % self.own, driver="sqlite3",
            connect="sqlite3.connect(%r, check_same_thread=False)" % str(self.own), file=str(self.own),
            other="sqlite:///%s" % self.other, sql="CREATE TABLE made (x int)")
        self.digests = self.files()
        self.count = 0

    def files(self):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.own.parent.iterdir()}

    def harm(self):
        now = self.files()
        return sorted(name for name in set(now) | set(self.digests) if now.get(name) != self.digests.get(name))

    def scratch(self):
        self.count += 1
        return "sqlite:///%s/scratch%d.db" % (self.root, self.count)

    def has_made(self):
        with sqlite3.connect("%s/scratch%d.db" % (self.root, self.count)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'made'").fetchall())


class OnPostgreSQL(WallTest):
    def prepare(self):
        if not drivers():
            self.skipTest("no driver for PostgreSQL is installed")
        self.server = Server.get()
        self.own, self.other = self.server.database(), self.server.database()
        for name in (self.own, self.other):
            self.server.ask(name, "CREATE TABLE customers (x int)")
        driver = drivers()[0]
        asynchronous = next((name for name in ("asyncpg", "psycopg") if name in drivers()), driver)
        # SQLAlchemy takes a database's name as it stands.
        rest = "://postgres@/%s?host=%s&port=%d" % (self.own, self.server.root, self.server.port)
        dsn = self.server.url(self.own)
        self.values = dict(
            url="postgresql+%s%s" % (driver, rest), async_url="postgresql+%s%s" % (asynchronous, rest), driver=driver, connect="%s.connect(%r)" % (driver, dsn),
            dsn=dsn, words=dict(dbname=self.own, host=self.server.root, port=self.server.port, user="postgres"),
            port=self.server.port, tcp="postgresql://postgres@127.0.0.1:%d/%s" % (
                self.server.port, self.own.replace(" ", "%20")),
            socket="%s/.s.PGSQL.%d" % (self.server.root, self.server.port),
            other=self.server.url(self.other), sql="CREATE TABLE made (x int)")

    def harm(self):
        return [row for name in (self.own, self.other) for row in self.server.ask(
            name, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'customers'")]

    def scratch(self):
        self.name = self.server.database()
        return self.server.url(self.name)

    def has_made(self):
        return bool(self.server.ask(self.name, "SELECT 1 FROM pg_class WHERE relname = 'made'"))
