"""What the tortures of faults share: a project with a store, the verbs that write, and what must hold after."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

STRATA = os.path.abspath(os.environ.get("STRATA") or shutil.which("strata") or "strata")
MIGRATIONS, CUT = 12, "005"


def run(words, folder, data=None, environment=None, timeout=60, before=None, user=None):
    """(exit code or None where it hung, output, errors)"""
    told = dict(os.environ, NO_COLOR="1", TZ="UTC", STRATA_AUTHOR="Ann",
                HOME=os.path.dirname(folder), **(environment or {}))
    try:
        ended = subprocess.run([STRATA] + words, cwd=folder, input=data or b"", capture_output=True, user=user,
                               timeout=timeout, env=told, preexec_fn=before)
    except subprocess.TimeoutExpired:
        return None, "", ""
    return ended.returncode, ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace")


def expect(words, folder):
    code, _, errors = run(words, folder)
    if code != 0:
        sys.exit("torture: %s ended with %s: %s" % (words, code, errors))


def write_migration(folder, number):
    with open("%s/m/%03d_step.sql" % (folder, number), "w", encoding="utf-8") as file:
        file.write("CREATE TABLE t%d (a INTEGER PRIMARY KEY, b TEXT);\nINSERT INTO t%d VALUES (1, 'x%d');\n"
                   % (number, number, number))


# What each verb begins with, its words, and what it reads.
SCRIPT = b"CREATE TABLE k (a INTEGER);\nINSERT INTO k VALUES (5);\n"
VERBS = {
    "init": ("none", ["init"], None),
    "record": ("plain", ["record", "-m", "m", "--id", "new", "-"], SCRIPT),
    "import": ("plain", ["import", "sql", "m"], None),
    "tag": ("plain", ["tag", "v2", "004"], None),
    "untag": ("plain", ["tag", "--delete", "v1"], None),
    "truncate": ("plain", ["truncate", CUT, "--no-folder"], None),
    "truncate-folder": ("whole", ["truncate", CUT, "--sql", "m"], None),
    "restore": ("cut", ["restore"], None),
    "restore-folder": ("cut-folder", ["restore", "--folder", "m"], None),
    "compact": ("cut", ["compact"], None),
    "rebuild": ("plain", ["rebuild"], None),
    "query": ("unprojected", ["query", "SELECT count(*) FROM revisions"], None),
    "baseline": ("plain", ["baseline", "--data", "keep", "--into", "sqlite:///app.db"], None),
    "baseline-file": ("plain", ["baseline", "-o", "baseline.sql"], None),
    "export": ("cut", ["archive", "export", "-o", "out"], None),
}


def is_between(old, found, new):
    """An import records each revision by itself: what it has recorded stays."""
    revisions = [set(one[0] for one in state or ()) for state in (old, found, new)]
    return isinstance(found, list) and revisions[0] <= revisions[1] <= revisions[2]


class Bed:
    """Work happens in one folder, always at the same path: a store remembers the folder that it rewrote."""

    def __init__(self, root):
        self.root, self.work = root, root + "/work"
        self.none()
        os.makedirs(self.work + "/m")
        for number in range(1, MIGRATIONS + 1):
            write_migration(self.work, number)
        for words in (["init"], ["import", "sql", "m"], ["tag", "v1", "002"]):
            expect(words, self.work)
        self.keep("whole")
        expect(["truncate", CUT, "--sql", "m"], self.work)
        self.keep("cut-folder")
        self.fresh("whole")
        expect(["truncate", CUT, "--no-folder"], self.work)
        self.keep("cut")
        self.fresh("whole")
        for number in (MIGRATIONS + 1, MIGRATIONS + 2):
            write_migration(self.work, number)
        self.keep("plain")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.work + "/.strata/projection.sqlite" + suffix):
                os.remove(self.work + "/.strata/projection.sqlite" + suffix)
        self.keep("unprojected")

    def none(self):
        self.empty()

    def empty(self):
        """The folder itself stays: it may be where a small disk is mounted."""
        os.makedirs(self.work, exist_ok=True)
        for name in os.listdir(self.work):
            path = self.work + "/" + name
            (shutil.rmtree if os.path.isdir(path) and not os.path.islink(path) else os.remove)(path)

    def keep(self, name):
        shutil.copytree(self.work, self.root + "/" + name)

    def fresh(self, name):
        self.empty()
        if name != "none":
            shutil.copytree(self.root + "/" + name, self.work, dirs_exist_ok=True)

    def run(self, words, data=None, **options):
        return run(words, self.work, data, **options)

    def state(self):
        """What must be old or new and never in between; None where there is no store."""
        code, log, errors = self.run(["log", "--json"])
        if code != 0:
            return None if "no store" in errors or "expected a store" in errors or "Strata store" in errors \
                else ("log", code, errors)
        return sorted((one["id"], one["fingerprint"], one["archived"], tuple(one["tags"]))
                      for one in map(json.loads, log.splitlines()))

    def names(self, folder):
        path = self.work + "/" + folder
        return sorted(os.listdir(path)) if os.path.isdir(path) else []

    def files(self, folder="m"):
        """Of the migrations: what is left beside a name by a kill is overwritten or ignored."""
        found = {}
        for name in self.names(folder):
            if not name.endswith(".strata-new"):
                with open("%s/%s/%s" % (self.work, folder, name), "rb") as file:
                    found[name] = hashlib.sha256(file.read()).hexdigest()
        return found

    def faults(self, verb, old, new, acknowledged):
        """What is wrong after a verb was disturbed: `old` and `new` are (state, files) before and after it."""
        words, data = VERBS[verb][1:]
        faults = []
        found = self.state()
        if found not in (old[0], new[0]) and not (verb == "import" and is_between(old[0], found, new[0])):
            faults.append("neither the old state nor the new one: %s" % (found,))
        if acknowledged and found != new[0]:
            faults.append("it was acknowledged, and is not there")
        if found is not None:
            code, output, errors = self.run(["verify", "--full"])
            if code != 0:
                faults.append("verify ended with %s: %s%s" % (code, output, errors))
        if self.files() not in (old[1], new[1]) and "interrupted" not in self.run(["verify"])[1]:
            faults.append("the folder is neither the old one nor the new one, and nobody says so")
        if not (found == new[0] and self.files() == new[1] and verb != "init") or verb in ("rebuild", "query"):
            faults += self.again(verb, words, data, found == new[0])
        if self.state() != new[0]:
            faults.append("after a second try: %s" % (self.state(),))
        if self.files() != new[1]:
            faults.append("after a second try the folder is not as it should be: %s" % (
                sorted(set(self.files().items()) ^ set(new[1].items())),))
        code, _, errors = self.run(["record", "-m", "after", "--id", "after", "-"], b"CREATE TABLE after (a);")
        if code != 0:
            faults.append("nothing can be recorded afterwards: %s: %s" % (code, errors))
        code, output, errors = self.run(["verify", "--full"])
        if code != 0:
            faults.append("after a second try verify ended with %s: %s%s" % (code, output, errors))
        return faults

    def again(self, verb, words, data, is_done):
        if is_done and verb in ("truncate-folder", "restore-folder"):
            words = ["restore", "--finish", "m"]
        for name in ("app.db", "baseline.sql"):
            if verb.startswith("baseline") and os.path.exists(self.work + "/" + name):
                os.remove(self.work + "/" + name)
        if verb == "export":
            shutil.rmtree(self.work + "/out", ignore_errors=True)
        code, _, errors = self.run(words, data)
        if code == 0 or is_done and code in (2, 4) or verb == "init" and code == 4 and is_done:
            return []
        return ["a second try ended with %s: %s" % (code, errors)]
