"""Lets verbs write on logs that are damaged or were set back, and holds what `verify` says after against before.

    python3 tools/torture/onward.py COUNT [SEED]     STRATA names the binary

Damages are those of damage.py (flip, kinds, meta, zero, swap, copy, garbage), each verb on a copy of its own.
What leads over a damaged page must refuse (3) and change nothing; what does not may go on, and the damage must
still be there for `verify` afterwards: gone, it would have been written over without a word. Nobody ends by
a signal. Set back to an older log, every verb that writes refuses, and every one that asks says so. Ends with
1 where one of that does not hold.
"""

import collections
import os
import random
import shutil
import sys
import tempfile

import damage

WRITES = {
    "record": ["record", "-m", "x", "--id", "zz", "-"], "tag": ["tag", "q", "head"], "untag": ["tag", "--delete", "v1"],
    "import": ["import", "sql", "m"], "truncate": ["truncate", "0080", "--no-folder"], "restore": ["restore"],
    "compact": ["compact"], "query": ["query", "SELECT count(*) FROM events"]}
KINDS = ("flip", "kinds", "meta", "zero", "swap", "copy", "garbage")


class Onward:
    def __init__(self, root):
        self.damage = damage.Damage(root, is_compact=False)
        self.work = self.damage.work
        self.faults = 0
        self.counts = collections.Counter()

    def blame(self, where, text):
        self.faults += 1
        print("%s: %s" % (where, text), flush=True)

    def run(self, words):
        return damage.run(words, self.work, b"CREATE TABLE zz (a);" if words[0] == "record" else b"")

    def data(self):
        with open(self.damage.log(self.work), "rb") as file:
            return file.read()

    def damaged(self, kind, seed):
        self.damage.fresh()
        place = getattr(self.damage, "do_" + kind)(random.Random("%s:%d" % (kind, seed)))
        before = self.data()
        verdict = self.run(["verify"])[0]
        shutil.rmtree(self.work + ".damaged", ignore_errors=True)
        shutil.copytree(self.work, self.work + ".damaged")
        for verb, words in WRITES.items():
            where = "%s, seed %d, %s, %s" % (kind, seed, place, verb)
            shutil.rmtree(self.work)
            shutil.copytree(self.work + ".damaged", self.work)
            with open(self.work + "/m/0999_step.sql", "w", encoding="utf-8") as file:
                file.write("CREATE TABLE late (a);\n")
            code, _, errors = self.run(words)
            self.counts[verdict, verb, code] += 1
            if code is None or code < 0 or code not in (0, 3, 4):
                self.blame(where, "ended with %s: %s" % (code, errors.decode("utf-8", "replace")))
            if code == 3 and verb != "query" and self.data()[:len(before)] != before:
                self.blame(where, "it refused, and the log has changed")
            after = self.run(["verify", "--full"])[0]
            if verdict == 3 and after != 3:
                self.blame(where, "verify said 3 before, and %s after it ended with %s" % (after, code))
            if verdict == 0 and (code != 0 and code != 4 or after != 0):
                self.blame(where, "verify said 0, the verb %s, verify then %s: %s" % (code, after, errors.decode()))

    def set_back(self):
        """The log alone is older: by one tag, by one revision, by a cut."""
        for verb in ("tag", "record", "truncate"):
            for follows in (True, False):
                self.damage.fresh()
                old = self.data()
                if self.run(WRITES[verb])[0] != 0 or follows and self.run(["query", "SELECT 1"])[0] != 0:
                    sys.exit("torture: %s does not run" % verb)
                self.damage.write(old)
                if not follows:
                    for suffix in ("", "-wal", "-shm"):
                        if os.path.exists(self.work + "/.strata/projection.sqlite" + suffix):
                            os.remove(self.work + "/.strata/projection.sqlite" + suffix)
                self.expect_refusals("set back by %s%s" % (verb, "" if follows else ", without a projection"))

    def expect_refusals(self, what):
        for words in (["log"], ["schema"], ["blame", "t001"], ["stats"]):
            code, _, errors = self.run(words)
            if code != 0 or b"rolled back" not in errors:
                self.blame("%s, %s" % (what, words), "says nothing: %s %s" % (code, errors.decode()))
        if self.run(["verify"])[0] != 3:
            self.blame(what, "verify finds nothing")
        with open(self.work + "/m/0999_step.sql", "w", encoding="utf-8") as file:
            file.write("CREATE TABLE late (a);\n")
        before = self.data()
        for verb, words in WRITES.items():
            if verb != "query":
                code, _, errors = self.run(words)
                if code != 3 or b"rolled back" not in errors or self.data() != before:
                    self.blame("%s, %s" % (what, verb), "ended with %s: %s" % (code, errors.decode()))
        if self.run(["query", "SELECT 1"])[0] != 0 or self.run(["verify"])[0] != 3:
            self.blame(what, "a query hides it")
        for words in (["rebuild"], WRITES["tag"]):
            code, _, errors = self.run(words)
            # What a segment's name tells goes when that is moved away.
            if code != 0 and b"archive/" not in errors:
                self.blame(what, "after it was accepted, %s ended with %s: %s" % (words, code, errors.decode()))


def main():
    if len(sys.argv) < 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print("%d of each kind, from seed %d" % (count, seed), flush=True)
    root = tempfile.mkdtemp(prefix="strata-torture-")
    try:
        onward = Onward(root)
        onward.set_back()
        for kind in KINDS:
            for number in range(seed, seed + count):
                onward.damaged(kind, number)
        for (verdict, verb, code), number in sorted(onward.counts.items(), key=str):
            print("  verify %s, then %-9s ended with %s: %d" % (verdict, verb, code, number))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("%d faults" % onward.faults)
    sys.exit(1 if onward.faults else 0)


if __name__ == "__main__":
    main()
