"""A process for each folder that is opened, so that none finds what another one's code left behind.

A project's modules keep what they like: tables, listeners, patches, threads. Taking them out of
sys.modules would leave all that, and extensions in C cannot be loaded again. So a folder is opened in a
process that is forked off before any code of a project ran, with the packages imported; it talks to
Strata itself, and ends when the next folder is asked for."""
import gc
import json
import os
import select
import signal
import sys
import time

from .protocol import Terminated

INTERVAL_SECONDS = 0.5
# What a process has for its end before it is killed.
GRACE_SECONDS = 5


class Handover:
    """In a folder's process: the way back to the one that it was forked from."""

    def __init__(self, end):
        self.end = end

    def give(self, channel, request):
        """Gives a request that is not for this folder, and what was read behind it."""
        text = json.dumps(request).encode() + b"\n" + channel.take_unread()
        while text:
            text = text[os.write(self.end, text):]
        os.close(self.end)


def in_a_process_of_its_own(channel):
    """Forks. In the new process: a Handover. In this one, once the new one is over: None, with what
    that one gave back to be read next; or it ends as the new one did."""
    ours, theirs = os.pipe()
    # What is here already is nothing that the folder could let go of.
    gc.freeze()
    unread = channel.take_unread()
    child = os.fork()
    if child == 0:
        os.close(ours)
        channel.unread(unread)
        return Handover(theirs)
    os.close(theirs)
    given = attend(child, ours)
    if not given:
        end_as(child)
    await_end(child)
    channel.unread(given)
    return None


def attend(child, end):
    """What a folder's process gives back before its end; nothing where it just ends."""
    parent, given = os.getppid(), b""
    try:
        while True:
            if select.select([end], [], [], INTERVAL_SECONDS)[0]:
                chunk = os.read(end, 1 << 16)
                if not chunk:
                    return given
                given += chunk
            elif os.getppid() != parent:
                # It ends itself when this process is gone.
                leave(128 + signal.SIGTERM)
            elif has_ended(child):
                # Something that it started holds the other end.
                return given
    except Terminated:
        os.kill(child, signal.SIGTERM)
        end_as(child, code=128 + signal.SIGTERM)
    finally:
        os.close(end)


def await_end(child):
    """A project may have left a thread behind that never ends."""
    deadline = time.monotonic() + GRACE_SECONDS
    while not has_ended(child):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    os.waitpid(child, 0)


def has_ended(child):
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_as(child, code=None):
    try:
        _, status = os.waitpid(child, 0)
    except Terminated:
        os.kill(child, signal.SIGTERM)
        end_as(child, code=128 + signal.SIGTERM)
    signalled = os.WIFSIGNALED(status)
    leave(code or (128 + os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)))


def leave(code):
    """Without what the packages do at an end: the folder's process has done it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
