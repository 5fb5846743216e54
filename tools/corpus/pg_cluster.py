"""A PostgreSQL server of one's own, for a judge: no part of Strata, gone with its `with` block.

    with Cluster() as cluster:
        url = cluster.create("name")            a new database's URL, as libpq takes it
        cluster.create("copy", like="name")     a copy of it
        cluster.psql("name", "SELECT 1")        what psql prints
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

START_SECONDS_MAX = 60


class NoServer(Exception):
    """There is no PostgreSQL server to start on this system."""


class Cluster:
    def __init__(self):
        homes = [os.environ["PGBIN"]] if os.environ.get("PGBIN") else [
            os.path.dirname(path) for path in sorted(
                glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))]
        if not homes:
            raise NoServer("no PostgreSQL server is installed")
        self.bin = homes[-1]
        self.port = "5432"

    def __enter__(self):
        # Short: a socket's path has little room.
        self.root = tempfile.mkdtemp(prefix="pgj", dir="/tmp")
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

    def _tool(self, name, *words, feed=None):
        done = subprocess.run(
            [os.path.join(self.bin, name), *words], preexec_fn=self._become, cwd=self.root, input=feed,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (name, done.stderr.strip()[-2000:]))
        return done.stdout

    def url(self, name):
        return "postgresql://postgres@/%s?host=%s&port=%s" % (name, self.root, self.port)

    def create(self, name, like="template1"):
        self.psql("postgres", 'CREATE DATABASE "%s" TEMPLATE "%s"' % (name, like))
        return self.url(name)

    def psql(self, name, script, in_transaction=False):
        """Runs a script, as psql does."""
        return self._tool("psql", "-XAtq1" if in_transaction else "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.root, "-p", self.port,
                          "-U", "postgres", "-d", name, "-f", "-", feed=script)
