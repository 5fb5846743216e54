#!/usr/bin/env python3
"""Runs Strata's main job on a real Alembic history and has it judged by plain Alembic and SQLite.

    accept.py PACKAGE==VERSION --strata EXE [--env] [--points N] [--keep DIR]

Imports the whole history, compares baselines at the head and at N revisions along the way with
databases that plain Alembic made, compares blame with answers written by hand, truncates at a merge
in the middle and at the head, upgrades old and new databases with the rewritten folder, restores,
and compares the folder byte by byte. `--env`: with the project's own env.py, on both sides. Shares no code with Strata: the judge is judge.py, the peer
is upgrade.py. Exit 0 where all passed, 1 where not, 75 where the package could not be fetched.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import projects  # noqa: E402


class Acceptance:
    def __init__(self, corpus, strata, work):
        self.corpus = corpus
        self.strata = strata
        self.work = work
        self.store = os.path.join(work, "store")
        self.folder = os.path.join(work, "migrations")
        # What plain Alembic runs: the whole history, laid as the migrations are.
        self.untouched = projects.lay(corpus, os.path.join(work, "untouched"))
        self.passed = self.failed = 0
        self.real = {}

    # -- running things

    def run(self, *words, expected=0, check=True):
        began = time.time()
        done = subprocess.run(
            [self.strata, "--store", self.store, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment())
        if check and done.returncode != expected:
            raise RuntimeError(
                f"strata {' '.join(words)} gave {done.returncode}: {done.stderr or done.stdout}")
        self.seconds = time.time() - began
        return done

    def environment(self):
        return dict(os.environ, PYTHONHASHSEED="0", **self.corpus.get("environment", {}))

    def document(self, *words):
        return json.loads(self.run(*words, "--json").stdout)

    def upgrade(self, database, target, folder):
        words = [
            self.corpus["python"], os.path.join(HERE, "upgrade.py"), "--target", target,
            "--path", self.corpus["path"],
            *projects.upgrade_options(self.corpus, folder, f"sqlite:///{database}")]
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment())
        if done.returncode != 0:
            raise RuntimeError(f"plain Alembic to {target} failed: {done.stdout[-2000:]}")

    def real_database(self, target):
        """A database that plain Alembic makes of the whole, untouched history.

        From the nearest that it made before: it goes on from there as a user's does.
        """
        if target not in self.real:
            path = os.path.join(self.work, f"real-{target}.db")
            made = [id for id in self.real if id in self.before[target]]
            if made:
                shutil.copy(self.real[max(made, key=lambda id: len(self.before[id]))], path)
            self.upgrade(path, target, self.untouched)
            self.real[target] = path
        return self.real[target]

    def judged(self, a, b, rows):
        words = [sys.executable, os.path.join(HERE, "judge.py"), a, b]
        if rows:
            words.append("--rows")
            for column in self.corpus.get("varyingColumns", []):
                words += ["--ignore-column", column]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return "" if done.returncode == 0 else done.stdout[:1500]

    def data(self):
        """With rows; where each run makes others, those that were recorded."""
        return ["--data", "keep"] if self.corpus.get("varyingColumns") else ["--data"]

    def choice(self):
        """The same for a cut, which has rows unasked."""
        return self.data() if self.corpus.get("varyingColumns") else []

    def check(self, what, problem=""):
        if problem:
            self.failed += 1
            print(f"FAILED {what}\n{problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok     {what}", flush=True)

    # -- the folder

    def digest(self):
        found = {}
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.folder)] = hashlib.sha256(
                        file.read()).hexdigest()
        return found

    # -- the checks

    def import_history(self):
        self.named = where = projects.lay(self.corpus, self.folder)
        self.run("init")
        options = projects.import_options(self.corpus)
        done = self.run("import", "alembic", where, *options)
        print(f"       import took {self.seconds:.1f} s\n{done.stderr}", end="", flush=True)
        self.log = [json.loads(line) for line in self.run("log", "--json").stdout.splitlines()]
        walk = subprocess.run(
            [self.corpus["python"], os.path.join(HERE, "revisions.py"), self.corpus["versions"]],
            stdout=subprocess.PIPE, text=True, env=self.environment(), check=True)
        self.before = json.loads(walk.stdout)
        expected = set(self.before)
        found = {entry["id"] for entry in self.log}
        self.check(f"all {len(expected)} revisions are recorded",
                   "" if expected == found else f"missing: {sorted(expected ^ found)}")
        self.run("verify", "--full")
        self.check("verify --full is clean")
        self.run("import", "alembic", where, *options)
        again = self.run("log", "--json").stdout.splitlines()
        self.check(f"a second import changes nothing ({self.seconds:.2f} s)",
                   "" if len(again) == len(self.log) else "the log differs")

    def compare_baselines(self, points):
        ids = [entry["id"] for entry in reversed(self.log)]
        step = max(1, len(ids) // (points + 1))
        chosen = ids[step::step][:points] + [ids[-1]]
        for id in chosen:
            path = os.path.join(self.work, f"baseline-{id}.db")
            self.run("baseline", id, *self.data(), "--into", f"sqlite:///{path}")
            self.check(f"baseline {id} is what Alembic makes, rows too",
                       self.judged(self.real_database(id), path, rows=True))

    def blame_answers(self, expected):
        wrong = []
        tables = {}
        for kind, name in [("columns", "column"), ("indexes", "index"),
                           ("constraints", "constraint")]:
            for item in expected[kind]:
                table = item["table"]
                if table not in tables:
                    tables[table] = self.document("blame", table)["parts"]
                for part in tables[table]:
                    if part["part"] == name and part["name"] == item[name]:
                        found = (part["created"]["revision"], part["shaped"]["revision"])
                        break
                else:
                    found = None
                created = item["created"]
                if self.corpus.get("project"):
                    created = item.get("createdWithEnv", created)
                if found != (created, item["shaped"]):
                    wrong.append(f"{table}.{item[name]}: expected {created}, "
                                 f"{item['shaped']}, found {found}")
        return wrong, sum(len(expected[k]) for k in ("columns", "indexes", "constraints"))

    def check_blame(self, when):
        path = os.path.join(HERE, f"{self.corpus['package'].split('-')[0]}_blame.json")
        if not os.path.exists(path):
            return
        with open(path) as file:
            wrong, count = self.blame_answers(json.load(file))
        self.check(f"blame gives the {count} answers written by hand, {when}", "\n".join(wrong))

    def middle_merge(self):
        ids = list(reversed(self.log))
        middle = len(ids) // 2
        by_nearness = sorted(range(len(ids)), key=lambda place: abs(place - middle))
        for merges_only in (True, False):
            for place in by_nearness:
                if merges_only and len(ids[place]["parents"]) < 2:
                    continue
                if self.run("truncate", ids[place]["id"], "--dry-run", check=False).returncode == 0:
                    return ids[place]["id"]
        raise RuntimeError("no cut works")

    def truncate_and_restore(self, cut, later):
        before = self.digest()
        answers = self.run("log", "--json").stdout
        self.run("truncate", cut, "--alembic", self.named, *self.choice(), "--reason", "acceptance")
        after = self.digest()
        kept = [path for path in after if before.get(path) == after[path]]
        print(f"       truncated at {cut}: {len(before)} files, now {len(after)}, "
              f"{len(kept)} untouched", flush=True)
        head = self.log[0]["id"]
        fresh = os.path.join(self.work, f"fresh-{cut}.db")
        self.upgrade(fresh, "heads", self.named)
        self.check(f"truncated at {cut}: an empty database upgrades to the same schema and rows",
                   self.judged(self.real_database(head), fresh, rows=True))
        for start in [cut] + later:
            path = os.path.join(self.work, f"old-{cut}-{start}.db")
            shutil.copy(self.real_database(start), path)
            self.upgrade(path, "heads", self.named)
            self.check(f"truncated at {cut}: a database at {start} upgrades",
                       self.judged(self.real_database(head), path, rows=True))
        self.run("verify", "--full")
        self.check(f"truncated at {cut}: verify --full is clean")
        self.check_blame(f"truncated at {cut}")
        old = self.log[-1]["id"]
        self.run("schema", "--at", old)
        self.run("diff", old, head)
        self.check(f"truncated at {cut}: schema and diff reach the oldest revision")
        self.run("restore")
        self.check(f"restored {cut}: the folder is byte-identical",
                   "" if self.digest() == before else "the folder differs")
        self.run("verify", "--full")
        again = [json.loads(line)["id"] for line in self.run("log", "--json").stdout.splitlines()]
        self.check(f"restored {cut}: the log is the same, verify --full is clean",
                   "" if again == [json.loads(line)["id"] for line in answers.splitlines()]
                   else "the log differs")

    def run_all(self, points):
        self.import_history()
        self.compare_baselines(points)
        self.check_blame("before truncation")
        cut = self.middle_merge()
        place = [entry["id"] for entry in self.log].index(cut)
        self.truncate_and_restore(cut, [self.log[place // 2]["id"]])
        self.truncate_and_restore(self.log[0]["id"], [])


def main():
    parser = argparse.ArgumentParser(description="the main job on a real Alembic history")
    parser.add_argument("package")
    parser.add_argument("--strata", required=True)
    parser.add_argument("--env", action="store_true", help="with the project's own env.py")
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--keep")
    options = parser.parse_args()
    fetched = subprocess.run(
        [os.path.join(HERE, "fetch"), *["--env"] * options.env, options.package], stdout=subprocess.PIPE, text=True)
    if fetched.returncode != 0:
        return fetched.returncode
    work = options.keep or tempfile.mkdtemp(prefix="strata-accept-")
    os.makedirs(work, exist_ok=True)
    acceptance = Acceptance(json.loads(fetched.stdout), os.path.abspath(options.strata), work)
    try:
        acceptance.run_all(options.points)
    except RuntimeError as error:
        acceptance.check("the run", str(error))
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{acceptance.passed} passed, {acceptance.failed} failed")
    return 1 if acceptance.failed else 0


if __name__ == "__main__":
    sys.exit(main())
