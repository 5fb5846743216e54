"""What a binary of Strata asks of the machine that it runs on.

    check.py BINARY          refuses one that would not run elsewhere; says what it found
    check.py --tag BINARY    prints the platform tag of a wheel for it
"""

import os
import re
import subprocess
import sys

# Part of glibc on every system that the tag names; all else must be inside.
LIBRARIES = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
             "libutil.so.1", "ld-linux-x86-64.so.2"}
GLIBC_MAX = (2, 34)
# Stripped; the wheel, in which it is compressed, has a limit of its own.
BYTES_MAX = 25 * 1000 * 1000
WHEEL_BYTES_MAX = 12 * 1000 * 1000


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def libraries(binary):
    """The shared libraries that the loader looks for."""
    return set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", binary)))


def symbol_versions(binary):
    """Each version of glibc's that is asked for, with the symbols for which it is."""
    found = {}
    for line in run("objdump", "-T", binary).splitlines():
        match = re.search(r"\*UND\*.*\(?GLIBC_([0-9.]+)\)?\s+(\S+)", line)
        if match:
            version = tuple(int(part) for part in match[1].split("."))
            found.setdefault(version, set()).add(match[2])
    return found


def glibc_floor(binary):
    return max(symbol_versions(binary))


def tag(binary):
    return "manylinux_%d_%d_x86_64" % max(glibc_floor(binary)[:2], (2, 17))


def problems(binary):
    for name in sorted(libraries(binary) - LIBRARIES):
        yield f"expected no shared library but glibc's, found {name}"
    for version, names in sorted(symbol_versions(binary).items()):
        if version > GLIBC_MAX:
            yield (f"expected nothing newer than glibc 2.34, found {'.'.join(map(str, version))}"
                   f" for {', '.join(sorted(names))}")
    size = os.path.getsize(binary)
    if size > BYTES_MAX:
        yield f"expected at most {BYTES_MAX} bytes, found {size}; is it stripped?"


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--tag":
        print(tag(arguments[1]))
        return 0
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    binary = arguments[0]
    found = list(problems(binary))
    for line in found:
        print(f"check: {line}", file=sys.stderr)
    print(f"{os.path.getsize(binary) / 1e6:.1f} MB, glibc {'.'.join(map(str, glibc_floor(binary)))},"
          f" {' '.join(sorted(libraries(binary)))}")
    return 5 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
