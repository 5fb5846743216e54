#!/usr/bin/env python3
"""What a store of very many revisions costs: each verb's time and memory, against one of a hundredth.

    million.py [REVISIONS [FOLDER]]        1000000 by default; some 10 GB and half an hour

STRATA names the binary. The stores are made by the generator (tools/benchmark/run make), five operations
a revision over a thousand tables. They are histories and no scripts that an engine takes (a column is renamed
under its index), so that no cut of them is proved, and none is measured. The memory is the process's own at its highest (VmHWM less the mapped
file: RssAnon cannot be had of a dead process, so it is looked at while it runs). Prints a table."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

STRATA = os.path.abspath(os.environ.get("STRATA") or shutil.which("strata") or "strata")
HERE = os.path.dirname(os.path.abspath(__file__))


class Memory(threading.Thread):
    """The highest RssAnon of a process, looked at every two milliseconds."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path, self.highest = "/proc/%d/status" % pid, 0

    def run(self):
        while True:
            try:
                with open(self.path) as file:
                    lines = [line for line in file if line.startswith("RssAnon")]
            except OSError:
                return
            if not lines:
                return
            self.highest = max(self.highest, int(lines[0].split()[1]) // 1024)
            time.sleep(0.002)


def measured(words, folder, data=b""):
    started = time.monotonic()
    process = subprocess.Popen([STRATA] + words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=dict(os.environ, STRATA_AUTHOR="Ann", NO_COLOR="1"))
    memory = Memory(process.pid)
    memory.start()
    output, errors = process.communicate(data)
    seconds = time.monotonic() - started
    memory.join(1)
    if process.returncode != 0:
        sys.stderr.write("million: %s ended with %d: %s\n" % (words, process.returncode, errors.decode()[:300]))
        return None
    return seconds, memory.highest, output.decode()


def verbs():
    yield "log -n 20", ["log", "-n", "20"], b""
    yield "log -n 1 --json", ["log", "-n", "1", "--json"], b""
    yield "schema --at the middle", ["schema", "--at", "middle"], b""
    yield "schema TABLE --at the middle", ["schema", "{table}", "--at", "middle"], b""
    yield "blame TABLE", ["blame", "{table}"], b""
    yield "diff of the middle and the next", ["diff", "middle", "next"], b""
    yield "stats", ["stats"], b""
    yield "verify", ["verify"], b""
    yield "checkpoint", ["checkpoint"], b""
    # On the empty schema: what the generator makes is a history and no script that an engine takes.
    words = ["record", "--parent", "base", "--branch", "-m", "one more", "-"]
    yield "record", words, b"CREATE TABLE one_more (a INTEGER);\n"


def store(count, folder):
    os.makedirs(folder)
    made = subprocess.run([HERE + "/../benchmark/run", "make", folder + "/.strata", str(count)],
                          stdout=subprocess.PIPE, check=True)
    sys.stderr.write(made.stdout.decode())
    _, _, output = measured(["schema"], folder)
    return output


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
    base = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="strata-million-")
    rows = {}
    for size in (count // 100, count):
        folder = "%s/%d" % (base, size)
        schema = store(size, folder)
        table = next(line.split()[2].strip('"(') for line in schema.splitlines() if line.startswith("CREATE TABLE"))
        for name, words, data in verbs():
            words = [word.format(table=table) if word == "{table}" else word for word in words]
            found = [measured(words, folder, data) for _ in range(1 if data else 3)]
            if None in found:
                sys.exit(1)
            best = min(one[:2] for one in found)
            rows.setdefault(name, []).append(best)
            sys.stderr.write("%d: %s: %.3f s, %d MB\n" % (size, name, *best))
    print("| verb | %d revisions | %d revisions |" % (count // 100, count))
    print("| --- | --- | --- |")
    for name, cells in rows.items():
        print("| `%s` | %s |" % (name, " | ".join("%.3f s, %d MB" % cell for cell in cells)))


if __name__ == "__main__":
    main()
