#!/usr/bin/env python3
"""Runs Strata's main job on a real history for PostgreSQL and has it judged by the server's own tools.

    accept_pg.py PACKAGE==VERSION --strata EXE [--env] [--server URL | MAJOR] [--points N] [--keep DIR]
    accept_pg.py PACKAGE==VERSION --rehearse [--env]
    accept_pg.py PACKAGE==VERSION --strata EXE --speed TIMES [--env]

Imports the whole history (on Strata's own temporary server), creates baselines at the head and at N
revisions along the way in new databases, and compares them with databases that plain Alembic (or
psql, for a folder of SQL) made: the same bytes from pg_dump, the same rows. Truncates in the middle
(at a merge, where there is one) and at the head, upgrades empty, old and later databases with the
rewritten folder, restores, and compares the folder byte by byte. `--env`: with the project's own
env.py, on both sides.

Shares no code with Strata: the judge is pg_judge.py, the peer is upgrade.py or psql (pg_peers.py),
the databases are on a server that this script starts (pg_cluster.py), or on --server, where it
creates databases of its own and drops them. `--server 17` has Strata, the judge's server, pg_dump and
psql be of that version, as tools/servers fetches it. `--rehearse` needs no Strata: it makes the databases of
the history twice and compares them with each other, so that what varies from run to run is known.
Exit 0 where all passed, 1 where not, 75 where the package could not be fetched or there is no server.
"""
import argparse
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import projects  # noqa: E402
from pg_cluster import Cluster, NoServer, Server  # noqa: E402
from pg_peers import AlembicPeer, SQLPeer  # noqa: E402

SERVERS = os.path.join(os.path.dirname(HERE), "servers")
CANNOT_FETCH = 75


class Acceptance:
    def __init__(self, corpus, peer, server, strata, work):
        self.corpus = corpus
        self.peer = peer
        self.server = server
        self.strata = strata
        self.work = work
        self.store = os.path.join(work, "store")
        self.folder = projects.lay(corpus, os.path.join(work, "migrations"))
        # What the peer runs: the whole history, laid as the migrations are.
        self.untouched = projects.lay(corpus, os.path.join(work, "untouched"))
        self.passed = self.failed = self.count = 0
        self.real = {}

    # -- running things

    def data(self):
        """With rows; where each run makes others, those that were recorded."""
        return ["--data", "keep"] if self.corpus.get("varyingColumns") else ["--data"]

    def choice(self):
        """The same for a cut, which has rows unasked."""
        return self.data() if self.corpus.get("varyingColumns") else []

    def run(self, *words, check=True):
        began = time.time()
        done = subprocess.run(
            [self.strata, "--store", self.store, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.peer.environment)
        if check and done.returncode != 0:
            raise RuntimeError(f"strata {' '.join(words)} gave {done.returncode}: {done.stderr or done.stdout}")
        self.seconds = time.time() - began
        return done

    def new_database(self, like=None):
        self.count += 1
        name = f"judged_{os.getpid()}_{self.count}"
        return name, self.server.create(name, like) if like else self.server.create(name)

    def real_database(self, target):
        """Name and URL of what the peer makes of the whole, untouched history.

        From the nearest that it made before: it goes on from there as a user's does.
        """
        if target not in self.real:
            before = self.peer.before(target)
            made = [id for id in self.real if id in before]
            start = max(made, key=lambda id: len(self.peer.before(id))) if made else None
            name, url = self.new_database(like=self.real[start][0] if start else None)
            self.peer.upgrade(url, target, self.untouched, start)
            self.real[target] = (name, url)
        return self.real[target]

    def judged(self, first, second):
        words = [sys.executable, os.path.join(HERE, "pg_judge.py"), first, second, "--rows"]
        for column in self.corpus.get("varyingColumns", []):
            words += ["--ignore-column", column]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return "" if done.returncode == 0 else done.stdout[:3000] or "the judge failed"

    def check(self, what, problem=""):
        if problem:
            self.failed += 1
            print(f"FAILED {what}\n{problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok     {what}", flush=True)

    def digest(self):
        found = {}
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.folder)] = hashlib.sha256(file.read()).hexdigest()
        return found

    def ids(self):
        """All recorded revisions, oldest first, with their parents."""
        lines = self.run("log", "--json").stdout.splitlines()
        return [(entry["id"], entry["parents"]) for entry in map(json.loads, reversed(lines))]

    # -- the checks

    def import_history(self):
        self.run("init", "--dialect", "postgresql")
        words = ["import", self.peer.verb, self.folder, *self.peer.import_options()]
        done = self.run(*words)
        print(f"       import took {self.seconds:.1f} s\n{done.stderr}", end="", flush=True)
        self.log = self.ids()
        expected, found = set(self.peer.revisions()), {id for id, _ in self.log}
        self.check(f"all {len(expected)} revisions are recorded",
                   "" if expected == found else f"missing or too many: {sorted(expected ^ found)}")
        self.run("verify", "--full")
        self.check("verify --full is clean")
        head = json.loads(self.run("schema", "--at", self.log[-1][0], "--format", "json").stdout)
        # To compare runs on several versions with each other.
        print(f"       portable fingerprint at the head: {head['portableFingerprint']}", flush=True)
        self.run(*words)
        self.check(f"a second import changes nothing ({self.seconds:.2f} s)",
                   "" if self.ids() == self.log else "the log differs")

    def chosen(self, ids, points):
        step = max(1, len(ids) // (points + 1))
        return ids[step::step][:points] + [ids[-1]]

    def compare_baselines(self, points):
        for id in self.chosen([id for id, _ in self.log], points):
            name, url = self.new_database()
            self.run("baseline", id, *self.data(), "--into", url)
            self.check(f"baseline {id} is what the real history makes, rows too ({self.seconds:.2f} s)",
                       self.judged(self.real_database(id)[1], url))
            self.server.drop(name)

    def middle(self):
        """A merge in the middle that can be cut at, else any revision there."""
        middle = len(self.log) // 2
        nearest = sorted(range(len(self.log)), key=lambda place: abs(place - middle))
        for merges_only in (True, False):
            for place in nearest:
                if merges_only and len(self.log[place][1]) < 2:
                    continue
                if self.run("truncate", self.log[place][0], "--dry-run", check=False).returncode == 0:
                    return place
        raise RuntimeError("no cut works")

    def truncate_and_restore(self, place, later):
        cut, head = self.log[place][0], self.log[-1][0]
        before, log = self.digest(), self.ids()
        option = "--" + self.peer.verb
        self.run("truncate", cut, option, self.folder, *self.choice(), *self.peer.import_options(),
                 "--reason", "acceptance")
        after = self.digest()
        kept = [path for path in after if before.get(path) == after[path]]
        print(f"       truncated at {cut} in {self.seconds:.1f} s: {len(before)} files, now {len(after)}, "
              f"{len(kept)} untouched", flush=True)
        name, url = self.new_database()
        self.peer.upgrade(url, "heads", self.folder)
        self.check(f"truncated at {cut}: an empty database upgrades to the same schema and rows",
                   self.judged(self.real_database(head)[1], url))
        self.server.drop(name)
        for start in [cut] + later:
            name, url = self.new_database(like=self.real_database(start)[0])
            self.peer.upgrade(url, "heads", self.folder, start)
            self.check(f"truncated at {cut}: a database at {start} upgrades",
                       self.judged(self.real_database(head)[1], url))
            self.server.drop(name)
        self.run("verify", "--full")
        self.check(f"truncated at {cut}: verify --full is clean")
        self.run("schema", "--at", self.log[0][0])
        self.run("diff", self.log[0][0], head)
        self.check(f"truncated at {cut}: schema and diff reach the oldest revision")
        self.run("restore")
        self.check(f"restored {cut}: the folder is byte-identical",
                   "" if self.digest() == before else "the folder differs")
        self.run("verify", "--full")
        self.check(f"restored {cut}: the log is the same, verify --full is clean",
                   "" if self.ids() == log else "the log differs")

    def run_all(self, points):
        self.import_history()
        self.compare_baselines(points)
        place = self.middle()
        self.truncate_and_restore(place, [self.log[(place + len(self.log)) // 2][0]])
        self.truncate_and_restore(len(self.log) - 1, [])

    def compare_speed(self, times):
        """Whole processes in turn: an import, with the server that Strata starts, and `alembic upgrade
        heads` on the judge's running one."""
        ratios = []
        for number in range(times):
            self.store = os.path.join(self.work, f"speed-{number}")
            self.run("init", "--dialect", "postgresql")
            self.run("import", self.peer.verb, self.folder, *self.peer.import_options())
            ours = self.seconds
            name, url = self.new_database()
            began = time.time()
            self.peer.upgrade(url, "heads", self.untouched)
            theirs = time.time() - began
            self.server.drop(name)
            ratios.append(ours / theirs)
            print(f"       import {ours:.2f} s, upgrade {theirs:.2f} s: {ours / theirs:.3f}", flush=True)
        print(f"       the median of {times} pairs: {statistics.median(ratios):.3f}", flush=True)

    def rehearse(self, points):
        ids = self.peer.revisions()
        print(f"       {len(ids)} revisions", flush=True)
        for id in self.chosen(ids, points)[:-1] + ["heads"]:
            began = time.time()
            first = self.real_database(id)[1]
            seconds = time.time() - began
            name, second = self.new_database()
            self.peer.upgrade(second, id, self.untouched)
            self.check(f"{id} is the same twice ({seconds:.1f} s each)", self.judged(first, second))
            self.server.drop(name)


def main():
    parser = argparse.ArgumentParser(description="the main job on a real history for PostgreSQL")
    parser.add_argument("package")
    parser.add_argument("--strata")
    parser.add_argument("--server", help="a server on which the judge may create databases, or a major version")
    parser.add_argument("--env", action="store_true", help="with the project's own env.py")
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--keep")
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--speed", type=int, metavar="TIMES", help="only compare what an import takes")
    options = parser.parse_args()
    if not (options.strata or options.rehearse):
        parser.error("--strata EXE or --rehearse")
    words = [os.path.join(HERE, "fetch"), *["--env"] * options.env, options.package]
    fetched = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    if fetched.returncode != 0:
        return fetched.returncode
    corpus = json.loads(fetched.stdout)
    if options.server and options.server.isdigit():
        programs = subprocess.run([SERVERS, options.server], stdout=subprocess.PIPE, text=True)
        if programs.returncode != 0:
            return programs.returncode
        # What the judge takes, and what Strata does.
        os.environ["PGBIN"] = os.environ["STRATA_PG_BIN"] = programs.stdout.strip()
        options.server = None
    # The judge's server must not outlive a run that is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if "postgresql" not in corpus["products"]:
        parser.error(f"{options.package} does not run on PostgreSQL")
    work = options.keep or tempfile.mkdtemp(prefix="strata-accept-")
    os.makedirs(work, exist_ok=True)
    try:
        with Server(options.server) if options.server else Cluster() as server:
            peer = SQLPeer(corpus, server) if corpus["kind"] == "sql" else AlembicPeer(corpus)
            strata = options.strata and os.path.abspath(options.strata)
            acceptance = Acceptance(corpus, peer, server, strata, work)
            try:
                if options.speed:
                    acceptance.compare_speed(options.speed)
                else:
                    (acceptance.rehearse if options.rehearse else acceptance.run_all)(options.points)
            except (RuntimeError, subprocess.SubprocessError) as error:
                acceptance.check("the run", str(error))
    except NoServer as problem:
        print(f"accept_pg: {problem}", file=sys.stderr)
        return CANNOT_FETCH
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{acceptance.passed} passed, {acceptance.failed} failed")
    return 1 if acceptance.failed else 0


if __name__ == "__main__":
    sys.exit(main())
