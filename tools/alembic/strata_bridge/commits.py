"""What has to run in a migration's transactions before they commit, on a server of the user's.

Strata gives one statement for it: it marks what must be found again, and raises where a transaction
would change something outside of the scratch database. Here it is put before every COMMIT: that of
SQLAlchemy, of the driver's own `commit`, and one that is written out. A statement that would commit
by itself gets a transaction, where PostgreSQL allows it."""
import contextlib

from .server_sessions import dbapi_connection, driver_connection, is_idle
from .statements import POSTGRESQL_TOKEN, outer_words, statement_kind
from .walls.policy import Refused

ENDS = ("COMMIT", "END", "PREPARE")
# What no transaction takes, and what of it stays in the database.
ALONE = ("VACUUM", "REINDEX", "CLUSTER")
OUTSIDE = ("DATABASE", "TABLESPACE", "SYSTEM", "SUBSCRIPTION")


class CommitCheck:
    """`text` is the statement of the run that is under way; None where none is needed."""

    def __init__(self, walls):
        self.walls = walls
        self.text = None
        self.is_looking = False
        self.entered = None

    def look(self, connection):
        """Runs the statement on a driver's connection, or SQLAlchemy's of asyncpg."""
        if self.text is None or self.is_looking:
            return
        self.is_looking = True
        try:
            with contextlib.closing(plain_cursor(connection)) as cursor:
                cursor.execute(self.text)
        finally:
            self.is_looking = False

    @contextlib.contextmanager
    def around(self, connection, sql):
        """Around the execution of one text on a connection."""
        if self.text is None or self.is_looking or not isinstance(sql, str):
            yield
            return
        words = list(outer_words(sql, POSTGRESQL_TOKEN))
        first = words[0] if words else ""
        if has_several(sql) and any(word in ENDS for word in words[1:]):
            self.refuse("a text of several statements with a COMMIT among them")
        if first in ENDS and (first != "PREPARE" or words[1:2] == ["TRANSACTION"]):
            if not is_idle(connection):
                self.look(connection)
            yield
            return
        if not commits_by_itself(connection) or statement_kind(sql, POSTGRESQL_TOKEN) is None:
            yield
            return
        if first in ALONE or "CONCURRENTLY" in words:
            yield
            return
        if first in ("CREATE", "DROP", "ALTER") and words[1:2] and words[1] in OUTSIDE:
            self.refuse(" ".join(words[:2]))
        self.execute(connection, "BEGIN")
        try:
            yield
            self.look(connection)
        except BaseException:
            with contextlib.suppress(Exception):
                self.execute(connection, "ROLLBACK")
            raise
        self.execute(connection, "COMMIT")

    def execute(self, connection, sql):
        self.is_looking = True
        try:
            with contextlib.closing(plain_cursor(connection)) as cursor:
                cursor.execute(sql)
        finally:
            self.is_looking = False

    def refuse(self, what):
        raise Refused(
            "%s, on a server of yours: what it does could not be looked at before it is done; without "
            "--scratch it runs in a temporary PostgreSQL" % what, self.walls.line())

    # Where it is put

    def watch(self, connection):
        """Before psycopg's own `commit`; psycopg2's class takes no method, see `connection_class`."""
        own = driver_connection(connection)
        if own is not connection or type(own).__module__.split(".")[0] != "psycopg":
            return
        real = own.commit

        def commit():
            self.look(own)
            real()

        own.commit = commit

    def connection_class(self):
        """psycopg2's connections with the look before their `commit`."""
        import psycopg2.extensions
        check = self

        class Looking(psycopg2.extensions.connection):
            looks = True

            def commit(self):
                check.look(self)
                super().commit()

        return Looking

    def before_commit(self, connection):
        """SQLAlchemy's event, for drivers whose own `commit` has no look before it."""
        if self.text is None:
            return
        own = dbapi_connection(connection)
        if not getattr(own, "looks", False) and "commit" not in getattr(own, "__dict__", {}):
            self.look(own)

    def before_cursor_execute(self, connection, sql):
        """For asyncpg, whose cursors are SQLAlchemy's own."""
        own = dbapi_connection(connection)
        if self.text is not None and driver_connection(own) is not own:
            self.entered = self.around(own, sql)
            self.entered.__enter__()

    def after_cursor_execute(self, problem=None):
        entered, self.entered = self.entered, None
        if entered is None:
            return
        if problem is None:
            entered.__exit__(None, None, None)
        else:
            with contextlib.suppress(type(problem)):
                entered.__exit__(type(problem), problem, problem.__traceback__)


def plain_cursor(connection):
    """A cursor that records nothing."""
    own = driver_connection(connection)
    if own is not connection:
        return connection.cursor()  # SQLAlchemy's, of an asynchronous driver
    if hasattr(own, "get_dsn_parameters"):
        import psycopg2.extensions
        return own.cursor(cursor_factory=psycopg2.extensions.cursor)
    if type(own).__module__.split(".")[0] == "psycopg":
        import psycopg
        return psycopg.Cursor(own)
    return connection.cursor()


def commits_by_itself(connection):
    """Whether the next statement would: the server has no transaction open, and the driver begins
    none, since it is told so, or because a COMMIT that was written out went past it."""
    if not is_idle(connection):
        return False
    own = driver_connection(connection)
    # SQLAlchemy's own for asyncpg believes that it has begun one.
    if getattr(connection, "_started", False) or getattr(connection, "_transaction", None) is not None:
        return True
    for one in (connection, own):
        if hasattr(one, "autocommit"):
            begun = 2  # psycopg2.extensions.STATUS_BEGIN
            return bool(one.autocommit) or getattr(own, "status", None) == begun
    return getattr(connection, "isolation_level", None) == "autocommit"


def has_several(sql):
    tokens = [token.group() for token in POSTGRESQL_TOKEN.finditer(sql) if token.lastgroup != "skip"]
    return ";" in tokens[:-1]
