"""Eight writers, four readers and whoever keeps the store, side by side on one store, and kills among them.

    python3 tools/torture/writers.py SECONDS [SEED]     STRATA names the binary

Six writers record, each on the head that it has seen; two import a folder that grows. Beside them the store is cut,
restored, compacted, rebuilt, tagged and verified. One process of ten is killed somewhere on its way. Every
acknowledged revision must be in the log once at the end, every answer of a reader must be what the first one
was of that revision, and of a revision that stays; no reader may fail, and nobody by a signal. Ends with 1 where
one of that does not hold. The seed decides what is done and when it is killed, not how the processes meet.
"""

import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import bed

KILLED = 0.1
# What a verb may say beside 0: somebody else was first, or holds the store.
REFUSED = ("somebody else", "recorded meanwhile", "compacted by another", "nothing lies before", "never truncated",
           "no archived segment", "is no head", "has children", "wrote to the history meanwhile", "archived;",
           "is archived", "put back the newer", "another process", "cannot truncate at", "The nearest cut",
           "expected the head", "is not a head", "not a head")


class Store:
    def __init__(self, folder, seed):
        self.folder, self.seed = folder, seed
        self.lock = threading.Lock()
        self.acknowledged, self.seen, self.answers = set(), set(), {}
        self.codes, self.faults, self.messages = collections.Counter(), [], collections.Counter()
        self.next_file, self.largest = 8, 0
        # Whoever cuts loses the race against eight writers mostly: now and then it is let through.
        self.writing = threading.Event()
        self.writing.set()
        os.makedirs(folder + "/m")
        for number in range(1, 8):
            bed.write_migration(folder, number)
        for words in (["init"], ["import", "sql", "m"]):
            bed.expect(words, folder)
        self.acknowledged |= set(self.ids(self.log()))

    def log(self):
        return bed.run(["log", "--json"], self.folder)[1]

    @staticmethod
    def ids(log):
        return [json.loads(line)["id"] for line in log.splitlines()]

    def blame(self, text):
        with self.lock:
            self.faults.append(text)
        print(text, flush=True)

    def run(self, chance, kind, words, data=None):
        """(code, output); the code is None where the process was killed."""
        told = dict(os.environ, NO_COLOR="1", TZ="UTC", STRATA_AUTHOR="Ann", HOME=os.path.dirname(self.folder),
                    STRATA_LOCK_TIMEOUT="60")
        process = subprocess.Popen([bed.STRATA] + words, cwd=self.folder, stdin=subprocess.PIPE, env=told,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        patience = chance.uniform(0, 0.3) if chance.random() < KILLED else 120
        try:
            output, errors = process.communicate(data or b"", timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            if patience == 120:
                self.blame("%s hung" % words)
            with self.lock:
                self.codes[kind, "killed"] += 1
            return None, output.decode()
        errors = errors.decode("utf-8", "replace")
        with self.lock:
            self.codes[kind, process.returncode] += 1
        if process.returncode != 0:
            if kind.startswith("ask") or process.returncode != 4 or not any(one in errors for one in REFUSED):
                self.blame("%s ended with %d: %s%s" % (words, process.returncode, output.decode()[-500:], errors))
        return process.returncode, output.decode("utf-8", "replace")

    def note(self, log):
        """Every answer of a revision is the one that was given first."""
        for line in log.splitlines():
            told = json.loads(line)
            with self.lock:
                self.seen.add(told["id"])
                known = self.answers.setdefault(told["id"], told["fingerprint"])
            if known != told["fingerprint"]:
                self.blame("%s has the fingerprint %s, and had %s" % (told["id"], told["fingerprint"], known))

    # What the threads do, once.

    def record(self, chance, name):
        self.writing.wait()
        code, output = self.run(chance, "ask log", ["log", "--json", "-n", "8"])
        if code != 0:
            return
        self.note(output)
        heads = [told["id"] for told in map(json.loads, output.splitlines()) if told["head"]]
        if not heads:
            return
        _, output = self.run(chance, "record", ["record", "-m", name, "--id", name, "--parent", chance.choice(heads), "-"],
                             ("CREATE TABLE %s (a INTEGER);" % name).encode())
        if "Recorded " + name in output:
            with self.lock:
                self.acknowledged.add(name)

    def migrate(self, chance, _):
        self.writing.wait()
        with self.lock:
            number, self.next_file = self.next_file, self.next_file + 1
            bed.write_migration(self.folder, number)
        code, _ = self.run(chance, "import", ["import", "sql", "m", "--branch"])
        if code == 0:
            with self.lock:
                self.acknowledged.add("%03d" % number)

    def ask(self, chance, _):
        with self.lock:
            known = chance.choice(sorted(self.answers) or ["001"])
        kind = chance.choice(["log", "schema", "show", "verify", "query", "audit", "blame", "diff"])
        if kind == "log":
            code, output = self.run(chance, "ask log", ["log", "--json"])
            if code == 0:
                self.note(output)
        elif kind in ("schema", "show"):
            words = ["schema", "--at", known, "--format", "json"] if kind == "schema" else ["show", known, "--json"]
            code, output = self.run(chance, "ask " + kind, words)
            if code == 0 and json.loads(output)["fingerprint"] != self.answers.get(known):
                self.blame("%s says otherwise of %s than the first answer" % (kind, known))
        else:
            words = {"verify": ["verify"] + ["--full"] * (chance.random() < 0.2),
                     "query": ["query", "SELECT count(*) FROM revisions"], "audit": ["audit"],
                     "blame": ["blame", "t1", "--at", "005"], "diff": ["diff", "001", "006"]}[kind]
            self.run(chance, "ask " + kind, words)

    def keep(self, chance, _):
        words = chance.choice([["truncate", "00%d" % chance.randrange(2, 6), "--no-folder"], ["restore"], ["restore"], ["compact"],
                               ["rebuild"], ["tag", "t%d" % chance.randrange(5), "007"]])
        if words[0] in ("truncate", "restore") and chance.random() < 0.7:
            self.writing.clear()
            time.sleep(1)
        self.run(chance, words[0], words)
        self.writing.set()
        with self.lock:
            self.largest = max(self.largest, self.size())
        time.sleep(0.05)

    def size(self):
        try:
            return os.path.getsize(self.folder + "/.strata/log/data.mdb")
        except OSError:
            return 0

    def again(self, end, number, action):
        chance = random.Random("%d:%d" % (self.seed, number))
        count = 0
        while time.time() < end:
            count += 1
            try:
                action(chance, "w%dx%d" % (number, count))
            except Exception as error:  # pylint: disable=broad-except
                self.blame("thread %d: %r" % (number, error))

    def judge(self):
        code, output, errors = bed.run(["verify", "--full"], self.folder, timeout=600)
        if code != 0:
            self.blame("verify --full ended with %s: %s%s" % (code, output, errors))
        found = collections.Counter(self.ids(self.log()))
        for name in sorted(self.acknowledged - set(found)):
            self.blame("%s was acknowledged and is lost" % name)
        for name in sorted(self.seen - set(found)):
            self.blame("%s was shown and is not there" % name)
        for name, count in found.items():
            if count != 1:
                self.blame("%s is there %d times" % (name, count))
        before = self.size()
        bed.expect(["compact"], self.folder)
        print("verify --full: %s" % output.strip())
        print("%d revisions, %d of them acknowledged; the log: at most %d KiB, %d at the end, %d compacted" % (
            len(found), len(self.acknowledged), self.largest >> 10, before >> 10, self.size() >> 10))
        if self.largest > 40 * self.size() + (64 << 20):
            self.blame("the log grew to %d KiB" % (self.largest >> 10))


def main():
    if len(sys.argv) < 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    seconds, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print("%d seconds, seed %d" % (seconds, seed), flush=True)
    root = tempfile.mkdtemp(prefix="strata-torture-")
    try:
        store = Store(root + "/work", seed)
        end = time.time() + seconds
        actions = [store.record] * 6 + [store.migrate] * 2 + [store.ask] * 4 + [store.keep]
        threads = [threading.Thread(target=store.again, args=(end, number, action))
                   for number, action in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        store.judge()
        for (kind, code), count in sorted(store.codes.items(), key=str):
            print("  %-14s %-7s %d" % (kind, code, count))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("%d faults" % len(store.faults))
    sys.exit(1 if store.faults else 0)


if __name__ == "__main__":
    main()
