"""What a migration leaves set in its session: in one run of Alembic the next one has that, too."""
import contextlib

from .server_sessions import dbapi_connection, is_idle

# What no migration makes other objects or rows by.
HARMLESS = frozenset(
    "application_name client_min_messages deadlock_timeout idle_in_transaction_session_timeout lock_timeout "
    "maintenance_work_mem statement_timeout temp_buffers transaction_timeout work_mem".split())


class Settings:
    """Those of one connection, before a migration and after it."""

    def __init__(self, database, connection):
        self.database, self.connection = database, connection
        self.before = self.read()

    def read(self):
        own = dbapi_connection(self.connection)
        was_idle = self.database.is_server and is_idle(own)
        with contextlib.closing(own.cursor()) as cursor:
            cursor.execute(self.database.settings_query)
            found = dict(cursor.fetchall())
        if was_idle:
            own.rollback()
        return found

    def left(self, transcript):
        """The names of what is set otherwise than before, for longer than a transaction."""
        if not transcript.may_set:
            return []
        after = self.read()
        changed = {name for name in {**self.before, **after} if self.before.get(name) != after.get(name)}
        return sorted(name for name in changed - HARMLESS - transcript.local
                      if not name.startswith("log_"))


def told(names):
    if not names:
        return []
    return ["it leaves %s set for the session: where `alembic upgrade` runs the next migration in the same run, "
            "that one has it, while here each begins with what env.py sets" % ", ".join(names)]
