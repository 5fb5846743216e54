"""The private channel of the protocol, and what ends a conversation."""
import json
import os
import sys


class RequestError(Exception):
    """A request that cannot be served; becomes an `error` reply."""

    def __init__(self, code, message, **details):
        super().__init__(message)
        self.code = code
        self.details = details


class EnvironmentProblem(Exception):
    """What env.py does by itself, where no migration could do its part any more."""


class Terminated(BaseException):
    """SIGTERM arrived; a BaseException, so that hardly anything swallows it.

    What does swallow it (a bare `except`, a callback of SQLite) delays the end to the next reply."""

    arrived = False


class Channel:
    """The private ends of the protocol: nothing a migration prints or reads can reach them."""

    def __init__(self):
        sys.stdout.flush()
        self._requests = os.dup(0)
        self._replies = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self._put_back = []
        self._unread = b""

    def send(self, name, **fields):
        document = {"reply": name}
        document.update(fields)
        line = json.dumps(document, ensure_ascii=False) + "\n"
        # A lone surrogate (an undecodable path in a message) is not valid JSON text.
        self._replies.write(line.encode("utf-8", "replace"))
        self._replies.flush()

    def receive(self):
        """The next request, or None at the end of input."""
        if Terminated.arrived:
            raise Terminated
        if self._put_back:
            return self._put_back.pop()
        line = self._line()
        while line and not line.strip():
            line = self._line()
        if not line:
            return None
        try:
            request = json.loads(line)
        except ValueError as problem:
            return {"op": None, "why": "expected one JSON document a line: %s" % problem}
        if not isinstance(request, dict):
            return {"op": None, "why": "expected a JSON object, found %s" % type(request).__name__}
        return request

    def put_back(self, request):
        self._put_back.append(request)

    def _line(self):
        while b"\n" not in self._unread:
            chunk = os.read(self._requests, 1 << 16)
            if not chunk:
                break
            self._unread += chunk
        line, end, self._unread = self._unread.partition(b"\n")
        return line + end

    # A process and the one that it was forked from read one after the other.

    def take_unread(self):
        """What was read and not asked for yet."""
        unread, self._unread = self._unread, b""
        return unread

    def unread(self, text):
        self._unread = text + self._unread


class NotLiteral(Exception):
    def __init__(self, node, why):
        super().__init__(why)
        self.line = getattr(node, "lineno", None)
