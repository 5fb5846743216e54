"""Plays a power cut at every moment of a verb: what was not synced is lost, or a part of it, in any order.

    python3 tools/torture/power.py [VERB ...] [--orders N] [--seed SEED]     STRATA names the binary

The calls of a whole run are kept by shim.c. For each prefix of them the folder is made anew three times: with nothing
of what was not synced, with all of it, and with a part that chance takes; then N times (1,000) more for moments
that chance takes. Names in folders (made, removed, renamed, exchanged) are lost as bytes are, unless their
folder was synced; a file's own sync saves no name. Bytes are lost by pages. The store must be the old one or the new
one, sound, the new one after the verb's end; each fifth time the verb is repeated as well. Ends with 1 where
one of that does not hold.
"""

import collections
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import bed

DATA, SYNC, LENGTH, CREATE, MKDIR, UNLINK, RENAME, EXCHANGE, LINK = range(1, 10)
PAGE = 4096
HEAD = struct.Struct("<6Q")


class Disk:
    """A folder as a file system has it: numbered files with their bytes, numbered folders with their names."""

    def __init__(self, folder):
        self.root, self.files, self.folders, self.inodes = folder, {}, {}, {}
        self.next = 0
        self.top = self.read(folder)

    def number(self):
        self.next += 1
        return self.next

    def read(self, path):
        number = self.number()
        names = self.folders[number] = {}
        for name in sorted(os.listdir(path)):
            place = path + "/" + name
            if os.path.isdir(place):
                names[name] = self.read(place)
            else:
                names[name] = file = self.number()
                with open(place, "rb") as handle:
                    self.files[file] = handle.read()
                self.inodes[os.stat(place).st_ino] = file
        return number

    def copy(self):
        other = Disk.__new__(Disk)
        other.root, other.top = self.root, self.top
        other.files, other.folders = dict(self.files), {key: dict(names) for key, names in self.folders.items()}
        return other

    def place(self, path):
        """The folder that holds a path, and the name in it."""
        parts = path[len(self.root):].strip("/").split("/")
        folder = self.top
        for part in parts[:-1]:
            folder = self.folders[folder][part]
        return folder, parts[-1]

    def apply(self, call):
        """Does a call; one for which something is missing does nothing."""
        kind, target, *rest = call
        if kind == "data":
            offset, content = rest
            if target in self.files:
                old = self.files[target].ljust(offset, b"\0")
                self.files[target] = old[:offset] + content + old[offset + len(content):]
        elif kind == "length":
            if target in self.files:
                self.files[target] = self.files[target][:rest[0]].ljust(rest[0], b"\0")
        elif kind == "name":
            self.folders[target][rest[0]] = rest[1]
        elif kind == "unlink":
            self.folders[target].pop(rest[0], None)
        else:
            name, folder, other = rest
            one, two = self.folders[target].get(name), self.folders[folder].get(other)
            if one is None or kind == "exchange" and two is None:
                return
            self.folders[folder][other] = one
            if kind == "exchange":
                self.folders[target][name] = two
            elif kind == "rename":
                self.folders[target].pop(name, None)

    def write(self, path, folder=None):
        for name, number in self.folders[folder or self.top].items():
            place = path + "/" + name
            if number in self.folders:
                os.mkdir(place)
                self.write(place, number)
            else:
                with open(place, "wb") as file:
                    file.write(self.files[number])


def calls(disk, record):
    """What was recorded, by the numbers of files and folders; `disk` becomes what it was at the end."""
    found, position = [], 0
    while position < len(record):
        kind, inode, offset, one, other, count = HEAD.unpack_from(record, position)
        position += HEAD.size
        first, second = (record[position:position + one].decode(), record[position + one:position + one + other].decode())
        content = record[position + one + other:position + one + other + count]
        position += one + other + count
        for call in concrete(disk, kind, inode, offset, first, second, content):
            found.append(call)
            if call[0] != "sync":
                disk.apply(call)
    return found


def concrete(disk, kind, inode, offset, first, second, content):
    if kind == DATA:
        # Each page reaches the disk, or not.
        while content:
            part = content[:PAGE - offset % PAGE]
            yield "data", disk.inodes[inode], offset, part
            offset, content = offset + len(part), content[len(part):]
    elif kind == SYNC:
        if inode in disk.inodes and first.rstrip("/") != disk.root:
            yield "sync", disk.inodes[inode]
        else:
            folder, name = disk.place(first) if first != disk.root else (None, None)
            yield "sync", disk.folders[folder][name] if folder else disk.top
    elif kind == LENGTH:
        yield "length", disk.inodes[inode], offset
    elif kind in (CREATE, MKDIR):
        number = disk.number()
        if kind == CREATE:
            disk.files[number] = b""
            disk.inodes[inode] = number
        else:
            disk.folders[number] = {}
        yield ("name", *disk.place(first), number)
    elif kind == UNLINK:
        yield ("unlink", *disk.place(first))
    else:
        yield ({RENAME: "rename", EXCHANGE: "exchange", LINK: "link"}[kind], *disk.place(first), *disk.place(second))


def touched(call):
    """What must be synced before a call is on the disk for certain."""
    if call[0] in ("rename", "exchange", "link"):
        return {call[1], call[3]}
    return {call[1]}


class Power:
    def __init__(self, root):
        self.root, self.bed = root, bed.Bed(root)
        self.shim = root + "/shim.so"
        source = os.path.dirname(os.path.abspath(__file__)) + "/shim.c"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", self.shim, source, "-ldl", "-lpthread"], check=True)
        self.faults = 0

    def verb(self, verb, orders, seed):
        start, words, data = bed.VERBS[verb]
        self.bed.fresh(start)
        before = Disk(self.bed.work)
        self.old = self.bed.state(), self.bed.files()
        code, _, errors = self.bed.run(words, data, environment={
            "LD_PRELOAD": self.shim, "FAULT_BELOW": self.bed.work, "FAULT_RECORD": self.root + "/record"})
        if code != 0:
            sys.exit("torture: %s ended with %s: %s" % (verb, code, errors))
        with open(self.root + "/record", "rb") as file:
            record = file.read()
        os.remove(self.root + "/record")
        self.new = self.bed.state(), self.bed.files()
        after = before.copy()
        after.inodes, after.next = dict(before.inodes), before.next
        after.number = lambda: Disk.number(after)
        done = calls(after, record)
        # What was made later is there, but without a name.
        before.folders.update({key: {} for key in after.folders if key not in before.folders})
        before.files.update({key: b"" for key in after.files if key not in before.files})
        self.canary(verb, after)
        counts = collections.Counter()
        moments = [(moment, which) for moment in range(len(done) + 1) for which in ("nothing", "all", "some")]
        chance = random.Random("%s:%d" % (verb, seed))
        moments += [(chance.randrange(len(done) + 1), "some") for _ in range(orders)]
        for number, (moment, which) in enumerate(moments):
            share = {"nothing": 0, "all": 1, "some": chance.random()}[which]
            self.cut(before, done, moment, share, random.Random("%s:%d:%d" % (verb, seed, number)))
            counts[self.judge(verb, moment == len(done), number, "seed %d, cut %d after %d of %d calls, %s of the rest" % (
                seed, number, moment, len(done), which))] += 1
        print("%-16s %d calls, seed %d: %s" % (verb, len(done), seed, ", ".join(
            "%s %d times" % one for one in sorted(counts.items()))), flush=True)

    def canary(self, verb, after):
        """All calls together give the folder that the verb left."""
        self.bed.empty()
        after.write(self.bed.work)
        if (self.bed.state(), self.bed.files()) != self.new:
            sys.exit("torture: the record of %s does not give what the verb left" % verb)

    def cut(self, before, done, moment, share, chance):
        disk = before.copy()
        synced = {}
        for place in range(moment):
            if done[place][0] == "sync":
                synced[done[place][1]] = place
        for place, call in enumerate(done[:moment]):
            if call[0] == "sync":
                continue
            if all(synced.get(one, -1) > place for one in touched(call)) or chance.random() < share:
                disk.apply(call)
        self.bed.empty()
        disk.write(self.bed.work)

    def judge(self, verb, is_done, number, where):
        if number % 5 == 0:
            faults = self.bed.faults(verb, self.old, self.new, acknowledged=is_done)
            verdict = "repeated"
        else:
            found, faults = self.bed.state(), []
            verdict = "old" if found == self.old[0] else "new" if found == self.new[0] else "neither"
            if verdict == "neither" or is_done and found != self.new[0]:
                faults.append("found %s" % (found,))
            if found is not None:
                code, output, errors = self.bed.run(["verify", "--full"])
                if code != 0:
                    faults.append("verify ended with %s: %s%s" % (code, output, errors))
                if self.bed.files() not in (self.old[1], self.new[1]) and "interrupted" not in output:
                    faults.append("the folder is neither the old one nor the new one, and nobody says so")
        for fault in faults:
            self.faults += 1
            print("%s, %s: %s" % (verb, where, fault), flush=True)
        return verdict


def main():
    words, options = sys.argv[1:], {"--orders": 1000, "--seed": 1}
    for name in options:
        if name in words:
            place = words.index(name)
            options[name] = int(words[place + 1])
            del words[place:place + 2]
    verbs = words or ["init", "record", "truncate-folder", "restore-folder", "compact"]
    if not set(verbs) <= set(bed.VERBS):
        sys.exit(__doc__)
    root = tempfile.mkdtemp(prefix="strata-torture-")
    try:
        power = Power(root)
        for verb in verbs:
            power.verb(verb, options["--orders"], options["--seed"])
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("%d faults" % power.faults)
    sys.exit(1 if power.faults else 0)


if __name__ == "__main__":
    main()
