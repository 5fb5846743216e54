"""Takes away from every verb what it needs of the system, and holds what it says against what failed.

    python3 tools/torture/room.py [WHAT ...]     STRATA names the binary; needs root

WHAT: disk (a small tmpfs with so many pages left), size (`ulimit -f`), files (`-n`), space (`-v`), user (another
user's folder), mount (a read-only file system); all of them without one. Nothing is left to chance. Each
verb must end with 0 or with 4, with one message that names the cause; the store must be old or new, sound,
and the verb must succeed when there is room again. Ends with 1 where one of that does not hold.
"""

import collections
import os
import resource
import shutil
import subprocess
import sys
import tempfile

import bed

READING = {"log": ["log"], "schema": ["schema"], "verify": ["verify"], "stats": ["stats"], "show": ["show", "004"],
           "archive": ["archive"], "blame": ["blame", "t1"]}
OUTSIDE = ("baseline", "baseline-file", "export")
PAGE = 4096
CAUSES = {"disk": ("disk is full", "No space left"), "size": ("ulimit -f", "File too large", "too large"),
          "files": ("Too many open files", "unable to open database file"), "space": ("memory", "ulimit -v"),
          "user": ("ermission",), "mount": ("ead-only",)}
NOBODY = 65534


def limit(kind, value):
    return lambda: resource.setrlimit(kind, (value, value))


class Room:
    def __init__(self, root):
        self.bed = bed.Bed(root)
        self.mounted = False
        self.ends = {}
        for verb, (start, words, data) in bed.VERBS.items():
            self.bed.fresh(start)
            old = self.bed.state(), self.bed.files()
            code, _, errors = self.bed.run(words, data)
            if code != 0:
                sys.exit("torture: %s ended with %s: %s" % (verb, code, errors))
            self.ends[verb] = old, (self.bed.state(), self.bed.files())
        self.faults = 0
        self.counts = collections.Counter()

    def mount(self, *options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(("size=64m",) + options), "tmpfs", self.bed.work],
                       check=True)
        self.mounted = True

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", self.bed.work], check=True)
        self.mounted = False

    def fill(self, pages):
        with open(self.bed.work + "/filler", "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        size = os.path.getsize(self.bed.work + "/filler") // PAGE * PAGE
        os.truncate(self.bed.work + "/filler", size - pages * PAGE)

    def blame(self, what, verb, where, text):
        self.faults += 1
        print("%s, %s, %s: %s" % (what, verb, where, text), flush=True)

    def judge(self, what, verb, where, ending):
        """Whether it was done; what it says must be one message that names the cause."""
        code, output, errors = ending
        self.counts["%s %s" % (what, code)] += 1
        if code == 0:
            return True
        lines = [line for line in errors.splitlines() if line.startswith("strata: ")]
        # Of an engine, or of what was named outside of the store.
        if code != 4 and not (code in (2, 5) and (what in ("files", "space", "size") or verb in OUTSIDE)):
            self.blame(what, verb, where, "ended with %s: %s%s" % (code, output, errors))
        elif len(lines) != 1 or not any(cause in errors for cause in CAUSES[what]):
            self.blame(what, verb, where, "says: %s" % errors)
        return False

    def one(self, what, verb, where, before=None, user=None, after=lambda: None):
        words, data = bed.VERBS[verb][1:]
        done = self.judge(what, verb, where, self.bed.run(words, data, before=before, user=user))
        after()
        for fault in self.bed.faults(verb, *self.ends[verb], acknowledged=done):
            self.blame(what, verb, where, fault)
        return done

    def disk(self):
        for verb, (start, _, _) in bed.VERBS.items():
            pages, done = 0, False
            while not done and pages < 400:
                self.mount()
                self.bed.fresh(start)
                self.fill(pages)
                done = self.one("disk", verb, "%d pages" % pages,
                                after=lambda: os.remove(self.bed.work + "/filler"))
                self.unmount()
                pages += 1 if pages < 16 else pages // 8
            if not done:
                self.blame("disk", verb, "%d pages" % pages, "never succeeds")
        for has_lock in (True, False):
            for verb, words in READING.items():
                self.mount()
                self.bed.fresh("cut")
                if not has_lock:
                    os.remove(self.bed.work + "/.strata/log/lock.mdb")
                else:
                    bed.run(["log"], self.bed.work)
                self.fill(0)
                done = self.judge("disk", verb, "without a lock file" * (not has_lock), self.bed.run(words))
                if has_lock and not done:
                    self.blame("disk", verb, "no page", "asking needs room")
                self.unmount()

    def limits(self, what, kind, values):
        for verb, (start, _, _) in bed.VERBS.items():
            for value in values:
                self.bed.fresh(start)
                if self.one(what, verb, value, before=limit(kind, value)):
                    break
        for verb, words in READING.items():
            for value in values:
                self.bed.fresh("cut")
                if self.judge(what, verb, value, self.bed.run(words, before=limit(kind, value))):
                    break

    def size(self):
        self.limits("size", resource.RLIMIT_FSIZE, [0] + [PAGE * count for count in (
            1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 64, 80, 100, 128, 160, 200, 400)])

    def files(self):
        self.limits("files", resource.RLIMIT_NOFILE, range(4, 40))

    def space(self):
        self.limits("space", resource.RLIMIT_AS, [count << 20 for count in (
            100, 120, 140, 160, 180, 200, 220, 240, 260, 300, 350, 400, 500, 700, 1000, 2000, 100_000)])

    def user(self):
        everything = dict(bed.VERBS, **{name: ("cut", words, None) for name, words in READING.items()})
        for verb, (start, words, data) in everything.items():
            for mode in (0o755, 0o700):
                self.bed.fresh(start)
                os.chmod(self.bed.root, 0o755)
                os.chmod(self.bed.work, 0o755)
                place = self.bed.work + ("" if start == "none" else "/.strata")
                os.chmod(place, mode)
                told = ["--store", self.bed.work + "/.strata"] + words
                if mode == 0o700 and verb == "init":
                    continue
                if verb in bed.VERBS:
                    self.judge("user", verb, oct(mode), self.bed.run(told, data, user=NOBODY))
                    os.chmod(place, 0o755)
                    for fault in self.bed.faults(verb, *self.ends[verb], acknowledged=False):
                        self.blame("user", verb, oct(mode), fault)
                else:
                    self.judge("user", verb, oct(mode), self.bed.run(told, user=NOBODY))

    def mount_read_only(self):
        everything = dict(bed.VERBS, **{name: ("cut", words, None) for name, words in READING.items()})
        for verb, (start, words, data) in everything.items():
            self.mount()
            self.bed.fresh(start)
            subprocess.run(["mount", "-o", "remount,ro", self.bed.work], check=True)
            done = self.judge("mount", verb, "", self.bed.run(words, data))
            if verb in READING and not done:
                self.blame("mount", verb, "", "asking needs no writing")
            subprocess.run(["mount", "-o", "remount,rw", self.bed.work], check=True)
            if verb in bed.VERBS:
                for fault in self.bed.faults(verb, *self.ends[verb], acknowledged=done):
                    self.blame("mount", verb, "", fault)
            self.unmount()


def main():
    names = sys.argv[1:] or list(CAUSES)
    if not set(names) <= set(CAUSES):
        sys.exit(__doc__)
    root = tempfile.mkdtemp(prefix="strata-torture-")
    room = Room(root)
    try:
        for name in names:
            getattr(room, "mount_read_only" if name == "mount" else name)()
            print("%s: %s" % (name, ", ".join("%s %d times" % (key.split(" ", 1)[1], count) for key, count in sorted(
                room.counts.items()) if key.startswith(name))), flush=True)
    finally:
        room.unmount()
        shutil.rmtree(root, ignore_errors=True)
    print("%d faults" % room.faults)
    sys.exit(1 if room.faults else 0)


if __name__ == "__main__":
    main()
