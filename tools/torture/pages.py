"""The pages of an LMDB file, as far as it takes to know what each byte that is in use is for."""

import struct

SIZE = 4096
NO_PAGE = 2 ** 64 - 1
BRANCH, BIG, DATABASE = 1, 1, 2


def half(data, offset):
    return struct.unpack_from("<H", data, offset)[0]


def word(data, offset):
    return struct.unpack_from("<Q", data, offset)[0]


def used(data):
    """Ranges of bytes that the newest state uses: (start, count, what for)."""
    newest = max((0, 1), key=lambda page: word(data, page * SIZE + 144))
    ranges = [(page * SIZE, 152, "meta page" if page == newest else "older meta page") for page in (0, 1)]
    below = []
    for name, offset in (("main", 88), ("free list", 40)):
        root = word(data, newest * SIZE + offset + 40)
        if root != NO_PAGE:
            tree(data, root, name, ranges, below)
    for name, root in below:
        if root != NO_PAGE:
            tree(data, root, name, ranges, [])
    return ranges


def tree(data, root, name, ranges, below):
    """Adds one B-tree's ranges; `below` gets the trees that its entries name."""
    pending = [root]
    while pending:
        start = pending.pop() * SIZE
        count = (half(data, start + 12) - 16) // 2
        ranges += [(start, 16, name + ": header"), (start + 16, count * 2, name + ": offsets")]
        for number in range(count):
            node = start + half(data, start + 16 + 2 * number)
            low, high, flags, key = struct.unpack_from("<HHHH", data, node)
            ranges += [(node, 8, name + ": node header"), (node + 8, key, name + ": key")]
            if half(data, start + 10) & BRANCH:
                pending.append(low | high << 16 | flags << 32)
                continue
            value(data, node + 8 + key, low | high << 16, flags, name, ranges)
            if flags & DATABASE:
                below.append((data[node + 8:node + 8 + key].decode(), word(data, node + 8 + key + 40)))


def value(data, place, size, flags, name, ranges):
    if not flags & BIG:
        ranges.append((place, size, name + ": value"))
        return
    start = word(data, place) * SIZE
    ranges += [(place, 8, name + ": number of an overflow page"), (start, 16, name + ": overflow header"),
               (start + 16, size, name + ": value")]
