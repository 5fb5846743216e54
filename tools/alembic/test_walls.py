"""Tests of the bridge's walls: every way that a project's code could reach another database than the
scratch, tried against all walls, and against each alone.

    PYTHON tools/alembic/test_walls.py       (PYTHON has alembic, sqlalchemy and the drivers)

The matrix of docs/SECURITY.md is what `Ways` found; STRATA_WRITE_DOCS=1 writes it anew.
"""
import hashlib
import importlib.util
import os
import sys
import textwrap
import unittest
from pathlib import Path

import test_bridge
from test_bridge import Bridge, BridgeTest, Server

SECURITY = Path(__file__).resolve().parents[2] / "docs/SECURITY.md"
BEGIN, END = "<!-- made by: tools/alembic/test_walls.py -->", "<!-- end -->"

RUN = """
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
RUN_ASYNC = """
import asyncio
def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
async def main():
    async with engine.connect() as connection:
        await connection.run_sync(work)
        await connection.commit()
asyncio.run(main())
"""
# How env.py comes by its engine. {url} and {async_url} are the project's own database's, {connect}
# is a call of its driver.
ENV_WAYS = {
    "sqlalchemy.create_engine": "from sqlalchemy import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.engine.create_engine":
        "from sqlalchemy.engine import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.future.create_engine":
        "from sqlalchemy.future import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.engine.create.create_engine":
        "from sqlalchemy.engine.create import create_engine\nengine = create_engine({url!r})" + RUN,
    "engine_from_config":
        "from sqlalchemy import engine_from_config\nengine = engine_from_config({{'sqlalchemy.url': {url!r}}})" + RUN,
    "create_async_engine":
        "from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine({async_url!r})" + RUN_ASYNC,
    "sqlalchemy.ext.asyncio.engine.create_async_engine":
        "from sqlalchemy.ext.asyncio.engine import create_async_engine\nengine = create_async_engine({async_url!r})"
        + RUN_ASYNC,
    "async_engine_from_config":
        "from sqlalchemy.ext.asyncio import async_engine_from_config\n"
        "engine = async_engine_from_config({{'sqlalchemy.url': {async_url!r}}})" + RUN_ASYNC,
    "creator=":
        "import {driver}, sqlalchemy\nengine = sqlalchemy.create_engine({url!r}, creator=lambda: {connect})" + RUN,
    "pool=":
        "import {driver}, sqlalchemy\nfrom sqlalchemy.pool import StaticPool\n"
        "engine = sqlalchemy.create_engine({url!r}, pool=StaticPool(lambda: {connect}))" + RUN,
    "a do_connect listener of its own":
        "import {driver}, sqlalchemy\nfrom sqlalchemy import event\nengine = sqlalchemy.create_engine({url!r})\n"
        "event.listen(engine, 'do_connect', lambda *_: {connect})" + RUN,
    "an engine that was made before the walls": "from strata_test_before import ENGINE as engine" + RUN,
    "create_engine that was imported before the walls":
        "from strata_test_before import create_engine\nengine = create_engine({url!r})" + RUN,
    "a creator that was made before the walls": "from strata_test_before import CREATOR as engine" + RUN,
    "a class of engines of its own":
        "import sqlalchemy\nfrom sqlalchemy.engine import Engine\nclass Own(Engine): pass\n"
        "made = sqlalchemy.create_engine({url!r})\nengine = Own(made.pool, made.dialect, made.url)" + RUN,
    "a thread":
        "import sqlalchemy, threading\nengine = sqlalchemy.create_engine({url!r})\nfailed = []\n"
        "def run():\n    try:\n        with engine.begin() as c: c.exec_driver_sql('CREATE TABLE by_thread (x int)')\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]" + RUN,
    "a MigrationContext of its own":
        "import sqlalchemy\nfrom alembic.runtime.migration import MigrationContext\n"
        "engine = sqlalchemy.create_engine({url!r})\nwith engine.connect() as connection:\n"
        "    MigrationContext.configure(connection)._ensure_version_table()\n" + RUN,
}
# How a migration reaches for the project's own database past op. {sql} changes it.
SQLITE_WAYS = {
    "the application's engine": "from shop import ENGINE\nwith ENGINE.begin() as c: c.exec_driver_sql({sql!r})",
    "a session of the application":
        "from shop import ENGINE\nfrom sqlalchemy import text\nfrom sqlalchemy.orm import Session\n"
        "with Session(ENGINE) as s: s.execute(text({sql!r})); s.commit()",
    "an engine of another file": "import sqlalchemy\nwith sqlalchemy.create_engine({other!r}).begin() as c: c.exec_driver_sql({sql!r})",
    "sqlite3.connect": "import sqlite3\nc = sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.connect with a URI":
        "import sqlite3\nc = sqlite3.connect('file:' + {file!r} + '?mode=rw', uri=True); c.execute({sql!r}); c.commit()",
    "sqlite3.Connection": "import sqlite3\nc = sqlite3.Connection({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.dbapi2.connect": "from sqlite3.dbapi2 import connect\nc = connect({file!r}); c.execute({sql!r}); c.commit()",
    "_sqlite3.connect": "import _sqlite3\nc = _sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.connect, imported before the walls":
        "from strata_test_before import connect\nc = connect({file!r}); c.execute({sql!r}); c.commit()",
    "aiosqlite":
        "import asyncio, aiosqlite\nasync def main():\n    async with aiosqlite.connect({file!r}) as c:\n"
        "        await c.execute({sql!r}); await c.commit()\nasyncio.run(main())",
    "a thread":
        "import sqlite3, threading\nfailed = []\ndef run():\n    try:\n        c = sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]",
    "ATTACH": "op.execute(\"ATTACH '{file}' AS o\")\nop.execute('CREATE TABLE o.made (x)')",
    "ATTACH past an authorizer of its own":
        "import sqlite3\nc = sqlite3.connect(':memory:'); c.set_authorizer(lambda *_: 0); c.execute(\"ATTACH '{file}' AS o\"); "
        "c.execute('CREATE TABLE o.made (x)')",
    "ATTACH by a connection of a class of its own":
        "import sqlite3\nkind = type(sqlite3.connect(':memory:'))\nc = sqlite3.connect(':memory:', factory=type('Own', (kind,), {{}}))\n"
        "c.set_authorizer(lambda *_: 0); c.execute(\"ATTACH '{file}' AS o\"); c.execute('CREATE TABLE o.made (x)')",
    "ATTACH in a database in memory":
        "import sqlite3\nc = sqlite3.connect(':memory:'); c.execute('ATTACH ? AS o', ({file!r},)); c.execute('CREATE TABLE o.made (x)')",
    "VACUUM INTO": "import sqlite3\nc = op.get_bind().connection.dbapi_connection\nc.rollback(); c.execute(\"VACUUM INTO '{file}.copy'\")",
    "subprocess": "import subprocess\nsubprocess.run(['sqlite3', {file!r}, {sql!r}], check=True)",
    "a Python in a subprocess":
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"import sqlite3; c = sqlite3.connect({file!r}); "
        "c.execute('CREATE TABLE made (x)'); c.commit()\"], check=True)",
    "os.system": "import os\nif os.system(\"sqlite3 '{file}' 'CREATE TABLE made (x)'\"): raise OSError('refused')",
    "os.posix_spawn":
        "import os, shutil\nos.waitpid(os.posix_spawn(shutil.which('sqlite3') or '/usr/bin/sqlite3', ['sqlite3', {file!r}, {sql!r}], {{}}), 0)",
    "os.fork":
        "import os, sqlite3\nchild = os.fork()\nif child == 0:\n    try:\n        c = sqlite3.Connection({file!r}); c.execute({sql!r}); c.commit()\n"
        "    finally:\n        os._exit(0)\nos.waitpid(child, 0)",
    "os.fork and os.execv":
        "import os, shutil\nchild = os.fork()\nif child == 0:\n    try:\n        os.execv(shutil.which('sqlite3') or '/usr/bin/sqlite3', ['sqlite3', {file!r}, {sql!r}])\n"
        "    finally:\n        os._exit(0)\nos.waitpid(child, 0)",
    "_posixsubprocess":
        "import multiprocessing.util as u, sys, os\npid = u.spawnv_passfds(os.fsencode(sys.executable), [sys.executable, '-c', "
        "\"import sqlite3; c = sqlite3.connect({file!r}); c.execute('CREATE TABLE made (x)'); c.commit()\"], [])\nos.waitpid(pid, 0)",
    "libc's system": "import ctypes\nctypes.CDLL(None).system(b\"sqlite3 '{file}' 'CREATE TABLE made (x)'\")",
}
POSTGRESQL_WAYS = {
    "the application's engine": SQLITE_WAYS["the application's engine"],
    "a session of the application": SQLITE_WAYS["a session of the application"],
    "an engine of another database": SQLITE_WAYS["an engine of another file"],
    "psycopg2.connect": "import psycopg2\nc = psycopg2.connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2.connect with words": "import psycopg2\nc = psycopg2.connect(**{words!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2._connect": "import psycopg2\nc = psycopg2._connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2.extensions.connection":
        "import psycopg2.extensions\nc = psycopg2.extensions.connection({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "a pool of psycopg2's":
        "import psycopg2.pool\nc = psycopg2.pool.SimpleConnectionPool(1, 2, {dsn!r}).getconn(); c.cursor().execute({sql!r}); c.commit()",
    "psycopg.connect": "import psycopg\nc = psycopg.connect({dsn!r}); c.execute({sql!r}); c.commit()",
    "psycopg.AsyncConnection":
        "import asyncio, psycopg\nasync def main():\n    c = await psycopg.AsyncConnection.connect({dsn!r})\n"
        "    await c.execute({sql!r}); await c.commit(); await c.close()\nasyncio.run(main())",
    "asyncpg.connect":
        "import asyncio, asyncpg\nasync def main():\n    c = await asyncpg.connect({dsn!r})\n    await c.execute({sql!r})\n    await c.close()\n"
        "asyncio.run(main())",
    "a pool of asyncpg's":
        "import asyncio, asyncpg\nasync def main():\n    async with asyncpg.create_pool({dsn!r}, min_size=1) as pool:\n"
        "        await pool.execute({sql!r})\nasyncio.run(main())",
    "pymysql": "import pymysql\npymysql.connect(host='127.0.0.1', port={port}, user='root', connect_timeout=3)",
    "a socket":
        "import socket\ns = socket.create_connection(('127.0.0.1', {port}), timeout=3); s.sendall(b'x')",
    "a socket of Unix": "import socket\ns = socket.socket(socket.AF_UNIX); s.connect({socket!r}); s.sendall(b'x')",
    "asyncio.open_connection":
        "import asyncio\nasync def main():\n    r, w = await asyncio.open_connection('127.0.0.1', {port})\n    w.write(b'x')\nasyncio.run(main())",
    "urllib": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/', timeout=3)",
    "libpq past its driver, over TCP":
        "import psycopg\nc = psycopg.pq.PGconn.connect({tcp!r}.encode())\nif c.status != 0: raise OSError(c.error_message)\n"
        "c.exec_({sql!r}.encode())",
    "psycopg.pq": "import psycopg\nc = psycopg.pq.PGconn.connect({dsn!r}.encode())\nif c.status != 0: raise OSError(c.error_message)\n"
        "c.exec_({sql!r}.encode())",
    "sendmsg that connects": "import socket\ns = socket.socket(); s.sendmsg([b'x'], [], getattr(socket, 'MSG_FASTOPEN', 0), ('127.0.0.1', {port}))",
    "psql": "import subprocess\nsubprocess.run(['psql', {dsn!r}, '-c', {sql!r}], check=True)",
    "a thread":
        "import psycopg2, threading\nfailed = []\ndef run():\n    try:\n        c = psycopg2.connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]",
}
NEEDS = ("aiosqlite", "psycopg2", "psycopg", "asyncpg", "pymysql")


def is_there(code):
    return all(importlib.util.find_spec(name) for name in NEEDS if "import %s\n" % name in code.replace(".", "\n")
               or "import asyncio, %s" % name in code)


class Matrix:
    """What became of each way; None where it changed another database."""

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

    product = None
    before = ""

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
        told = " ".join(replies[0].get("told") or []) + (replies[0].get("error") or "") + (replies[0].get("hint") or "")
        if replies[0]["reply"] == "ran" and not replies[0].get("told"):
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

    def check(self, tries, column=None, may_open=()):
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
    product = "SQLite"

    def prepare(self):
        import sqlite3
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
        import sqlite3
        with sqlite3.connect("%s/scratch%d.db" % (self.root, self.count)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'made'").fetchall())


class OnPostgreSQL(WallTest):
    product = "PostgreSQL"

    def prepare(self):
        if not test_bridge.drivers():
            self.skipTest("no driver for PostgreSQL is installed")
        self.server = Server.get()
        self.own, self.other = self.server.database(), self.server.database()
        for name in (self.own, self.other):
            self.server.ask(name, "CREATE TABLE customers (x int)")
        driver = test_bridge.drivers()[0]
        asynchronous = next((name for name in ("asyncpg", "psycopg") if name in test_bridge.drivers()), driver)
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


class Ways(OnSQLite):
    def test_env_py_never_reaches_the_projects_own_database(self):
        self.check(self.try_env(ENV_WAYS), "SQLite, env.py")

    def test_a_migration_never_reaches_another_database(self):
        self.check(self.try_migrations(SQLITE_WAYS), "SQLite, migration without env.py")

    def test_a_migration_under_env_py_never_reaches_another_database(self):
        self.check(self.try_migrations(SQLITE_WAYS, env=True), "SQLite, migration under env.py")


class WaysOnPostgreSQL(OnPostgreSQL):
    def test_env_py_never_reaches_the_projects_own_database(self):
        self.check(self.try_env(ENV_WAYS), "PostgreSQL, env.py")

    def test_a_migration_never_reaches_another_database(self):
        self.check(self.try_migrations(POSTGRESQL_WAYS), "PostgreSQL, migration without env.py")

    def test_a_migration_under_env_py_never_reaches_another_database(self):
        self.check(self.try_migrations(POSTGRESQL_WAYS, env=True), "PostgreSQL, migration under env.py")


def only(ways, *names):
    return {way: code for way, code in ways.items() if any(name in way for name in names)}


class EachWallAlone(OnSQLite):
    """With the others down, no way that leads through it gets past it."""

    def test_the_wall_of_engines(self):
        self.check(self.try_env(ENV_WAYS, walls=["engines"]))

    def test_the_wall_of_drivers(self):
        self.check(self.try_env({way: code for way, code in ENV_WAYS.items() if "before the walls" not in way},
                                walls=["drivers"]))

    def test_the_wall_of_drivers_before_migrations(self):
        ways = {way: code for way, code in SQLITE_WAYS.items() if not any(
            word in way for word in ("process", "os.", "libc", "sqlite3.Connection", "before the walls"))}
        self.check(self.try_migrations(ways, walls=["drivers"]))

    def test_the_wall_of_the_interpreter(self):
        ways = {way: code for way, code in SQLITE_WAYS.items() if not any(
            word in way for word in ("_posixsubprocess", "libc", "ATTACH", "VACUUM"))}
        self.check(self.try_migrations(ways, walls=["audit"]))

    def test_the_wall_of_proof(self):
        # It runs nothing on another database; what env.py did before, the others must stop.
        ways = {way: code for way, code in ENV_WAYS.items() if way not in ("a thread", "a MigrationContext of its own")}
        self.check(self.try_env(ways, walls=["proof"]))

    @unittest.skipUnless(sys.platform.startswith("linux"), "the kernel's wall is Linux's")
    def test_the_wall_of_the_kernel(self):
        ways = only(SQLITE_WAYS, "subprocess", "os.system", "os.posix_spawn", "os.execv", "libc")
        self.assertEqual(len(ways), 7)
        for way, outcome, harm in self.try_migrations(ways, walls=["kernel"]):
            with self.subTest(way=way):
                self.assertEqual(harm, [])


class EachWallAloneOnPostgreSQL(OnPostgreSQL):
    def test_the_wall_of_engines(self):
        self.check(self.try_env(ENV_WAYS, walls=["engines"]))

    def test_the_wall_of_drivers(self):
        ways = only(POSTGRESQL_WAYS, "engine", "application", "psycopg", "asyncpg", "thread")
        self.check(self.try_migrations(ways, walls=["drivers"]))

    def test_the_wall_of_proof(self):
        ways = {way: code for way, code in ENV_WAYS.items() if way not in ("a thread", "a MigrationContext of its own")}
        self.check(self.try_env(ways, walls=["proof"]))


class Allowed(OnSQLite):
    def test_what_is_allowed_is_opened_and_told(self):
        self.migration("a", None, SQLITE_WAYS["sqlite3.connect"].format(**self.values))
        self.begin(allow=[str(self.own)])
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("a.py:", ran["told"][0])
        self.assertIn("--allow", ran["told"][0])
        self.assertEqual(self.harm(), ["shop.db"])

    def test_a_program_is_allowed_by_its_path(self):
        self.migration("a", None, "import subprocess\nsubprocess.run(['true'], check=True)")
        self.begin(allow=["/usr/bin/true", "/bin/true"])
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("program", ran["told"][0])

    def test_what_is_refused_and_swallowed_is_told(self):
        self.migration("a", None, "try:\n    import sqlite3; sqlite3.connect(%r)\nexcept OSError:\n    pass" % str(self.other))
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("other.db", ran["told"][0])
        self.assertIn("--allow %s" % self.other, ran["told"][0])

    def test_settings_of_an_engine_stay_what_they_are(self):
        (self.root / "ways/settings.py").write_text(textwrap.dedent("""
            import sqlalchemy
            from alembic import context
            engine = sqlalchemy.create_engine(%r, echo=False, hide_parameters=True, logging_name='x',
                                              execution_options={'a': 1}, query_cache_size=5, pool_pre_ping=True)
            assert engine.get_execution_options()['a'] == 1
            assert context.get_starting_revision_argument() is None
            """) % self.values["url"] + RUN)
        (self.root / "way").write_text("settings")
        self.migration("a", None, "op.execute('CREATE TABLE made (x int)')")
        self.begin(env=True)
        ran = self.run_way("a")[0]
        self.assertEqual((ran["reply"], ran.get("told")), ("ran", []), ran)

    def test_a_second_database_of_env_py_is_told(self):
        (self.root / "ways/two.py").write_text(
            "import sqlalchemy\nfrom alembic import context\n"
            "with sqlalchemy.create_engine(%r).begin() as c: c.exec_driver_sql('CREATE TABLE audit (x int)')\n"
            "engine = sqlalchemy.create_engine(%r)" % (self.values["other"], self.values["url"]) + RUN)
        (self.root / "way").write_text("two")
        self.migration("a", None, "op.execute('CREATE TABLE made (x int)')")
        self.begin(env=True)
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("two.py:", ran["told"][0])
        self.assertEqual(self.harm(), [])

    def test_temporary_files_of_the_run_are_its_own(self):
        folder = self.root / "strata-run-1"
        folder.mkdir()
        os.environ["TMPDIR"] = str(folder)
        self.addCleanup(os.environ.pop, "TMPDIR", None)
        self.migration("a", None, "import sqlite3, tempfile, os, socket\n"
                                  "sqlite3.connect(os.path.join(tempfile.gettempdir(), 'cache.db')).execute('CREATE TABLE x (y)')\n"
                                  "s = socket.socket(socket.AF_UNIX); s.bind(tempfile.gettempdir() + '/s'); s.listen()\n"
                                  "socket.socket(socket.AF_UNIX).connect(tempfile.gettempdir() + '/s')")
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual((ran["reply"], ran.get("told")), ("ran", []), ran)

    def test_a_database_in_memory_is_anybodys(self):
        self.migration("a", None, "import sqlalchemy, sqlite3\nsqlite3.connect(':memory:').execute('CREATE TABLE x (y)')\n"
                                  "e = sqlalchemy.create_engine('sqlite://')\nwith e.begin() as c: c.exec_driver_sql('CREATE TABLE x (y)')\n"
                                  "with e.begin() as c: c.exec_driver_sql('INSERT INTO x VALUES (1)')")
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertEqual(ran["told"], [])


def tearDownModule():
    test_bridge.tearDownModule()
    text = "%s\n%s\n%s" % (BEGIN, Matrix.text(), END)
    if not Matrix.rows or len(sys.argv) > 1 or not SECURITY.exists():
        return
    page = SECURITY.read_text()
    start = page.find(BEGIN)
    stop = page.find(END, start)
    found = page[start:stop + len(END)] if start >= 0 and stop >= 0 else None
    if os.environ.get("STRATA_WRITE_DOCS") == "1" and found:
        SECURITY.write_text(page.replace(found, text))
    elif found != text:
        raise AssertionError("docs/SECURITY.md does not say what was found; STRATA_WRITE_DOCS=1 writes it:\n" + text)


if __name__ == "__main__":
    unittest.main()
