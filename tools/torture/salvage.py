"""What a store's files hold of each revision, read without Strata: what a salvage must find of a damaged copy."""

import hashlib
import json
import os
import struct

import pages

LEAF, BRANCH, ROW_SET = 1, 2, 4


def varint(data, place):
    value, shift = 0, 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def fields(data):
    """(number, value) of tagged fields: a number, or bytes."""
    place = 0
    while place < len(data):
        key, place = varint(data, place)
        value, place = varint(data, place)
        if key & 1:
            value, place = data[place:place + value], place + value
        yield key >> 1, value


def entries(data):
    """Every key and value of the newest state of a file of LMDB's, by database."""
    found = {}

    def read(root, name):
        pending = [root]
        while pending:
            start = pending.pop() * pages.SIZE
            for number in range((pages.half(data, start + 12) - 16) // 2):
                node = start + pages.half(data, start + 16 + 2 * number)
                low, high, flags, size = struct.unpack_from("<HHHH", data, node)
                if pages.half(data, start + 10) & pages.BRANCH:
                    pending.append(low | high << 16 | flags << 32)
                    continue
                key, count = data[node + 8:node + 8 + size], low | high << 16
                place = node + 8 + size
                if flags & pages.BIG:
                    place = pages.word(data, place) * pages.SIZE + 16
                found.setdefault(name, {})[key] = data[place:place + count]
    newest = max((0, 1), key=lambda page: pages.word(data, page * pages.SIZE + 144))
    read(pages.word(data, newest * pages.SIZE + 128), "main")
    for name, record in found.pop("main").items():
        root = pages.word(record, 40)
        if root != pages.NO_PAGE:
            read(root, name.decode())
    return found


def key_of(digest):
    """A tree's node is kept under 20 bytes, what else there is under 32."""
    return digest[:20] if digest[20:] == bytes(12) else digest


class Revisions:
    """Of each revision the bytes of its event and of all nodes that it names."""

    def __init__(self, store):
        self.needs, self.texts, nodes, events = {}, {}, {}, {}
        for path in files(store):
            if path.endswith((".mdb", ".segment")) and not path.endswith("lock.mdb"):
                with open(path, "rb") as file:
                    found = entries(file.read())
                nodes.update(found.get("nodes", {}))
                events.update(found.get("events", {}))
        self.nodes = nodes
        for record in events.values():
            if record[17] != 2:
                continue
            count, place = varint(record, 18)
            size, place = varint(record, place + count)
            names, known = [], dict(fields(record[place:place + size]))
            self.add_tree(known[10], False, names)
            if 11 in known:
                self.add_tree(known[11], True, names)
            if 9 in known:
                source = dict(fields(known[9]))
                names += [source[number] for number in (3, 5) if number in source]
                self.texts[known[1].decode()] = nodes[source[3]]
            self.needs[known[1].decode()] = [record] + [nodes[key_of(name)] for name in names]

    def add_tree(self, root, has_rows, names):
        names.append(root)
        node = self.nodes[key_of(root)]
        count, place = varint(node, 1)
        if node[0] == BRANCH:
            place += 2
            for start in range(place, len(node), 20):
                self.add_tree(node[start:start + 20] + bytes(12), has_rows, names)
            return
        for _ in range(count):
            size, place = varint(node, place)
            place += size + 32
            names.append(node[place - 32:place])
            if has_rows:
                names += [value for number, value in fields(self.nodes[names[-1]][1:]) if number == 2]

    def whole(self, store):
        """The revisions of which every byte is still in some file, and those of which the text is."""
        data = []
        for path in files(store):
            with open(path, "rb") as file:
                data.append(file.read())
        known = {}

        def is_there(value):
            if value not in known:
                known[value] = any(value in one for one in data)
            return known[value]
        return ({name for name, needs in self.needs.items() if all(map(is_there, needs))},
                {name for name, text in self.texts.items() if is_there(text)})


def files(store):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(store) for name in names)


def digest(store):
    """Of all bytes of a store, and of the names of its files."""
    found = hashlib.sha256()
    for path in files(store):
        with open(path, "rb") as file:
            found.update(path.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return found.digest()


def judge(run, folder, revisions, answers):
    """The faults of one salvage in words, and how it ended. `run` takes words and a folder."""
    store, target = folder + "/.strata", folder + "/salvaged"
    (whole, texts), before = revisions.whole(store), digest(store)
    code, output, errors = run(["verify", "--salvage", target, "--json"], folder)
    faults = []
    if code not in (0, 3):
        return code, ["salvage ended with %s: %s" % (code, errors[-300:].decode("utf-8", "replace"))]
    if digest(store) != before:
        faults.append("salvage changed the damaged store")
    if not os.path.isdir(target):
        if whole:
            faults.append("salvage made nothing, and these are whole: %s" % sorted(whole)[:5])
        return code, faults
    verdict, said, errors = run(["--store", target, "verify", "--full"], folder)
    if verdict != 0:
        faults.append("the new store: verify ended with %s: %s" % (verdict, (said + errors)[-300:].decode()))
    log = run(["--store", target, "log", "--json"], folder)[1].decode()
    found = {one["id"]: one for one in map(json.loads, log.splitlines())}
    known = {one["id"]: one for one in map(json.loads, answers["log --json"][1].decode().splitlines())}
    for name in sorted(whole - set(found)):
        faults.append("revision %s is whole and was lost" % name)
    for name, one in found.items():
        # Of the root of a cut whose segment is lost, the cut alone tells.
        for field in ("fingerprint", "author", "message", "authored") + ("recorded", "recordedBy") * (name in whole):
            if name not in known or one[field] != known[name][field]:
                faults.append("revision %s: its %s is another" % (name, field))
    for name in texts & set(found):
        if found[name]["source"] != known[name]["source"]:
            faults.append("the text of revision %s is whole and was lost" % name)
    if code == 0:
        for words in answers:
            if not words.startswith("query") and run(["--store", target] + words.split(), folder)[:2] \
                    != answers[words][:2]:
                faults.append("nothing was lost, and `%s` answers otherwise" % words)
    if code == 0 and json.loads(output)["losses"]:
        faults.append("it ended with 0 and tells of losses")
    return code, faults
