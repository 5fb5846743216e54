"""Answers requests, and ends when it should."""
import os
import platform
import signal
import socket
import sqlite3
import sys
import threading
import time
import traceback

from .failures import described
from .folders import in_a_process_of_its_own
from .ground import Ground
from .ordering import tell_orders
from .postgresql import PostgreSQLScratch
from .protocol import Channel, RequestError, Terminated
from .reading import scan
from .session import Session
from .stepping import prepare, run_revisions, upgrade


class Bridge:
    """Answers what Strata asks. The first process reads files; each folder has one of its own."""

    def __init__(self):
        self.channel = Channel()
        self.ground = None
        self.session = None
        self.handover = None
        self.wakeup = None

    def serve(self):
        while True:
            request = self.channel.receive()
            if request is None:
                return
            operation = request.get("op")
            if self.handover and operation in ("scan", "open"):
                self.handover.give(self.channel, request)
                return
            try:
                self.answer(operation, request)
            except RequestError as problem:
                self.channel.send("error", code=problem.code, message=str(problem), **problem.details)
            except (EOFError, BrokenPipeError):
                return
            except KeyError as problem:
                self.channel.send("error", code="bad-request", message="%s needs %s" % (operation, problem))
            except Exception as problem:
                traceback.print_exc()
                self.channel.send("error", code="internal", message=described(problem))

    def answer(self, operation, request):
        if operation == "scan":
            scan(self.channel, request)
        elif operation == "order":
            tell_orders(self.channel, self.prepared(request).packages[0], request)
        elif operation == "open":
            self.open(request)
        elif operation == "prepare":
            prepare(self, request)
        elif operation == "upgrade":
            upgrade(self, request)
        elif operation == "run":
            run_revisions(self, request)
        else:
            raise RequestError("bad-request", request.get("why") or "unknown op %r" % operation)

    def prepared(self, request):
        if self.ground is None:
            self.ground = Ground(request)
        self.ground.prepare(request)
        return self.ground

    def open(self, request):
        self.prepared(request)
        self.handover = in_a_process_of_its_own(self.channel)
        if self.handover is None:
            return
        self.wakeup = cancel_on_sigterm(self)
        end_with_parent(self)
        self.session = session = Session(self.ground, request)
        self.channel.send(
            "opened", alembic=session.alembic.__version__, sqlalchemy=session.sqlalchemy.__version__,
            python="%d.%d.%d" % sys.version_info[:3],
            **(session.database.versions() if session.database else {"sqlite": sqlite3.sqlite_version}))

    def close(self):
        if self.wakeup:
            signal.set_wakeup_fd(-1)
            self.wakeup.close()


def terminate(*_):
    # A second one, to the whole group of processes, would break off the cleaning up.
    if not Terminated.arrived:
        Terminated.arrived = True
        raise Terminated


def cancel_work(bridge):
    database = bridge.session and bridge.session.database
    if isinstance(database, PostgreSQLScratch):
        database.cancel()


def cancel_on_sigterm(bridge):
    """Wakes up a driver that waits for the server in C, where Python's handlers do not run."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)

    def watch():
        while True:
            arrived = ours.recv(1)
            if not arrived or signal.SIGTERM in arrived:
                break
        cancel_work(bridge)

    threading.Thread(target=watch, daemon=True).start()
    return theirs


def end_with_parent(bridge):
    """Ends this program when the one that started it is gone, in the middle of a migration too."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        cancel_work(bridge)
        os._exit(128 + signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main():
    # Packages ask for the platform when they are imported, and old interpreters ask programs for it:
    # `uname` once, `file` for what the executable's own bits say as well.
    platform.uname()
    if hasattr(platform, "_syscmd_file"):
        platform._syscmd_file = lambda _target, default="": default
    signal.signal(signal.SIGTERM, terminate)
    bridge = Bridge()
    try:
        bridge.serve()
        return 0
    except Terminated:
        return 128 + signal.SIGTERM
    finally:
        bridge.close()
