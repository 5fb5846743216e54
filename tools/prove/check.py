"""check.py PROOF [CHECKPOINT]: what a proof of `strata prove` proves, under which root (and your own checkpoint);
ends with 1 for anything else. Shares nothing with Strata; store/FORMAT.md has the bytes."""
import base64, datetime, hashlib, json, sys
FACTS = "opened, revision, operation, tag, tag deleted, cut, restoration, tool's table noted, signature".split(", ")
KINDS = "schema, table, index, view, materialized view, trigger, sequence, enum, domain, type, routine".split(", ")
sha, unpack = lambda data: hashlib.sha256(data).digest(), lambda text: base64.b64decode(text, validate=True)
def need(truth, what):
    if not truth: raise ValueError(what)
def varint(data, at):  # the number, and where it ends
    rest, end = varint(data, at + 1) if data[at] > 127 else (0, at + 1)
    return data[at] & 127 | rest << 7, end
def counted(data, at):  # the bytes after their count, and where they end
    count, at = varint(data, at)
    return need(at + count <= len(data), "bytes end too early") or data[at:at + count], at + count
def fields(data):  # the values of each field, by its number
    at, found = 0, {}
    while at < len(data):
        key, at = varint(data, at)
        value, at = counted(data, at) if key & 1 else varint(data, at)
        found.setdefault(key >> 1, []).append(value)
    return found
def root(leaf, index, size, path):  # RFC 9162, 2.1.3: of the tree, from a leaf and its audit path
    if size == 1: return need(not path, "the path is too long") or leaf
    half = 1 << (size - 1).bit_length() - 1
    if index < half: return sha(b"\1" + root(leaf, index, half, path[:-1]) + path[-1])
    return sha(b"\1" + path[-1] + root(leaf, index - half, size - half, path[:-1]))
def lookup(hash, key, path, nodes):  # what is at a path, by the nodes from the snapshot's root to a leaf
    need(sha(nodes[0])[:20] == hash, "a node is not the one that is named")
    at, slot, entries = varint(nodes[0], 1)[1], int(key[0], 16), {}
    if nodes[0][0] == 2:
        bits = int.from_bytes(nodes[0][at:at + 2], "big")
        at += 2 + 20 * bin(bits & (1 << slot) - 1).count("1")
        return need(bits >> slot & 1, "it is not there") or lookup(nodes[0][at:at + 20], key[1:], path, nodes[1:])
    while nodes[0][0] == 1 and at < len(nodes[0]):
        name, at = counted(nodes[0], at)
        entries[name], at = nodes[0][at:at + 32], at + 32
    return need(nodes[1:] == [] and path in entries, "no leaf has it") or entries[path]
def had(hash, path, content, nodes, column):  # of a revision's schema
    path, body = unpack(path), unpack(content)
    need(hash and lookup(hash, sha(path).hex(), path, list(map(unpack, nodes))) == sha(body), "it had another object")
    table, name = fields(fields(body[1:]).get(1, [b""])[0]), fields(path)
    need(column is None or column.encode() in [fields(one)[1][0] for one in table.get(1, [])], "it has no such column")
    return (f"\nit had {'' if column is None else f'the column {column!a} of '}the {KINDS[name[1][0] - 1]} "
            + ".".join(ascii(name[part][0].decode()) for part in (2, 4, 3) if part in name))
def check(text, kept=None):
    proof = json.loads(text)
    record, note, path = unpack(proof["record"]), proof["checkpoint"].split("\n"), list(map(unpack, proof["path"]))
    need(len(proof) == 4 and (kept is None or kept.split("\n")[:3] == note[:3]), "it is under another checkpoint")
    (actor, at), leaf = counted(record, 18), sha(b"\0" + record)
    sequence, size, facts = int.from_bytes(record[1:9], "big"), int(note[1]), fields(counted(record, at)[0])
    need(0 < sequence <= size and root(leaf, sequence - 1, size, path) == unpack(note[2]), "it is not under this root")
    time = datetime.datetime.fromtimestamp(int.from_bytes(record[9:17], "big") / 1000, datetime.timezone.utc)
    said = f"event {sequence}, {time.isoformat()}, by {actor.decode()!a}: {FACTS[record[17] - 1]}"
    if record[17] == 2: said += f" {facts[1][0].decode()!a}"
    if proof["object"] is not None: said += had(record[17] == 2 and facts[10][0][:20], **proof["object"])
    said += f"\nunder the root {base64.b64encode(unpack(note[2])).decode()}"
    return said + (f" of your checkpoint of {size} events" if kept else "")
if __name__ == "__main__":
    try: print(check(*(open(name, encoding="utf-8").read() for name in sys.argv[1:3])))
    except Exception as error: sys.exit(f"check.py: not proved: {error!r}")
