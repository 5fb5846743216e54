"""What may be reached from this interpreter: the scratch database, and what the user allows.

Strata runs other people's code to see what it makes of a database. That code knows the project's own
database, and other servers; nothing of it may change. So there are walls, each behind the other, and
none of them a list of names:

engines   every engine of SQLAlchemy's, whenever and by whatever import it was made, leads to the
          scratch where it means the project's own database; what a pool gives out is looked at
drivers   the one place in each driver through which its connections come
audit     the interpreter's own events: sqlite3.connect, socket.connect, subprocess.Popen, ...
kernel    no program is started, no TCP connection begun (seccomp, Landlock), where the kernel has them
proof     before the first revision, the connection must show what only the scratch database holds

All ask this module what a database is to us.
"""
import contextlib
import contextvars
import os
import re
import tempfile

from . import places, targets

TOLD_MAX = 20
ALL = ("engines", "drivers", "audit", "kernel", "proof")


class NotTogether(Exception):
    """A migration looks through a connection of its own, which would see nothing of the revisions that run
    in one transaction with it."""


class Refused(PermissionError):
    """Something reached for what is not the scratch. A PermissionError, so that a library that can do
    without goes on."""

    def __init__(self, what, line, allow=None):
        self.what, self.line, self.allow = what, line, allow
        advice = "; --allow %s opens it on purpose" % allow if allow else ""
        super().__init__("%s: expected only the scratch database to be reached, found %s%s" % (
            places.described(line), what, advice))


class Walls:
    def __init__(self, allowed=(), standing=ALL):
        self.standing = frozenset(standing)
        # As --allow takes them: FILE or HOST:PORT.
        self.allowed_files, self.allowed_hosts = set(), set()
        for text in allowed:
            host, separator, port = text.rpartition(":")
            if separator and re.fullmatch(r"[0-9]+", port) and "/" not in host:
                self.allowed_hosts.add((host.strip("[]").lower(), int(port)))
            else:
                self.allowed_files.add(os.path.realpath(text))
        self.product = None
        self.folders = []
        # Every scratch database of this run, the latest last; an engine may outlive its own.
        self.scratches = []
        # The project's own database, as far as it is known.
        self.own = set()
        # What engines meant outside of migrations.
        self.learnt = set()
        self.is_in_migration = False
        # What an engine outside of migrations meant that is of another product than the scratch.
        self.other_product = None
        # The line by which a migration connected to the scratch beside its own connection.
        self.beside = None
        # Whether such a connection would see nothing of the revisions before.
        self.is_together = False
        # Whether the user said which database of env.py's it is.
        self.is_one_chosen = False
        self.refused, self.opened = [], []
        # Whether a connection is under way that was led to the scratch or is allowed.
        self.leading = contextvars.ContextVar("strata_leading", default=False)

    def stands(self, name):
        return name in self.standing

    def lead_to(self, target):
        self.product = target.product
        if target not in self.scratches:
            self.scratches.append(target)

    def line(self):
        return places.user_line(self.folders)

    def told(self):
        """What was refused or opened since it was last asked, for people."""
        told = [str(one) for one in self.refused] + self.opened
        self.refused, self.opened = [], []
        told = list(dict.fromkeys(told))
        more = len(told) - TOLD_MAX
        return told if more <= 0 else told[:TOLD_MAX] + ["and %d more of the kind" % more]

    def note_refused(self, what, allow=None):
        """Keeps a refusal to tell of, where a callback can raise none."""
        self.refused.append(Refused(what, self.line(), allow))

    def refuse(self, what, allow=None):
        refused = Refused(what, self.line(), allow)
        self.refused.append(refused)
        raise refused

    def connects_beside(self):
        """A migration connects to the scratch by itself. Raises NotTogether where its own connection holds
        what the revisions before it did."""
        self.beside = self.line()
        if self.is_together:
            raise NotTogether

    # Databases

    def verdict(self, target, is_engine):
        """`lead` to the scratch, `open` as it is, or `refuse`.

        An engine means the project's own database until it is known which one that is: env.py makes
        its engine for Alembic. A driver is asked for a database by name, so that it must be known."""
        if target.product == "sqlite" and (
                target.database is None or self.is_own_temporary(target.database)):
            return "open"
        if self.allows(target):
            return "open"
        if target in self.scratches:
            return "lead"
        if target.product == self.product:
            if target in self.own:
                return "lead"
            if is_engine and not (self.is_in_migration and self.own):
                if not self.is_in_migration:
                    self.learn(target)
                return "lead"
        return "refuse"

    def learn(self, target):
        """Env.py's engines mean the project's own database; where there are several, one cannot tell
        which."""
        if self.learnt and target not in self.learnt and not self.is_one_chosen:
            self.opened.append("%s: the engine for %s leads to the scratch database, too: what is made "
                               "through it is recorded" % (
                                   places.described(self.line()), targets.described(target)))
        self.learnt.add(target)
        self.own.add(target)

    @staticmethod
    def is_own_temporary(path):
        """Whether it lies in the folder for temporary files that this run alone has."""
        folder = os.path.realpath(tempfile.gettempdir())
        return os.path.basename(folder).startswith("strata-run-") and path.startswith(folder + os.sep)

    def allows(self, target):
        """Whether the user named it."""
        if target.product == "sqlite":
            return target.database is not None and target.database in self.allowed_files
        host, _, port = target.place.rpartition(":")
        if host.startswith("/"):
            return bool({host, "%s/.s.PGSQL.%s" % (host, port)} & self.allowed_files)
        return any((name, int(port or 0)) in self.allowed_hosts
                   for name in ([host] + (list(targets.LOCAL_HOSTS) if host == "localhost" else [])))

    def judge(self, target, is_engine):
        """The verdict, `lead` or `open`; what is opened on purpose is told."""
        verdict = self.verdict(target, is_engine)
        if verdict == "refuse":
            self.refuse(targets.described(target), self.allow_argument(target))
        if verdict == "lead" and not is_engine and self.is_in_migration and not self.leading.get():
            self.connects_beside()
        if verdict == "open" and target.database is not None and self.allows(target):
            self.opened.append("%s: %s was opened, since --allow says so" % (
                places.described(self.line()), targets.described(target)))
        return verdict

    @staticmethod
    def allow_argument(target):
        if target.product == "sqlite":
            return target.database
        host, _, port = target.place.rpartition(":")
        return "%s/.s.PGSQL.%s" % (host, port) if host.startswith("/") else target.place

    @contextlib.contextmanager
    def led(self):
        token = self.leading.set(True)
        try:
            yield
        finally:
            self.leading.reset(token)

    # Sockets and programs

    def judge_address(self, address):
        if self.leading.get():
            return
        if isinstance(address, (str, bytes)):
            path = os.fsdecode(address)
            if path and os.path.realpath(path) not in self.allowed_files and not self.is_own_temporary(
                    os.path.realpath(path)):
                self.refuse("the socket %s" % path.replace("\0", "@"), path)
            return
        if not isinstance(address, tuple) or len(address) < 2:
            return  # no address of a network: netlink and the like
        for host, port in self.allowed_hosts:
            if targets.is_same_place(address, host, port):
                self.opened.append("%s: %s:%s was reached, since --allow says so" % (
                    (places.described(self.line()),) + address[:2]))
                return
        self.refuse("a connection to %s:%s" % address[:2], "%s:%s" % address[:2])

    def judge_program(self, program):
        path = os.fsdecode(program) if isinstance(program, (str, bytes, os.PathLike)) else str(program)
        found = path
        if os.sep not in path:
            found = next((os.path.join(folder, path) for folder in os.get_exec_path()
                          if os.access(os.path.join(folder, path), os.X_OK)), path)
        if os.path.realpath(found) in self.allowed_files:
            self.opened.append("%s: the program %s was started, since --allow says so" % (
                places.described(self.line()), found))
            return
        self.refuse("the program %s" % path, found)

    def allows_programs(self):
        return any(os.path.isfile(path) and os.access(path, os.X_OK) for path in self.allowed_files)
