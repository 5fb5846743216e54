"""Lets every call by which a verb changes files fail, be cut short, or be the last before the process dies.

    python3 tools/torture/faults.py [VERB ...] [--mode MODE] [--seen]     STRATA names the binary

MODE: die, EIO, ENOSPC, EINTR, short, or full (ENOSPC from that call on); all of them without one. Every
call of every verb is taken, nothing is left to chance. Afterwards the store is the old one or the new one, what was
acknowledged is there, `verify --full` finds it sound, and the verb succeeds when it is repeated. --seen
compares the counted calls with those that strace sees. Ends with 1 where one of that does not hold.
"""

import collections
import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bed

MODES = {"die": ("die", 0), "EIO": ("fail", errno.EIO), "ENOSPC": ("fail", errno.ENOSPC),
         "EINTR": ("fail", errno.EINTR), "short": ("short", 0), "full": ("stay", errno.ENOSPC)}
WRITES = ("write", "pwrite", "pwrite64", "writev", "pwritev", "pwritev64", "copy_file_range", "sendfile")
SEEN = ("write,pwrite64,writev,pwritev,copy_file_range,sendfile,fsync,fdatasync,msync,ftruncate,truncate,"
        "fallocate,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,"
        "rmdir,mkdir,mkdirat,open,openat,creat")


class Faults:
    def __init__(self, root):
        self.root, self.bed = root, bed.Bed(root)
        self.shim = root + "/shim.so"
        source = os.path.dirname(os.path.abspath(__file__)) + "/shim.c"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", self.shim, source, "-ldl", "-lpthread"], check=True)
        self.faults = 0

    def disturbed(self, verb, number=0, mode="die", code=0):
        _, words, data = bed.VERBS[verb]
        return self.bed.run(words, data, environment={
            "LD_PRELOAD": self.shim, "FAULT_BELOW": self.bed.work, "FAULT_AT": str(number), "FAULT_MODE": mode,
            "FAULT_ERRNO": str(code), "FAULT_LOG": self.root + "/calls"})

    def calls(self):
        with open(self.root + "/calls", encoding="utf-8") as file:
            found = [line.split(" ", 2)[1:] for line in file.read().splitlines()]
        os.remove(self.root + "/calls")
        return [(name, path.replace(self.bed.work, "")) for name, path in found]

    def verb(self, verb, modes):
        self.bed.fresh(bed.VERBS[verb][0])
        old = self.bed.state(), self.bed.files()
        code, _, errors = self.disturbed(verb)
        calls = self.calls()
        if code != 0 or not calls:
            sys.exit("torture: %s with %d calls ended with %s: %s" % (verb, len(calls), code, errors))
        new = self.bed.state(), self.bed.files()
        codes = collections.Counter()
        for number, (name, path) in enumerate(calls, 1):
            for mode in modes:
                if mode == "short" and name not in WRITES:
                    continue
                self.bed.fresh(bed.VERBS[verb][0])
                code, output, errors = self.disturbed(verb, number, *MODES[mode])
                self.calls()
                codes[mode, code] += 1
                faults = self.bed.faults(verb, old, new, acknowledged=code == 0)
                if code not in (0, 4) and not (mode == "die" and code == 137):
                    faults.append("it ended with %s" % code)
                for fault in faults:
                    self.faults += 1
                    print("%s, %s at call %d, %s of %s: %s\n    it said: %s" % (
                        verb, mode, number, name, path, fault, errors.strip()), flush=True)
        print("%-16s %3d calls: %s" % (verb, len(calls), ", ".join(
            "%s ended with %s %d times" % (*key, count) for key, count in sorted(codes.items(), key=str))), flush=True)

    def seen(self, verb):
        """A canary: what the shim does not count is not tested."""
        self.bed.fresh(bed.VERBS[verb][0])
        self.disturbed(verb)
        counted = len(self.calls())
        self.bed.fresh(bed.VERBS[verb][0])
        _, words, data = bed.VERBS[verb]
        trace = self.root + "/trace"
        subprocess.run(["strace", "-f", "-y", "-qq", "-o", trace, "-e", "trace=" + SEEN, bed.STRATA] + words,
                       cwd=self.bed.work, input=data or b"", capture_output=True, check=False,
                       env=dict(os.environ, STRATA_AUTHOR="Ann", HOME=self.root))
        with open(trace, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if self.changes(line)]
        print("%-16s counted %d calls, strace saw %d" % (verb, counted, len(lines)), flush=True)
        if abs(counted - len(lines)) > len(lines) // 10:
            self.faults += 1

    def changes(self, line):
        # The working directory's own name tells nothing of a path that begins at the root.
        line = re.sub(r'AT_FDCWD<[^>]*>, "/', '"/', line)
        if "resumed>" in line or self.bed.work not in line:
            return False
        name = re.search(r"(\w+)\(", line)
        return not (name and name[1] in ("open", "openat") and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", line))


def main():
    words = sys.argv[1:]
    modes = list(MODES)
    if "--mode" in words:
        place = words.index("--mode")
        modes = words[place + 1].split(",")
        del words[place:place + 2]
    only_seen = "--seen" in words
    verbs = [word for word in words if word != "--seen"] or list(bed.VERBS)
    if not set(verbs) <= set(bed.VERBS) or not set(modes) <= set(MODES):
        sys.exit(__doc__)
    root = tempfile.mkdtemp(prefix="strata-torture-")
    try:
        faults = Faults(root)
        for verb in verbs:
            if only_seen:
                faults.seen(verb)
            else:
                faults.verb(verb, modes)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("%d faults" % faults.faults)
    sys.exit(1 if faults.faults else 0)


if __name__ == "__main__":
    main()
