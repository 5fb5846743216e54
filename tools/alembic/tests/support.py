"""A bridge to talk to, projects to open, and a PostgreSQL server, for all tests of this folder."""
import atexit
import glob
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

BRIDGE = Path(__file__).resolve().parents[1] / "strata_bridge"
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
        # Without bytecode, also where -I passes the environment by: the folder is built into the binary
        # as it is, and what is newer there is built anew.
        self.process = subprocess.Popen(
            [*(interpreter or (sys.executable,)), "-B", str(BRIDGE)], stdin=subprocess.PIPE,
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

    def scan(self, *files):
        self.send(op="scan", files=[str(file) for file in files])
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
        project = self.versions.parent
        if (project / "env.py").exists():
            options.setdefault("scriptLocation", str(project))
        return self.bridge.ask(op="open", versions=[str(self.versions)], **options)

    def ask_database(self, sql):
        with sqlite3.connect(str(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def heads(self):
        return sorted(row[0] for row in self.ask_database("SELECT version_num FROM alembic_version"))


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
            atexit.register(cls.running.stop)
        return cls.running

    def __init__(self, tools):
        self.tools = tools
        self.root = tempfile.mkdtemp(prefix="bridge-pg-", dir=os.environ.get("STRATA_PG_TMPDIR", "/tmp"))
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
