"""A scratch file of SQLite."""
import sqlite3

from .statements import SQL_TOKEN
from .walls import proof, targets

# Settings of an engine that mean the same for every product and driver.
ENGINE_SETTINGS = ("future", "execution_options", "json_serializer", "json_deserializer", "echo")
# What would keep connections, or make them in another way. The scratch's are made anew each time.
POOL_SETTINGS = frozenset(
    "pool poolclass pool_size max_overflow pool_timeout pool_recycle pool_pre_ping pool_use_lifo "
    "pool_reset_on_return pool_logging_name pool_events creator async_creator module strategy url".split())


def common_settings(settings):
    return {key: value for key, value in settings.items()
            if key in ENGINE_SETTINGS and not isinstance(value, str)}


def without_pool(settings):
    return {key: value for key, value in settings.items()
            if key not in POOL_SETTINGS and not key.startswith("pool_")}


class SQLiteScratch:
    """A scratch file."""

    pattern = SQL_TOKEN
    is_server = False
    # SQLite does not tell the last one; a comparison does.
    settings_query = " UNION ALL ".join(
        ["SELECT 'PRAGMA %s', * FROM pragma_%s" % (name, name) for name in (
            "foreign_keys", "ignore_check_constraints", "legacy_alter_table", "recursive_triggers",
            "reverse_unordered_selects")] + ["SELECT 'PRAGMA case_sensitive_like', 'a' NOT LIKE 'A'"])
    setting = staticmethod("{} = {}".format)
    has_lasting_sessions = False

    def __init__(self, session, url):
        self.session = session
        self.given_url = self.url = url

    def versions(self):
        return {"sqlite": sqlite3.sqlite_version}

    def ports(self):
        return []

    def path(self):
        return self.session.sqlalchemy.engine.url.make_url(self.url).database

    def target(self):
        return targets.sqlite_target(self.path())

    def is_mine(self, connection):
        """A migration may open other databases of its application; those are none of ours."""
        # Of the interpreter's driver, or of another SQLite that the project brings.
        if not all(hasattr(connection, name) for name in ("set_authorizer", "set_trace_callback")):
            return False
        for _, name, path in connection.execute("PRAGMA database_list").fetchall():
            if name == "main":
                return proof.is_same_file(path, self.path())
        return False

    def is_proved(self, connection):
        own = connection.connection
        own = getattr(own, "dbapi_connection", None) or getattr(own, "connection", own)
        own = getattr(own, "driver_connection", None) or own
        if not self.is_mine(own):
            return False
        beside = sqlite3.connect(self.path(), timeout=0, isolation_level=None)
        try:
            beside.execute("PRAGMA synchronous=OFF")
            return proof.shows_secret(own, beside)
        finally:
            beside.close()

    def connected(self, connection):
        connection.set_trace_callback(self.session.traced)
        # The scratch is disposable.
        connection.execute("PRAGMA synchronous=OFF")

    def engine(self):
        return self.session.sqlalchemy.create_engine(self.url, poolclass=self.session.sqlalchemy.pool.NullPool)

    def led(self, url, settings, is_async):
        """The URL and settings of the engine that a project asks for, such that it can lead here: by
        the plain driver, which is what Alembic's own work needs."""
        is_sqlite = url.get_backend_name() == "sqlite"
        kept = without_pool(settings) if is_sqlite else common_settings(settings)
        kept["poolclass"] = self.session.sqlalchemy.pool.NullPool
        if is_async:
            kept["_is_async"] = True
        if is_sqlite and hasattr(settings.get("module"), "sqlite_version"):
            kept["module"] = settings["module"]
        if not is_sqlite:
            return self.session.sqlalchemy.engine.url.make_url(self.url), kept
        return url.set(drivername="sqlite"), kept

    def connect_through(self, dialect, settings):
        settings.pop("uri", None)
        settings.pop("database", None)
        return dialect.connect(self.path(), **settings)

    def drive(self, work):
        work()

    def disconnect(self):
        pass
