"""The wall of the interpreter's own events: what is opened past every library.

A hook cannot be taken away again, and sees every connection of sqlite3, every socket and every
program of this process, in all threads, and in what is forked off. libpq's sockets are C's own: the
wall of drivers and that of the kernel stand before those."""
import shlex
import sqlite3
import sys

from . import targets
from .sqlite_guard import guard


def install(walls):
    """Sets the hook up; it stands for as long as the process lives."""
    if not walls.stands("audit"):
        return

    def opens_sqlite(arguments):
        name = arguments[0]
        target = targets.sqlite_target(name, is_uri=isinstance(name, str) and name.startswith("file:"))
        if (target.database is None or target in walls.scratches or walls.allows(target)
                or walls.is_own_temporary(target.database)):
            return
        walls.refuse(targets.described(target), target.database)

    def guards_sqlite(arguments):
        # Of what is made past the wall of drivers. Some interpreters tell too early for it.
        try:
            guard(walls, arguments[0])
        except sqlite3.ProgrammingError:
            pass

    def reaches(arguments):
        walls.judge_address(arguments[1])

    def sends(arguments):
        if arguments[1] is not None:
            walls.judge_address(arguments[1])

    def starts(arguments):
        walls.judge_program(arguments[0])

    def runs_shell(arguments):
        command = arguments[0]
        words = command if isinstance(command, str) else str(command)
        try:
            first = shlex.split(words)[0]
        except (ValueError, IndexError):
            first = words
        walls.judge_program(first)

    def spawns(arguments):
        walls.judge_program(arguments[1])

    def opens_terminal(arguments):
        argv = arguments[0]
        walls.judge_program(argv[0] if isinstance(argv, (list, tuple)) and argv else argv)

    handlers = {
        "sqlite3.connect": opens_sqlite, "sqlite3.connect/handle": guards_sqlite,
        "socket.connect": reaches, "socket.sendto": reaches, "socket.sendmsg": sends,
        "subprocess.Popen": starts, "os.exec": starts, "os.posix_spawn": starts,
        "os.spawn": spawns, "os.system": runs_shell, "os.startfile": starts, "pty.spawn": opens_terminal,
    }

    def hook(event, arguments):
        handler = handlers.get(event)
        if handler is not None:
            handler(arguments)

    sys.addaudithook(hook)
