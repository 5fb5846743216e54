"""Whose line of code it is."""
import linecache
import os
import sys
import threading

STANDARD = os.path.dirname(os.__file__) + os.sep
PACKAGES = tuple(os.sep + name + os.sep for name in ("site-packages", "dist-packages"))
OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def user_line(folders, frame=None):
    """(file, line) of the innermost frame of the project's own code; else of what is neither the
    interpreter's nor an installed package's; else of whoever it is."""
    frame = frame or sys._getframe(1)
    started = getattr(threading.current_thread(), "strata_line", None)
    fallback = installed = None
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(OURS) and not name.startswith("<"):
            here = name, frame.f_lineno
            if any(name.startswith(folder + os.sep) for folder in folders):
                return here
            is_installed = any(folder in name for folder in PACKAGES)
            if not is_installed and not name.startswith(STANDARD):
                fallback = fallback or here
            elif is_installed:
                installed = installed or here
        frame = frame.f_back
    return fallback or started or installed or ("?", 0)


def remember_starters(folders):
    """Makes each thread know whose line started it: a driver may do its work in one of its own.
    `folders` gives the project's."""
    real = threading.Thread.start

    def start(thread):
        thread.strata_line = user_line(folders())
        real(thread)

    threading.Thread.start = start


def described(line):
    return "%s:%s" % line


def quoted(line):
    """A line with its text."""
    return "%s: %s" % (described(line), linecache.getline(*line).strip()) if line else "?"
