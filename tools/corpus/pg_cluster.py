"""A PostgreSQL server of one's own, for a judge: no part of Strata, gone with its `with` block.

    with Cluster() as cluster:
        url = cluster.create("name")            a new database's URL, as libpq takes it
        cluster.create("copy", like="name")     a copy of it
        cluster.psql("name", "SELECT 1")        what psql prints
"""
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

START_SECONDS_MAX = 60


class NoServer(Exception):
    """There is no PostgreSQL server to start on this system."""


def newest_tools():
    """The folder of the newest server's programs."""
    if os.environ.get("PGBIN"):
        return os.environ["PGBIN"]
    homes = glob.glob("/usr/lib/postgresql/*/bin/initdb") + glob.glob("/usr/pgsql-*/bin/initdb")
    homes.sort(key=lambda path: int(re.findall(r"\d+", path)[0]))
    if not homes:
        raise NoServer("no PostgreSQL server is installed")
    return os.path.dirname(homes[-1])


class Server:
    """A server that runs already; databases that are created here are dropped at the end."""

    def __init__(self, url):
        self.bin = newest_tools()
        scheme, _, rest = url.partition("://")
        self.base = urllib.parse.urlsplit("postgresql://" + rest)
        self.created = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.created):
            self.drop(name)

    def url(self, name):
        return urllib.parse.urlunsplit(self.base._replace(path="/" + name))

    def create(self, name, like="template1"):
        self.psql("postgres", 'CREATE DATABASE "%s" TEMPLATE "%s"' % (name, like))
        self.created.add(name)
        return self.url(name)

    def drop(self, name):
        self.psql("postgres", 'DROP DATABASE IF EXISTS "%s"' % name)
        self.created.discard(name)

    def psql(self, name, script, in_transaction=False):
        """Runs a script, as psql does."""
        return self.psql_url(self.url(name), script, in_transaction)

    def psql_url(self, url, script, in_transaction=False):
        return self._tool("psql", "-XAtq1" if in_transaction else "-XAtq", "-v", "ON_ERROR_STOP=1",
                          "-d", url, "-f", "-", feed=script)

    def dump(self, name):
        """What pg_dump says of a database."""
        return self._tool("pg_dump", self.url(name))

    def _tool(self, name, *words, feed=None):
        done = subprocess.run(
            [os.path.join(self.bin, name), *words], preexec_fn=self._become, cwd="/", input=feed,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (name, done.stderr.strip()[-2000:]))
        return done.stdout

    def _become(self):
        pass


class Cluster(Server):
    """One that is started here, by the programs in `bin` or the newest that are installed."""

    def __init__(self, bin=None):
        self.bin = bin or newest_tools()
        self.port = "5432"
        self.created = set()

    def __enter__(self):
        # Short: a socket's path has little room.
        self.root = tempfile.mkdtemp(prefix="pgj", dir=os.environ.get("STRATA_PG_TMPDIR", "/tmp"))
        # It refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(self.root, self.user.pw_uid, self.user.pw_gid)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        self._tool("initdb", "-D", self.root + "/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                   "--locale=C.UTF-8")
        self.log = open(self.root + "/log", "wb")
        self.process = subprocess.Popen(
            [self.bin + "/postgres", "-D", self.root + "/data", "-k", self.root, "-p", self.port,
             "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
             "-c", "synchronous_commit=off"],
            preexec_fn=self._become, cwd=self.root, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        started = time.time()
        while time.time() - started < START_SECONDS_MAX:
            if self.process.poll() is not None:
                break
            try:
                self.psql("postgres", "SELECT 1")
                return
            except RuntimeError:
                time.sleep(0.1)
        with open(self.root + "/log", errors="replace") as log:
            raise RuntimeError("the judge's server did not start: " + log.read()[-500:])

    def __exit__(self, *_):
        if getattr(self, "process", None) and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)
        if getattr(self, "log", None):
            self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def _become(self):
        if os.geteuid() == 0:
            os.setgid(self.user.pw_gid)
            os.setgroups([])
            os.setuid(self.user.pw_uid)

    def url(self, name):
        return "postgresql://postgres@/%s?host=%s&port=%s" % (name, self.root, self.port)
