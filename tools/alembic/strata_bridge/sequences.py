"""The counters of a PostgreSQL database, which no rollback takes back."""
import asyncio
import contextlib

from .server_sessions import dbapi_connection

NAMES = """
SELECT pg_catalog.quote_ident(schemaname) || '.' || pg_catalog.quote_ident(sequencename)
FROM pg_catalog.pg_sequences WHERE pg_catalog.has_sequence_privilege(
  pg_catalog.quote_ident(schemaname) || '.' || pg_catalog.quote_ident(sequencename), 'SELECT')"""


def literal(text):
    return "E'%s'" % text.replace("\\", "\\\\").replace("'", "''")


class Sequences:
    """Where each of them stood."""

    def __init__(self, session):
        self.session, self.states = session, set()

    def note(self, connection):
        self.states = self.read(dbapi_connection(connection))

    def read(self, connection):
        told, self.session.transcript = self.session.transcript, None
        try:
            with contextlib.closing(connection.cursor()) as cursor:
                cursor.execute(NAMES)
                names = [row[0] for row in cursor.fetchall()]
                if not names:
                    return set()
                cursor.execute(" UNION ALL ".join(
                    "SELECT %s, last_value, is_called FROM %s" % (literal(name), name) for name in names))
                return {tuple(row) for row in cursor.fetchall()}
        finally:
            self.session.transcript = told

    def put_back(self):
        """In a connection of its own, since the one that went on is over."""
        database = self.session.database

        def work():
            with database.engine().connect() as connection:
                own = dbapi_connection(connection)
                for name, value, is_called in sorted(self.states - self.read(own)):
                    with contextlib.closing(own.cursor()) as cursor:
                        cursor.execute("SELECT pg_catalog.setval(%s, %d, %s)" % (literal(name), value, is_called))
                own.commit()

        async def spawn():
            from sqlalchemy.util import greenlet_spawn
            await greenlet_spawn(work)

        try:
            if self.states:
                asyncio.run(spawn()) if database.driver == "asyncpg" else work()
        finally:
            database.disconnect()
