"""Damages a store in aimed ways, and holds what `verify` says of it against what the questions answer.

    python3 tools/torture/damage.py KIND COUNT [SEED] [--salvage]     STRATA names the binary

KIND: flip (a bit of what is in use in the log), kinds (a bit of each kind of place equally often), meta
(of LMDB's meta pages), zero, swap, copy (pages), garbage, cut, extend (the file), segment, projection,
lock, both (meta pages gone), lost (a segment, or the log), old (the log is set back), or all. With --salvage each
damaged store is salvaged instead, and the new one held against what the files still hold: every revision of which
all bytes are there must be in it, exact, and it must be sound. Ends with 1 where a verb died by a signal or hung, where `verify` said Sound and a question
answered otherwise than before, or where it called damaged what answers as before and is whole.
"""

import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile

import pages
import salvage

STRATA = os.environ.get("STRATA") or shutil.which("strata") or "strata"
PAGE = pages.SIZE
REVISIONS, TABLES, CUT = 120, 40, 40
QUESTIONS = [words.split(" ", 1) if words.startswith("query") else words.split() for words in (
    "log --json", "audit --format json", "tag --json", "schema --at 0060 --format json", "schema --at 0020",
    "schema", "blame t001 --json", "log --object t001 --json", "baseline 0080 --data", "show 0100",
    "diff 0050 0110", "query select * from revisions", "query select * from events",
    "query select * from object_versions")]
OTHERS = [["stats"], ["archive"], ["verify", "--full"], ["compact"], ["rebuild"], ["tag", "v9"]]


def run(words, folder, data=b""):
    environment = dict(os.environ, NO_COLOR="1", TZ="UTC", STRATA_AUTHOR="Ann", HOME=folder)
    try:
        ended = subprocess.run([STRATA] + words, cwd=folder, input=data, capture_output=True,
                               timeout=120, env=environment)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return ended.returncode, ended.stdout, ended.stderr


def migration(number):
    """One of a history that makes tables, fills them, indexes them and alters them."""
    table = "t%03d" % (number % TABLES)
    if number <= TABLES:
        return ("CREATE TABLE %s (a INTEGER PRIMARY KEY, b TEXT);\nINSERT INTO %s VALUES (1, 'x%d');\n"
                % (table, table, number))
    if number % 3 == 0:
        return "ALTER TABLE %s ADD COLUMN c%d TEXT DEFAULT 'd%d';\n" % (table, number, number)
    return "CREATE INDEX i%d ON %s (b, a);\n" % (number, table)


def make_base(folder):
    os.makedirs(folder + "/m")
    for number in range(1, REVISIONS + 1):
        with open("%s/m/%04d_step.sql" % (folder, number), "w", encoding="utf-8") as file:
            file.write(migration(number))
    for words in (["init"], ["import", "sql", "m"], ["tag", "v1", "0020"], ["tag", "v2", "0100"],
                  ["truncate", "%04d" % CUT, "--no-folder"], ["tag", "v3"], ["query", "SELECT 1"]):
        if words[0] == "truncate":
            shutil.copy(folder + "/.strata/log/data.mdb", folder + "/older")
        code, _, errors = run(words, folder)
        if code != 0:
            sys.exit("torture: %s ended with %s: %s" % (words, code, errors.decode()))


class Damage:
    """One store after the other, each a damaged copy of the base."""

    def __init__(self, root, is_compact):
        self.base, self.work = root + "/base", root + "/work"
        make_base(self.base)
        # Pages of old states make a salvage easy.
        for words in (["compact"], ["stats"]) if is_compact else ():
            if run(words, self.base)[0] != 0:
                sys.exit("torture: %s failed" % words[0])
        with open(self.log(self.base), "rb") as file:
            self.log_bytes = file.read()
        self.ranges = [one for one in pages.used(self.log_bytes) if one[1]]
        self.by_kind = collections.defaultdict(list)
        for start, count, name in self.ranges:
            self.by_kind[name].append((start, count))
        self.pages = sorted({start // PAGE for start, _, _ in self.ranges})
        self.fresh()
        self.answers = self.ask(QUESTIONS)
        self.revisions = salvage.Revisions(self.base + "/.strata")

    @staticmethod
    def log(folder):
        return folder + "/.strata/log/data.mdb"

    def fresh(self):
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.base, self.work)

    def ask(self, questions):
        return {" ".join(words): run(words, self.work) for words in questions}

    def write(self, data):
        with open(self.log(self.work), "wb") as file:
            file.write(data)

    def flip(self, offset, bit):
        data = bytearray(self.log_bytes)
        data[offset] ^= 1 << bit
        self.write(data)

    def flip_file(self, path, chance, count=1):
        with open(path, "rb") as file:
            data = bytearray(file.read())
        for _ in range(count):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with open(path, "wb") as file:
            file.write(data)

    # What each kind does; returns the place in words.

    def do_flip(self, chance):
        start, count, name = chance.choices(self.ranges, [one[1] for one in self.ranges])[0]
        offset = start + chance.randrange(count)
        self.flip(offset, chance.randrange(8))
        return "%s at %d" % (name, offset)

    def do_kinds(self, chance):
        name = chance.choice(sorted(self.by_kind))
        start, count = chance.choice(self.by_kind[name])
        offset = start + chance.randrange(count)
        self.flip(offset, chance.randrange(8))
        return "%s at %d" % (name, offset)

    def do_meta(self, chance):
        offset = chance.randrange(2) * PAGE + chance.choice(list(range(10, 12)) + list(range(16, 152)))
        self.flip(offset, chance.randrange(8))
        return "meta page at %d" % offset

    def page(self, data, number, content):
        data[number * PAGE:(number + 1) * PAGE] = content

    def read(self, number):
        return self.log_bytes[number * PAGE:(number + 1) * PAGE]

    def do_zero(self, chance):
        data, number = bytearray(self.log_bytes), chance.choice(self.pages)
        self.page(data, number, bytes(PAGE))
        self.write(data)
        return "page %d" % number

    def do_swap(self, chance):
        data, (one, other) = bytearray(self.log_bytes), chance.sample(self.pages, 2)
        self.page(data, one, self.read(other))
        self.page(data, other, self.read(one))
        self.write(data)
        return "pages %d and %d" % (one, other)

    def do_copy(self, chance):
        data, (one, other) = bytearray(self.log_bytes), chance.sample(self.pages, 2)
        self.page(data, one, self.read(one)[:8] + self.read(other)[8:])
        self.write(data)
        return "page %d over %d" % (other, one)

    def do_garbage(self, chance):
        data = bytearray(self.log_bytes)
        offset = chance.choice(self.pages) * PAGE + chance.randrange(PAGE - 64)
        data[offset:offset + 64] = chance.randbytes(64)
        self.write(data)
        return "64 bytes at %d" % offset

    def do_cut(self, chance):
        size = chance.choice([0, 1, 4095, 4096, 8191, 8192, chance.randrange(len(self.log_bytes)),
                              len(self.log_bytes) - 1, len(self.log_bytes) - PAGE])
        self.write(self.log_bytes[:size])
        return "to %d bytes" % size

    def do_extend(self, chance):
        self.write(self.log_bytes + chance.randbytes(chance.choice([1, 100, PAGE, 65536])))
        return "longer"

    def do_segment(self, chance):
        folder = self.work + "/.strata/archive/"
        self.flip_file(folder + os.listdir(folder)[0], chance)
        return "a segment"

    def do_projection(self, chance):
        self.flip_file(self.work + "/.strata/projection.sqlite", chance, chance.choice([1, 1, 8]))
        return "the projection"

    def do_lock(self, chance):
        self.flip_file(self.work + "/.strata/log/lock.mdb", chance, chance.choice([1, 8, 64]))
        return "the lock file"

    def do_both(self, chance):
        data = bytearray(self.log_bytes)
        data[:2 * PAGE] = bytes(2 * PAGE) if chance.random() < 0.5 else chance.randbytes(2 * PAGE)
        self.write(data)
        return "both meta pages"

    def do_lost(self, chance):
        folder = self.work + "/.strata/archive/"
        path = chance.choice([self.log(self.work), folder + os.listdir(folder)[0]])
        os.remove(path)
        return path

    def do_old(self, chance):
        with open(self.base + "/older", "rb") as file:
            self.write(file.read())
        return "an older log"

    # The judgement

    def judge_salvage(self, kind, seed):
        chance = random.Random("%s:%d" % (kind, seed))
        self.fresh()
        place = getattr(self, "do_" + kind)(chance)
        code, faults = salvage.judge(run, self.work, self.revisions, self.answers)
        return code, place, faults

    def judge(self, kind, seed, asks_others):
        """The faults that one damage brings out, in words."""
        chance = random.Random("%s:%d" % (kind, seed))
        self.fresh()
        place = getattr(self, "do_" + kind)(chance)
        verdict, said, _ = run(["verify"], self.work)
        faults = [] if verdict in (0, 1, 3) else ["verify ended with %s" % verdict]
        # Where damage is told, the others only must not die of it.
        answers = self.ask(QUESTIONS if verdict in (0, 1) else chance.sample(QUESTIONS, 3))
        differing = [words for words, answer in answers.items() if answer[:2] != self.answers[words][:2]]
        for words, (code, _, errors) in answers.items():
            if code is None or code < 0 or code > 5:
                faults.append("`%s` ended with %s: %s" % (words, code, errors[-200:].decode("utf-8", "replace")))
        if verdict == 0 and differing:
            faults.append("Sound, and `%s` answers otherwise" % differing[0])
        if asks_others:
            for words, (code, _, _) in self.ask(OTHERS).items():
                if code is None or code < 0 or code > 5:
                    faults.append("`%s` ended with %s" % (words, code))
        return verdict, place, faults


def main():
    kinds = [name[3:] for name in dir(Damage) if name.startswith("do_")]
    salvages = "--salvage" in sys.argv
    if salvages:
        sys.argv.remove("--salvage")
    if len(sys.argv) < 3 or sys.argv[1] not in kinds + ["all"]:
        sys.exit(__doc__)
    count, seed = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    failed = 0
    with tempfile.TemporaryDirectory(prefix="strata-torture-") as root:
        damage = Damage(root, is_compact=salvages)
        for kind in kinds if sys.argv[1] == "all" else [sys.argv[1]]:
            verdicts = collections.Counter()
            for number in range(seed, seed + count):
                verdict, place, faults = (
                    damage.judge_salvage(kind, number) if salvages
                    else damage.judge(kind, number, asks_others=number % 5 == 0))
                verdicts[verdict] += 1
                for fault in faults:
                    failed += 1
                    print("%s, seed %d, %s: %s" % (kind, number, place, fault), flush=True)
            print("%-10s %d times from seed %d: it ended with %s" % (
                kind, count, seed, ", ".join("%s %d times" % one for one in sorted(verdicts.items()))), flush=True)
    print("%d faults" % failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
