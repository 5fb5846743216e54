"""The last wall: before the first revision, and before Alembic makes its own table, the connection
that the migrations will have must show what only the scratch database holds."""
import os
import random
import sqlite3

from . import places


def install(walls, alembic, database, is_ours):
    """Stands before every MigrationContext's run, whoever made it. `database` gives the scratch;
    `is_ours` tells whether its connections come from Strata's own engine: then the first of a
    database stands for all."""
    proved = set()
    if not walls.stands("proof"):
        return
    context_class = alembic.runtime.migration.MigrationContext
    real = context_class.run_migrations

    def run_migrations(context, **options):
        if not is_ours() or database().given_url not in proved:
            prove(walls, context, database())
            proved.add(database().given_url)
        return real(context, **options)

    context_class.run_migrations = run_migrations


def prove(walls, context, database):
    connection = context.connection
    if connection is None:
        walls.refuse("that env.py gives Alembic no connection (offline mode)")
    if not database.is_proved(connection):
        pool = getattr(connection.engine, "pool", None)
        maker = getattr(pool, "_strata_maker", None)
        walls.refuse("that the migrations would run on another database: %s; the engine was made at %s" % (
            connection.engine.url.set(password=None) if hasattr(connection.engine.url, "set") else "?",
            places.described(maker) if maker else "a place that is not known"))


def shows_secret(connection, beside):
    """Whether two connections are to one SQLite file: a number that one writes is what the other reads.

    Where the connection is in a transaction already, its lock keeps us from writing; that is as good,
    since the file's path is the same."""
    secret = random.randrange(1, 1 << 31)
    try:
        before = number(beside)
        beside.execute("PRAGMA user_version = %d" % secret)
    except sqlite3.OperationalError:
        return connection.in_transaction
    try:
        return number(connection) == secret
    finally:
        beside.execute("PRAGMA user_version = %d" % before)


def number(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def is_same_file(path, other):
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False
