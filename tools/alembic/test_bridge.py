"""Tests of the bridge, against the real Alembic of the interpreter that runs them.

    PYTHON tools/alembic/test_bridge.py      (PYTHON has alembic and sqlalchemy)

Those that need PostgreSQL start a server of their own, and are skipped where there is none, or no
driver for it (psycopg2, psycopg, asyncpg).
"""
import glob
import hashlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import urllib.parse
from pathlib import Path

BRIDGE = Path(__file__).with_name("strata_bridge")
HEADER = """\
from alembic import op
import sqlalchemy as sa
revision = %r
down_revision = %r
depends_on = %r
branch_labels = %r

"""


class Bridge:
    """A running bridge and the requests one sends to it."""

    def __init__(self, *interpreter):
        self.process = subprocess.Popen(
            [*(interpreter or (sys.executable,)), str(BRIDGE)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")

    def send(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def reply(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, **request):
        self.send(**request)
        return self.reply()

    def scan(self, folder, **options):
        self.send(op="scan", versions=[str(folder)], **options)
        replies = [self.reply()]
        while replies[-1]["reply"] != "scanned":
            replies.append(self.reply())
        return replies

    def run(self, database, revisions, **options):
        """All replies of a run that is told to go on after each revision."""
        self.send(op="run", url="sqlite:///%s" % database, revisions=revisions, **options)
        replies = [self.reply()]
        while replies[-1]["reply"] == "ran":
            self.send(op="next")
            replies.append(self.reply())
        return replies

    def close(self):
        if self.process.stdin.closed:
            return self.process.returncode
        self.process.stdin.close()
        code = self.process.wait(timeout=10)
        self.errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class BridgeTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = Path(self._folder.name).resolve()
        self.versions = self.root / "project/versions"
        self.versions.mkdir(parents=True)
        self.database = self.root / "scratch.db"
        self.bridge = Bridge()
        self.addCleanup(self.bridge.close)

    def migration(self, revision, parents, body, depends_on=None, labels=None, head=""):
        text = head + HEADER % (revision, parents, depends_on, labels)
        text += "def upgrade():\n" + textwrap.indent(textwrap.dedent(body), "    ")
        text += "\n\ndef downgrade():\n    pass\n"
        (self.versions / (revision + ".py")).write_text(text)

    def open(self, **options):
        return self.bridge.ask(op="open", versions=[str(self.versions)], **options)

    def ask_database(self, sql):
        with sqlite3.connect(str(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def heads(self):
        return sorted(row[0] for row in self.ask_database("SELECT version_num FROM alembic_version"))


class Scan(BridgeTest):
    def write(self, name, text):
        path = self.versions / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())

    def test_tells_what_a_file_says_of_itself_without_importing_it(self):
        source = '"""add users\n\nRevision ID: a1\nCreate Date: 2024-05-01 10:11:12.131415\n\n"""\n'
        source += "import no_such_module\nrevision: str = 'a1'\ndown_revision = None\r\n"
        self.write("a1.py", source.encode())
        self.write("helper.py", "x = 1\n")
        self.write("__init__.py", "revision = 'no'\n")
        self.write(".hidden.py", "revision = 'no'\n")
        revision, end = self.bridge.scan(self.versions)
        self.assertEqual(end, {"reply": "scanned", "count": 1})
        self.assertEqual(revision, {
            "reply": "revision", "id": "a1", "parents": [], "dependsOn": [], "labels": [],
            "message": "add users", "createDate": "2024-05-01 10:11:12.131415",
            "path": "a1.py", "file": str(self.versions / "a1.py"), "source": source,
            "sha256": hashlib.sha256(source.encode()).hexdigest()})

    def test_resolves_module_constants_and_reports_what_is_computed(self):
        self.write("a.py", "BASE = 'a'\nrevision = BASE + '1'\ndown_revision = None\nbranch_labels = ('x',)\n")
        self.write("b.py", "PARENTS = ('a1',)\nrevision = 'b1'\ndown_revision = (*PARENTS, 'c1')\n"
                           "depends_on = ['x']\n")
        self.write("c.py", "import uuid\nrevision = uuid.uuid4().hex\ndown_revision = None\n")
        self.write("d.py", "revision = 'd1'\ndef broken(:\n")
        replies = self.bridge.scan(self.versions)
        problems = {r["path"]: r for r in replies if r["reply"] == "unparsable"}
        self.assertEqual(problems["c.py"]["line"], 2)
        self.assertIn("SyntaxError", problems["d.py"]["why"])
        revisions = {r["id"]: r for r in replies if r["reply"] == "revision"}
        self.assertEqual(sorted(revisions), ["a1", "b1"])
        self.assertEqual(revisions["b1"]["parents"], ["a1", "c1"])
        self.assertEqual(revisions["b1"]["dependsOn"], ["a1"])

    def test_reads_a_file_in_the_encoding_it_declares(self):
        raw = "# -*- coding: latin-1 -*-\n'''caf\u00e9'''\nrevision = 'a1'\n".encode("latin-1")
        self.write("a1.py", raw)
        revision = self.bridge.scan(self.versions)[0]
        self.assertEqual(revision["message"], "caf\u00e9")
        self.assertEqual(revision["sha256"], hashlib.sha256(raw).hexdigest())
        self.assertEqual(revision["source"].encode("latin-1"), raw)

    def test_reads_subfolders_only_when_asked_to(self):
        self.write("old/a1.py", "revision = 'a1'\n")
        self.assertEqual(self.bridge.scan(self.versions)[-1]["count"], 0)
        self.assertEqual(self.bridge.scan(self.versions, recursive=True)[0]["path"], "old/a1.py")

    def test_names_a_folder_that_is_not_there(self):
        reply = self.bridge.ask(op="scan", versions=[str(self.root / "nowhere")])
        self.assertEqual((reply["reply"], reply["code"]), ("error", "bad-location"))

    def test_needs_neither_alembic_nor_sqlalchemy(self):
        self.write("a1.py", "revision = 'a1'\n")
        bare = Bridge(sys.executable, "-I", "-S")
        self.assertEqual(bare.scan(self.versions)[-1]["count"], 1)
        reply = bare.ask(op="open", versions=[str(self.versions)])
        self.assertEqual((reply["code"], reply["package"]), ("missing-package", "alembic"))
        self.assertEqual(bare.close(), 0)


class Locate(BridgeTest):
    def test_finds_the_folders_from_the_ini_the_script_folder_or_the_versions_folder(self):
        (self.root / "alembic.ini").write_text(
            "[alembic]\nscript_location = %(here)s/project\nprepend_sys_path = .\n")
        (self.versions.parent / "env.py").write_text("")
        expected = {"reply": "located", "ini": str(self.root / "alembic.ini"),
                    "scriptLocation": str(self.versions.parent), "versions": [str(self.versions)],
                    "recursive": False, "prependSysPath": [str(self.root)]}
        for path in (self.root, self.root / "alembic.ini", self.versions.parent, self.versions):
            self.assertEqual(self.bridge.ask(op="locate", path=str(path)), expected, path)


class Run(BridgeTest):
    def test_steps_branches_merges_and_dependencies_as_alembic_does(self):
        self.migration("root", None, "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))")
        self.migration("left", "root", "op.add_column('a', sa.Column('l', sa.Text))", labels=("side",))
        self.migration("right", "root", "op.add_column('a', sa.Column('r', sa.Text))")
        self.migration("merge", ("left", "right"), "pass")
        self.migration("other", None, "op.create_table('o', sa.Column('id', sa.Integer))", depends_on="side")
        self.assertEqual(self.open()["reply"], "opened")
        expected = [("root", ["root"]), ("left", ["left"]), ("right", ["left", "right"]),
                    ("merge", ["merge"]), ("other", ["merge", "other"])]
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=[r for r, _ in expected])
        for revision, heads in expected:
            self.assertEqual(self.bridge.reply()["id"], revision)
            self.assertEqual(self.heads(), heads)
            self.bridge.send(op="next")
        self.assertEqual(self.bridge.reply(), {"reply": "finished", "count": 5})

    def test_lets_a_dependency_replace_the_head_it_depends_on(self):
        self.migration("one", None, "pass")
        self.migration("two", None, "pass", depends_on="one")
        self.open()
        self.bridge.run(self.database, ["one", "two"])
        self.assertEqual(self.heads(), ["two"])

    def test_leaves_the_database_unlocked_between_revisions(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')\nop.execute('INSERT INTO t VALUES (1)')")
        self.migration("b", "a", "op.execute('DELETE FROM t')")
        self.open()
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a", "b"])
        self.assertEqual(self.bridge.reply()["reply"], "ran")
        connection = sqlite3.connect(str(self.database), timeout=0)
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
        connection.close()
        self.bridge.send(op="stop")
        self.assertEqual(self.bridge.reply(), {"reply": "finished", "count": 1})
        self.assertEqual(self.ask_database("SELECT count(*) FROM t"), [(1,)])

    def test_another_request_ends_a_run(self):
        self.migration("a", None, "pass")
        self.open()
        self.bridge.ask(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
        self.assertEqual(self.bridge.ask(op="dance")["code"], "bad-request")

    def test_tells_definitions_copies_and_templates_but_no_values(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('s', sa.Text))
            t = sa.table('t', sa.column('id', sa.Integer), sa.column('s', sa.Text))
            op.bulk_insert(t, [{'id': n, 's': 'secret'} for n in range(3)])
            op.get_bind().execute(sa.text('SELECT * FROM t')).fetchall()
            op.get_bind().execute(sa.text("UPDATE t SET s = :s"), {'s': 'secret'})
            cursor = op.get_bind().connection.cursor()
            cursor.execute("INSERT INTO t VALUES (7, 'secret'), (8, ?)", ('secret',))
            cursor.execute("CREATE INDEX i ON t (id)")
            with op.batch_alter_table('t') as batch:
                batch.alter_column('s', new_column_name='z')
            """)
        self.open()
        ran = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertNotIn("secret", json.dumps(ran))
        told = [(" ".join(entry["sql"].split()), entry["count"]) for entry in ran["statements"]]
        self.assertEqual([(sql[:24], count) for sql, count in told], [
            ("CREATE TABLE t ( id INTE", 1), ("INSERT INTO t (id, s) VA", 3),
            ("UPDATE t SET s = ?", 1), ("INSERT INTO t VALUES (?,", 1), ("CREATE INDEX i ON t (id)", 1),
            ("CREATE TABLE _alembic_tm", 1), ("INSERT INTO _alembic_tmp", 1),
            ("DROP TABLE t", 1), ("ALTER TABLE _alembic_tmp", 1), ("CREATE INDEX i ON t (id)", 1)])
        self.assertIn("SELECT", told[6][0])

    def test_survives_a_migration_that_prints_and_reads_standard_input(self):
        self.migration("a", None, """
            import os, sys
            print('{"reply":"ran"}')
            os.write(1, b'noise\\n')
            assert sys.stdin.read() == ''
            """)
        self.open()
        self.assertEqual([r["reply"] for r in self.bridge.run(self.database, ["a"])], ["ran", "finished"])
        self.bridge.close()
        self.assertIn("noise", self.bridge.errors)

    def test_says_where_a_migration_failed_and_undoes_its_rows(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "op.execute('INSERT INTO t VALUES (1)')\nop.execute('INSERT INTO u VALUES (1)')")
        self.open()
        ran, failed = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual((ran["reply"], failed["reply"], failed["id"]), ("ran", "failed", "b"))
        self.assertIn("no such table: u", failed["error"])
        self.assertEqual(failed["statement"], "INSERT INTO u VALUES (1)")
        self.assertEqual(failed["traceback"][-1]["code"], "op.execute('INSERT INTO u VALUES (1)')")
        self.assertEqual(failed["traceback"][-1]["file"], str(self.versions / "b.py"))
        self.assertEqual(self.heads(), ["a"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM t"), [(0,)])

    def test_a_migration_that_exits_is_a_failed_one(self):
        self.migration("a", None, "raise SystemExit('enough')")
        self.open()
        failed = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual((failed["error"], failed["statement"]), ("SystemExit: enough", None))

    def test_a_missing_module_fails_its_own_revision_only(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "pass", head="import no_such_module.models\n")
        opened = self.open()
        self.assertEqual([Path(one["file"]).name for one in opened["unimportable"]], ["b.py"])
        ran, failed = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual((ran["id"], failed["missingModule"]), ("a", "no_such_module"))
        self.assertIn("--python", failed["hint"])
        self.assertEqual(failed["traceback"][-1]["code"], "import no_such_module.models")

    def test_finds_modules_on_the_paths_it_is_given(self):
        (self.root / "lib").mkdir()
        (self.root / "lib/shop_models.py").write_text("NAME = 'shop'\n")
        self.migration("a", None, "op.execute('CREATE TABLE %s (x)' % NAME)", head="from shop_models import NAME\n")
        self.open(paths=[str(self.root / "lib")])
        self.bridge.run(self.database, ["a"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM shop"), [(0,)])

    def test_a_folder_beside_the_migrations_cannot_hide_a_package(self):
        (self.versions.parent / "__init__.py").write_text("")
        (self.versions.parent.parent / "json.py").write_text("raise RuntimeError('hidden')\n")
        self.migration("a", None, "import json, http.cookiejar")
        self.open()
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")

    def test_gives_names_by_the_convention(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer), sa.Column('e', sa.Text))
            with op.batch_alter_table('t') as batch:
                batch.create_unique_constraint(None, ['e'])
            """)
        self.open(namingConvention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
        self.bridge.run(self.database, ["a"])
        self.assertIn("CONSTRAINT uq_t_e UNIQUE", self.ask_database(
            "SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0])

    def test_rebuilds_a_table_the_same_way_every_time(self):
        columns = ", ".join("sa.Column('c%d', sa.Integer, index=True)" % n for n in range(8))
        keys = ", ".join("sa.ForeignKeyConstraint(['c%d'], ['p.id'], name='fk%d')" % (n, n) for n in range(8))
        self.migration("a", None, "op.create_table('p', sa.Column('id', sa.Integer, primary_key=True))\n"
                       "op.create_table('t', %s, %s)\n" % (columns, keys) +
                       "with op.batch_alter_table('t') as batch:\n    batch.add_column(sa.Column('x', sa.Text))\n"
                       "    batch.alter_column('c1', nullable=False)\n")
        self.open()
        self.bridge.run(self.database, ["a"])
        sql = self.ask_database("SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0]
        found = [sql.index("fk%d" % n) for n in range(8)]
        self.assertIn(found, (sorted(found), sorted(found, reverse=True)))
        names = [row[0] for row in self.ask_database(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't' ORDER BY rowid")]
        self.assertIn(names, (sorted(names), sorted(names, reverse=True)))

    def test_knows_only_the_revisions_of_the_folder(self):
        self.migration("abcdef", None, "pass")
        self.open()
        for wrong in ("nope", "abcd", "head"):
            reply = self.bridge.run(self.database, [wrong])[0]
            self.assertEqual((reply["reply"], reply["code"]), ("error", "unknown-revision"))

    def test_refuses_a_graph_that_alembic_refuses(self):
        self.migration("a", "b", "pass")
        self.migration("b", "a", "pass")
        self.assertEqual(self.open()["code"], "bad-graph")

    def test_ends_on_sigterm_in_the_middle_of_a_migration(self):
        self.migration("a", None, "import time\nop.execute('CREATE TABLE t (x)')\nprint('here', flush=True)\ntime.sleep(60)")
        self.open()
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
        while "here" not in self.bridge.process.stderr.readline():
            pass
        self.bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.bridge.close(), 143)

    def test_a_downgrade_steps_back(self):
        self.migration("a", None, "pass")
        self.open()
        self.bridge.run(self.database, ["a"])
        self.bridge.run(self.database, ["a"], downgrade=True)
        self.assertEqual(self.heads(), [])


class ProjectEnvironment(BridgeTest):
    def project(self, env):
        (self.versions.parent / "env.py").write_text(textwrap.dedent(env))
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "op.execute('ALTER TABLE t ADD y')")

    def check(self):
        self.assertEqual(self.open(env=True)["reply"], "opened")
        replies = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
        self.assertEqual(replies[1]["statements"], [{"sql": "ALTER TABLE t ADD y", "count": 1}])
        self.assertEqual(self.ask_database("SELECT name FROM pragma_table_info('t')"), [("x",), ("y",)])

    def test_is_used_with_its_url_replaced(self):
        self.project("""
            from logging.config import fileConfig
            from alembic import context
            from sqlalchemy import engine_from_config, pool
            fileConfig(context.config.config_file_name)
            settings = context.config.get_section(context.config.config_ini_section)
            settings["sqlalchemy.url"] = "postgresql://nobody@nowhere/none"
            engine = engine_from_config(settings, prefix="sqlalchemy.", poolclass=pool.NullPool)
            with engine.connect() as connection:
                context.configure(connection=connection, version_table="versions_of_shop")
                with context.begin_transaction():
                    context.run_migrations()
            """)
        self.check()
        self.assertEqual(self.ask_database("SELECT * FROM versions_of_shop"), [("b",)])

    def test_may_be_asynchronous(self):
        try:
            import greenlet  # noqa: F401
        except ImportError:
            self.skipTest("greenlet is not installed")
        self.project("""
            import asyncio
            from alembic import context
            from sqlalchemy.ext.asyncio import create_async_engine

            def migrate(connection):
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()

            async def main():
                engine = create_async_engine("postgresql+asyncpg://nobody@nowhere/none", pool_size=3)
                async with engine.connect() as connection:
                    await connection.run_sync(migrate)
                await engine.dispose()

            asyncio.run(main())
            """)
        self.check()

    def test_that_runs_nothing_is_a_failure(self):
        self.project("from alembic import context\n")
        self.open(env=True)
        self.assertIn("did not run", self.bridge.run(self.database, ["a"])[0]["error"])

    def test_that_is_missing_is_said_at_once(self):
        self.migration("a", None, "pass")
        self.assertEqual(self.open(env=True)["code"], "bad-location")


class Server:
    """A PostgreSQL server for these tests: started once, gone with them."""

    running = None

    @classmethod
    def get(cls):
        if cls.running is None:
            tools = glob.glob("/usr/lib/postgresql/*/bin/initdb") + glob.glob("/usr/pgsql-*/bin/initdb")
            tools.sort(key=lambda path: int(re.findall(r"\d+", path)[0]))
            if not tools:
                raise unittest.SkipTest("no PostgreSQL server is installed")
            cls.running = cls(os.path.dirname(tools[-1]))
        return cls.running

    def __init__(self, tools):
        self.tools = tools
        self.root = tempfile.mkdtemp(prefix="bridge-pg-", dir="/tmp")
        # It refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(self.root, self.user.pw_uid, self.user.pw_gid)
        self.tool("initdb", "-D", self.root + "/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [tools + "/postgres", "-D", self.root + "/data", "-k", self.root, "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=off", "-p", str(self.port)], preexec_fn=self.become, cwd=self.root,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.count = 0
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError("the server ended with %d" % self.process.returncode)
            if os.path.exists("%s/.s.PGSQL.%d" % (self.root, self.port)) and self.answers():
                return
            time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def become(self):
        if os.geteuid() == 0:
            os.setgid(self.user.pw_gid)
            os.setgroups([])
            os.setuid(self.user.pw_uid)

    def tool(self, name, *words):
        return subprocess.run(
            [os.path.join(self.tools, name), *words], check=True, preexec_fn=self.become, cwd=self.root,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True).stdout

    def answers(self):
        try:
            return self.ask("postgres", "SELECT 1") == ["1"]
        except subprocess.CalledProcessError:
            return False

    def ask(self, database, sql):
        return self.tool("psql", "-XAtq", "-h", self.root, "-p", str(self.port), "-U", "postgres", "-d", database,
                         "-v", "ON_ERROR_STOP=1", "-c", sql).splitlines()

    def database(self):
        self.count += 1
        name = "scratch %d" % self.count
        self.ask("postgres", 'CREATE DATABASE "%s"' % name)
        return name

    def url(self, name):
        return "postgresql://postgres@/%s?host=%s&port=%d" % (urllib.parse.quote(name), self.root, self.port)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=20)
        shutil.rmtree(self.root, ignore_errors=True)


def tearDownModule():
    if Server.running:
        Server.running.stop()


def drivers():
    """Those that are installed and that this SQLAlchemy knows: psycopg since 2.0."""
    import sqlalchemy
    known = ("psycopg2", "asyncpg") if sqlalchemy.__version__ < "2" else ("psycopg2", "psycopg", "asyncpg")
    return [name for name in known if importlib.util.find_spec(name)]


class PostgreSQLTest(BridgeTest):
    def setUp(self):
        if not drivers():
            self.skipTest("no driver for PostgreSQL is installed")
        self.server = Server.get()
        super().setUp()
        self.name = self.server.database()
        self.url = self.server.url(self.name)

    def only(self, driver):
        """Makes the bridge find this driver alone."""
        hidden = self.root / "hidden"
        hidden.mkdir(exist_ok=True)
        for name in ("psycopg2", "psycopg", "asyncpg"):
            path = hidden / (name + ".py")
            path.unlink(missing_ok=True)
            if name != driver:
                path.write_text("raise ImportError('it is hidden')\n")
        os.environ["PYTHONPATH"] = str(hidden)
        self.addCleanup(os.environ.pop, "PYTHONPATH", None)
        self.bridge.close()
        self.bridge = Bridge()
        self.addCleanup(self.bridge.close)

    def open(self, **options):
        return super().open(url=self.url, **options)

    def run_all(self, revisions):
        self.bridge.send(op="run", url=self.url, revisions=revisions)
        replies = [self.bridge.reply()]
        while replies[-1]["reply"] == "ran":
            self.assertEqual(self.connected(), [])
            self.bridge.send(op="next")
            replies.append(self.bridge.reply())
        return replies

    def connected(self):
        """Who is connected to the scratch database still, when there was time to go, but for the one
        session that stays for the next revision."""
        for _ in range(50):
            found = self.server.ask("postgres", "SELECT state FROM pg_stat_activity WHERE datname = '%s' "
                                                "ORDER BY application_name <> 'strata at rest'" % self.name)
            if self.at_rest() and found[:1] == ["idle"]:
                del found[0]
            if not found:
                break
            time.sleep(0.05)
        return found

    def at_rest(self):
        """The server's processes of the sessions that stay."""
        return self.server.ask("postgres", "SELECT pid FROM pg_stat_activity WHERE datname = '%s' "
                                           "AND application_name = 'strata at rest'" % self.name)

    def ask_database(self, sql):
        return self.server.ask(self.name, sql)


class RunOnPostgreSQL(PostgreSQLTest):
    def test_steps_with_every_driver_and_leaves_nobody_connected(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('j', sa.JSON))
            t = sa.table('t', sa.column('id', sa.Integer), sa.column('j', sa.JSON))
            op.bulk_insert(t, [{'id': n, 'j': {'secret': n}} for n in range(3)])
            op.execute("COMMENT ON TABLE t IS '100%'")
            op.get_bind().execute(sa.text("UPDATE t SET j = :j WHERE id = :i"), {'j': '["secret"]', 'i': 1})
            assert op.get_bind().execute(sa.text("SELECT j FROM t WHERE id = 1")).scalar() == ['secret']
            op.execute("SELECT setval('t_id_seq', 7)")
            """)
        self.migration("b", "a", """
            with op.get_context().autocommit_block():
                op.execute("CREATE INDEX CONCURRENTLY i ON t (id)")
            op.execute("DO $$ BEGIN CREATE TABLE u (); END; $$")
            """)
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                opened = self.open()
                self.assertEqual(opened["reply"], "opened", opened)
                self.assertIn(driver + " ", opened["driver"])
                first, second, end = self.run_all(["a", "b"])
                self.assertEqual((first["reply"], second["reply"], end["reply"]), ("ran", "ran", "finished"), first)
                self.assertNotIn("secret", json.dumps(first))
                told = [(" ".join(entry["sql"].split())[:24], entry["count"]) for entry in first["statements"]]
                self.assertEqual(told, [
                    ("CREATE TABLE t ( id SERI", 1), ("INSERT INTO t (id, j) VA", 3),
                    ("COMMENT ON TABLE t IS '1", 1), (told[3][0], 1), ("SELECT setval('t_id_seq'", 1)])
                self.assertTrue(first["statements"][2]["sql"].endswith("'100%'"))
                self.assertEqual([entry["sql"][:18] for entry in second["statements"]],
                                 ["CREATE INDEX CONCU", "DO $$ BEGIN CREATE"])
                self.assertEqual(self.ask_database("SELECT version_num, i.relname, obj_description('t'::regclass) "
                                                   "FROM alembic_version, pg_class i WHERE relname = 'i'"), ["b|i|100%"])

    def lasting_drivers(self):
        return [name for name in drivers() if name != "asyncpg"]

    def open_anew(self, driver):
        self.only(driver)
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        self.open()

    def test_one_session_goes_on_from_revision_to_revision_as_good_as_new(self):
        self.migration("a", None, """
            op.execute("CREATE ROLE someone_%d" % op.get_bind().exec_driver_sql("SELECT pg_backend_pid()").scalar())
            op.execute("CREATE SEQUENCE s; SELECT nextval('s')")
            op.execute("CREATE SCHEMA other; CREATE TEMP TABLE temporary (x int); SELECT pg_advisory_lock(7)")
            op.execute("SET search_path = public, other; SET statement_timeout = '1h'; LISTEN here")
            op.execute("DECLARE c CURSOR WITH HOLD FOR SELECT 1")
            op.execute("SET SESSION AUTHORIZATION someone_%d"
                       % op.get_bind().exec_driver_sql("SELECT pg_backend_pid()").scalar())
            op.execute("SET SESSION AUTHORIZATION DEFAULT; SET ROLE pg_monitor; RESET ROLE")
            """)
        check = """
            ask = lambda sql: op.get_bind().exec_driver_sql(sql).scalar()
            assert ask("SELECT current_user || ' ' || session_user") == 'postgres postgres'
            assert ask("SHOW search_path") == '"$user", public'
            assert ask("SHOW statement_timeout") == '0'
            assert ask("SELECT to_regclass('pg_temp.temporary')") is None
            assert ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
            assert ask("SELECT count(*) FROM pg_cursors WHERE name = 'c'") == 0
            assert ask("SELECT count(*) FROM pg_listening_channels()") == 0
            """
        self.migration("b", "a", check)
        self.migration("c", "b", check)
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                replies = self.run_all(["a", "b"])
                self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
                first = self.at_rest()
                self.assertEqual(len(first), 1)
                self.assertEqual([r["reply"] for r in self.run_all(["c"])], ["ran", "finished"])
                self.assertEqual(self.at_rest(), first)

    def test_a_session_that_cannot_be_made_new_again_is_not_used_again(self):
        self.migration("a", None, """
            name = op.get_bind().exec_driver_sql("SELECT current_database()").scalar()
            op.execute('ALTER DATABASE "%s" SET lock_timeout = 77' % name)
            """)
        self.migration("b", "a", """
            assert op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar() == '77ms'
            own = op.get_bind().connection.dbapi_connection
            own = getattr(own, 'driver_connection', own)
            own.cursor_factory = type('Cursor', (own.cursor_factory,), {})
            """)
        self.migration("c", "b", "op.execute('CREATE TABLE public.t (x int)')")
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                self.bridge.send(op="run", url=self.url, revisions=["a", "b", "c"])
                processes = []
                for _ in range(3):
                    reply = self.bridge.reply()
                    self.assertEqual(reply["reply"], "ran", reply)
                    processes.append(tuple(self.at_rest()))
                    self.bridge.send(op="next")
                self.assertEqual(self.bridge.reply()["reply"], "finished")
                self.assertEqual(processes[0:2], [(), ()])
                self.assertEqual(len(processes[2]), 1)
                # What came after the change is told all the same.
                self.assertEqual([entry["sql"] for entry in reply["statements"]], ["CREATE TABLE public.t (x int)"])

    def test_a_session_that_was_ended_meanwhile_is_replaced(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.migration("b", "a", "op.execute('CREATE TABLE u (x int)')")
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
                self.server.ask("postgres", "SELECT pg_terminate_backend(%s)" % self.at_rest()[0])
                self.assertEqual([r["reply"] for r in self.run_all(["b"])], ["ran", "finished"])
                self.assertEqual(self.ask_database("SELECT version_num FROM alembic_version"), ["b"])

    def test_with_a_transaction_for_each_migration(self):
        self.migration("a", None, """
            with op.get_context().autocommit_block():
                op.execute("CREATE TABLE t (x int)")
                op.execute("CREATE INDEX CONCURRENTLY i ON t (x)")
            op.execute("CREATE TABLE u ()")
            """)
        self.open(transactionPerMigration=True)
        self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM pg_class WHERE relname IN ('t', 'i', 'u')"), ["3"])

    def test_tells_what_is_executed_past_sqlalchemy(self):
        self.migration("a", None, """
            import io
            cursor = op.get_bind().connection.cursor()
            cursor.execute("CREATE TABLE t (a int, b text)")
            cursor.execute("INSERT INTO t VALUES (7, 'secret'), (8, %s)", ('secret',))
            cursor.execute("SELECT ARRAY['secret']")
            cursor.execute("UPDATE t SET b = ARRAY['secret', $$secret$$, E'\\\\'secret']::text")
            if hasattr(cursor, 'copy_expert'):
                cursor.copy_expert("COPY t FROM stdin", io.StringIO("1\\tx\\n"))
            else:
                with cursor.copy("COPY t FROM stdin") as copy:
                    copy.write("1\\tx\\n")
            """)
        for driver in [name for name in drivers() if name != "asyncpg"]:
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                ran = self.run_all(["a"])[0]
                self.assertEqual(ran["reply"], "ran", ran)
                self.assertEqual([entry["sql"] for entry in ran["statements"]], [
                    "CREATE TABLE t (a int, b text)", "INSERT INTO t VALUES (?, ?), (?, %s)",
                    "UPDATE t SET b = ARRAY[?, ?, ?]::text", "COPY t FROM stdin"])

    def test_says_what_the_server_said_with_its_code_and_undoes_the_revision(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')\nop.execute('INSERT INTO u VALUES (1)')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.open()
                failed = self.run_all(["a"])[0]
                self.assertEqual((failed["reply"], failed["sqlstate"], failed["statement"]),
                                 ("failed", "42P01", "INSERT INTO u VALUES (1)"))
                self.assertIn('relation "u" does not exist', failed["error"])
                self.assertNotIn("Background", failed["error"])
                self.assertEqual(failed["traceback"][-1]["code"], "op.execute('INSERT INTO u VALUES (1)')")
                self.assertEqual(self.connected(), [])
                self.assertEqual(self.ask_database("SELECT count(*) FROM pg_class WHERE relname IN ('t', 'u')"), ["0"])

    def test_closes_what_a_migration_left_open(self):
        self.migration("a", None, """
            op.execute("CREATE TABLE t (x int)")
            import builtins
            engine = sa.create_engine(op.get_bind().engine.url) if False else op.get_bind().engine
            builtins.kept = engine.connect()
            builtins.kept.execute(sa.text("SELECT 1"))
            """)
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])

    def test_a_lost_connection_is_a_failure_after_which_another_run_works(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.migration("b", "a", "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                ran, failed = self.run_all(["a", "b"])
                self.assertEqual((ran["reply"], failed["reply"], failed["id"]), ("ran", "failed", "b"))
                self.assertIn("SELECT pg_terminate_backend", failed["statement"])
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])

    def test_ends_on_sigterm_while_the_server_works_and_stops_it_there(self):
        self.migration("a", None, "print('here', flush=True)\nop.execute('SELECT pg_sleep(60)')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.open()
                self.bridge.send(op="run", url=self.url, revisions=["a"])
                while "here" not in self.bridge.process.stderr.readline():
                    pass
                time.sleep(0.3)
                started = time.time()
                self.bridge.process.send_signal(signal.SIGTERM)
                self.assertEqual(self.bridge.close(), 143)
                self.assertLess(time.time() - started, 3)
                self.assertEqual(self.connected(), [])

    def test_gives_names_by_the_convention(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('e', sa.Text))
            op.create_unique_constraint(None, 't', ['e'])
            """)
        self.open(namingConvention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
        self.run_all(["a"])
        self.assertEqual(self.ask_database("SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass"), ["uq_t_e"])

    def test_names_what_to_install_where_there_is_no_driver(self):
        self.migration("a", None, "pass")
        self.only("none of them")
        reply = self.open()
        self.assertEqual((reply["reply"], reply["code"], reply["package"]), ("error", "missing-package", "psycopg"))
        self.assertIn('-m pip install "psycopg[binary]"', reply["message"])


class BeforeCommit(PostgreSQLTest):
    """A statement that runs before every commit, in the transaction that is committed."""

    LOOK = ("DO $look$ BEGIN INSERT INTO public.looks SELECT pg_catalog.txid_current()::text; "
            "IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'forbidden') THEN "
            "RAISE EXCEPTION 'found forbidden' USING ERRCODE = 'ST001'; END IF; END $look$")
    WAYS = {
        "a migration": "op.execute('CREATE TABLE t (x int)')",
        "a COMMIT that is written out": "op.execute('CREATE TABLE t (x int)')\nop.execute('COMMIT')\nop.execute('CREATE TABLE u (x int)')",
        "a statement by itself": "with op.get_context().autocommit_block():\n    op.execute('CREATE TABLE t (x int)')",
    }
    RAW = {
        "the driver's commit": "c = op.get_bind().connection\nk = c.cursor()\nk.execute('CREATE TABLE t (x int)')\nk.close()\nc.commit()",
    }

    def try_way(self, driver, body, expected="ran", **options):
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        self.server.ask(self.name, "CREATE TABLE looks (x text)")
        (self.versions / "a.py").unlink(missing_ok=True)
        self.migration("a", None, body)
        self.only(driver)
        self.assertEqual(self.open(**options)["reply"], "opened")
        self.bridge.send(op="run", url=self.url, revisions=["a"], beforeCommit=self.LOOK)
        reply = self.bridge.reply()
        self.assertEqual(reply["reply"], expected, reply)
        self.bridge.send(op="stop")
        self.bridge.close()
        return reply

    def test_looks_at_every_transaction_that_makes_something(self):
        for driver in drivers():
            for way, body in dict(self.WAYS, **({} if driver == "asyncpg" else self.RAW)).items():
                with self.subTest(driver=driver, way=way):
                    reply = self.try_way(driver, body)
                    self.assertFalse([one for one in reply["statements"] if "look" in one["sql"]], reply)
                    # The row that the look left was written by the transaction that made the table.
                    self.assertEqual(self.server.ask(
                        self.name, "SELECT relname FROM pg_class WHERE relname IN ('t', 'u') AND NOT EXISTS "
                                   "(SELECT FROM looks WHERE looks.x = pg_class.xmin::text)"), [])

    def test_looks_under_an_asynchronous_env_py(self):
        (self.versions.parent / "env.py").write_text(textwrap.dedent("""
            import asyncio
            from alembic import context
            from sqlalchemy.ext.asyncio import create_async_engine
            def work(connection):
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            async def main():
                async with create_async_engine("postgresql+DRIVER://u@nowhere/shop").connect() as connection:
                    await connection.run_sync(work)
                    await connection.commit()
            asyncio.run(main())
            """))
        text = (self.versions.parent / "env.py").read_text()
        for driver in [name for name in drivers() if name != "psycopg2"]:
            (self.versions.parent / "env.py").write_text(text.replace("DRIVER", driver))
            for way in ("a migration", "a statement by itself"):
                with self.subTest(driver=driver, way=way):
                    self.try_way(driver, self.WAYS[way], env=True)
                    self.assertEqual(self.server.ask(
                        self.name, "SELECT relname FROM pg_class WHERE relname = 't' AND NOT EXISTS "
                                   "(SELECT FROM looks WHERE looks.x = pg_class.xmin::text)"), [])

    def test_what_it_raises_undoes_the_transaction(self):
        for driver in drivers():
            for way, body in dict(self.WAYS, **({} if driver == "asyncpg" else self.RAW)).items():
                with self.subTest(driver=driver, way=way):
                    reply = self.try_way(driver, body.replace("TABLE t", "TABLE forbidden"), "failed")
                    self.assertIn("found forbidden", reply["error"])
                    self.assertEqual(reply["sqlstate"], "ST001")
                    self.assertEqual(self.server.ask(self.name, "SELECT relname FROM pg_class WHERE relname = 'forbidden'"), [])

    def test_what_cannot_be_looked_at_is_refused_with_its_line(self):
        for driver in drivers():
            with self.subTest(driver=driver):
                reply = self.try_way(
                    driver, "with op.get_context().autocommit_block():\n    op.execute('CREATE DATABASE beside')", "failed")
                self.assertIn("a.py:", reply["error"])
                self.assertEqual(self.server.ask("postgres", "SELECT datname FROM pg_database WHERE datname = 'beside'"), [])

    def test_an_index_may_still_be_made_concurrently(self):
        for driver in drivers():
            with self.subTest(driver=driver):
                self.try_way(driver, "op.execute('CREATE TABLE t (x int)')\n"
                                     "with op.get_context().autocommit_block():\n    op.execute('CREATE INDEX CONCURRENTLY i ON t (x)')")


class ProjectEnvironmentOnPostgreSQL(PostgreSQLTest):
    SYNCHRONOUS = """
        from alembic import context
        from sqlalchemy import engine_from_config, pool
        settings = context.config.get_section(context.config.config_ini_section)
        settings["sqlalchemy.url"] = "postgresql%s://nobody:word@nowhere:1/none?application_name=shop"
        settings["sqlalchemy.pool_size"] = "3"
        engine = engine_from_config(settings, prefix="sqlalchemy.", connect_args=%s)
        with engine.connect() as connection:
            context.configure(connection=connection, version_table="versions_of_shop")
            with context.begin_transaction():
                context.run_migrations()
        """
    ASYNCHRONOUS = """
        import asyncio
        from alembic import context
        from sqlalchemy.ext.asyncio import create_async_engine

        def migrate(connection):
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()

        async def main():
            engine = create_async_engine("postgresql+%s://nobody@nowhere/none", pool_size=3)
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
            await engine.dispose()

        asyncio.run(main())
        """

    def check(self, env, expected_driver):
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        (self.versions.parent / "env.py").write_text(textwrap.dedent(env))
        self.migration("a", None, """
            op.execute("CREATE TABLE t (driver text, name text)")
            op.get_bind().execute(sa.text(
                "INSERT INTO t VALUES (:d, current_setting('application_name'))"), {'d': op.get_bind().dialect.driver})
            """)
        self.migration("b", "a", "op.execute('ALTER TABLE t ADD y int')")
        self.assertEqual(self.open(env=True)["reply"], "opened")
        replies = self.run_all(["a", "b"])
        self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
        self.assertEqual(replies[1]["statements"], [{"sql": "ALTER TABLE t ADD y int", "count": 1}])
        self.assertEqual(self.ask_database("SELECT driver FROM t"), [expected_driver])

    def fresh(self):
        self.bridge.close()
        self.bridge = Bridge()
        self.addCleanup(self.bridge.close)

    def test_is_used_with_the_driver_and_the_settings_of_its_url(self):
        for driver in [name for name in drivers() if name != "asyncpg"]:
            with self.subTest(driver):
                self.fresh()
                self.check(self.SYNCHRONOUS % ("+" + driver, '{"options": "-csearch_path=shop,public"}'), driver)
                self.assertEqual(self.ask_database("SELECT name FROM t"), ["shop"])
        self.assertEqual(self.ask_database("SELECT * FROM versions_of_shop"), ["b"])

    def test_may_be_asynchronous_with_an_asynchronous_driver(self):
        for driver in [name for name in drivers() if name != "psycopg2"]:
            with self.subTest(driver):
                self.fresh()
                self.check(self.ASYNCHRONOUS % driver, driver)

    def test_runs_with_another_driver_where_its_own_is_not_installed(self):
        for env, driver in [(self.SYNCHRONOUS % ("+pg8000", "{}"), "psycopg2"),
                            (self.SYNCHRONOUS % ("", "{}"), "psycopg"), (self.SYNCHRONOUS % ("", "{}"), "asyncpg"),
                            (self.ASYNCHRONOUS % "asyncpg", "psycopg"), (self.ASYNCHRONOUS % "asyncpg", "psycopg2")]:
            if driver in drivers():
                with self.subTest(driver):
                    self.only(driver)
                    self.check(env, driver)

    def test_may_be_made_for_another_product(self):
        self.check("""
            from alembic import context
            import sqlalchemy
            engine = sqlalchemy.create_engine("sqlite:///app.db", connect_args={"check_same_thread": False})
            with engine.begin() as connection:
                context.configure(connection=connection)
                context.run_migrations()
            """, drivers()[0])


class Requests(BridgeTest):
    def test_bad_ones_are_answered_and_the_bridge_goes_on(self):
        self.bridge.process.stdin.write("not json\n[]\n\n")
        self.assertEqual(self.bridge.ask(op="run", url="sqlite://", revisions=[])["reply"], "error")
        for _ in range(2):
            self.assertEqual(self.bridge.reply()["code"], "bad-request")
        self.assertEqual(self.bridge.ask(op="scan")["code"], "bad-request")

    def test_the_end_of_input_ends_it_silently(self):
        self.assertEqual(self.bridge.close(), 0)
        self.assertEqual(self.bridge.errors, "")

    def test_quit_ends_it(self):
        self.assertIsNone(self.bridge.ask(op="quit"))
        self.assertEqual(self.bridge.close(), 0)


if __name__ == "__main__":
    unittest.main()
