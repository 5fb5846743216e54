"""Sessions of a PostgreSQL server, beneath SQLAlchemy: what is in them, and how they end."""
import os
import socket
import struct


# Like DISCARD ALL, but drivers go on with what they have prepared. The name tells Strata that the
# session is idle, and that the server's counts hold all that it did.
AS_NEW = """
CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; RESET ROLE; UNLISTEN *;
SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES;
SET application_name = 'strata at rest'"""
# What is set for the session otherwise than it began.
LEFT_SET = """
SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session' AND setting IS DISTINCT FROM reset_val
UNION ALL SELECT 'role', pg_catalog.current_setting('role') WHERE pg_catalog.current_setting('role') <> 'none'"""
# What the server sets in each new session of the database cannot be had in an old one.
SETTINGS = """
SELECT %s::pg_catalog.text, coalesce(pg_catalog.string_agg(
  pg_catalog.concat_ws(' ', setdatabase, setrole, setconfig), '; ' ORDER BY setdatabase, setrole), '')
FROM pg_catalog.pg_db_role_setting WHERE setdatabase = 0 OR setdatabase = (
  SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"""


def setting_statement(name, value):
    """Sets it for the session; None for what the session began with."""
    if value is None:
        return 'RESET "%s"' % name.replace('"', '""')
    return "SELECT pg_catalog.set_config(%s, %s, false)" % tuple(
        "E'%s'" % text.replace("\\", "\\\\").replace("'", "''") for text in (name, value))


def dbapi_connection(connection):
    """The driver's, out of SQLAlchemy's."""
    pooled = connection.connection
    return getattr(pooled, "dbapi_connection", None) or pooled.connection


def client_state(connection):
    """What a migration may have set on this side of a session."""
    own = dbapi_connection(connection)
    names = ("autocommit", "isolation_level", "readonly", "read_only", "deferrable", "encoding",
             "cursor_factory", "row_factory")
    return dict(getattr(connection, "get_execution_options", dict)()), [getattr(own, name, None) for name in names]


def is_idle(connection):
    """Whether the server has no transaction open for it."""
    own = driver_connection(connection)
    if hasattr(own, "info") and hasattr(own.info, "transaction_status"):
        return int(own.info.transaction_status) == 0
    return not own.is_in_transaction()


def driver_connection(connection):
    """asyncpg's or psycopg's own connection, out of the one that SQLAlchemy makes synchronous."""
    return getattr(connection, "driver_connection", None) or getattr(connection, "_connection", connection)


def database_name(connection):
    connection = driver_connection(connection)
    try:
        if hasattr(connection, "info"):
            return connection.info.dbname
        return connection._params.database
    except Exception:
        return None


def cancel_asyncpg(address, process, secret):
    """Its own way needs its event loop, which waits, or is over."""
    if isinstance(secret, int):
        secret = struct.pack("!I", secret & 0xFFFFFFFF)
    packet = struct.pack("!III", 12 + len(secret), 80877102, process) + secret
    if isinstance(address, str):
        end = socket.socket(socket.AF_UNIX)
        end.settimeout(2)
        end.connect(address)
    else:
        end = socket.create_connection(address[:2], timeout=2)
    with end:
        end.sendall(packet)
        end.recv(1)


def close_now(connection):
    """Without any conversation: an event loop that a connection belongs to may be over."""
    own = driver_connection(connection)
    if hasattr(own, "terminate"):
        try:
            own.terminate()
        except RuntimeError:
            end = own._transport.get_extra_info("socket")
            with socket.socket(fileno=os.dup(end.fileno())) as copy:
                copy.shutdown(socket.SHUT_RDWR)
    elif hasattr(own, "pgconn"):
        own.pgconn.finish()
    else:
        own.close()


def record_cursors(session, connection):
    """Makes the cursors that a migration opens past SQLAlchemy tell what they execute."""
    own = driver_connection(connection)
    if own is not connection or not hasattr(own, "cursor_factory"):
        return
    base = own.cursor_factory
    if base is None:
        import psycopg2.extensions
        base = psycopg2.extensions.cursor

    class Recording(base):
        def execute(self, query, *rest, **options):
            text = query_text(query, self)
            session.traced(text)
            with session.commits.around(own, text):
                return super().execute(query, *rest, **options)

        def executemany(self, query, *rest, **options):
            text = query_text(query, self)
            session.traced(text)
            with session.commits.around(own, text):
                return super().executemany(query, *rest, **options)

        if hasattr(base, "copy_expert"):
            def copy_expert(self, sql, *rest, **options):
                session.traced(query_text(sql, self))
                return super().copy_expert(sql, *rest, **options)

            def copy_from(self, file, table, *rest, **options):
                session.traced("COPY %s FROM stdin" % table)
                return super().copy_from(file, table, *rest, **options)

        if hasattr(base, "copy"):
            def copy(self, statement, *rest, **options):
                session.traced(query_text(statement, self))
                return super().copy(statement, *rest, **options)

    own.cursor_factory = Recording
    session.commits.watch(connection)


def query_text(query, cursor):
    try:
        text = query.as_string(cursor) if hasattr(query, "as_string") else query
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    except Exception:
        return None
