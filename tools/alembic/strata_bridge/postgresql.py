"""A scratch database of a PostgreSQL server."""
import asyncio
import contextlib
import importlib
import os
import re
import sys
import urllib.parse

from .protocol import RequestError, Terminated
from .server_sessions import (
    AS_NEW, LEFT_SET, SETTINGS, cancel_asyncpg, client_state, close_now, database_name, dbapi_connection,
    driver_connection, is_idle, record_cursors, setting_statement)
from .sqlite import ENGINE_SETTINGS, common_settings, without_pool
from .statements import POSTGRESQL_TOKEN
from .walls import targets


DRIVERS = ("psycopg2", "psycopg", "asyncpg")
LIBPQ_DRIVERS = ("psycopg2", "psycopg")


class PostgreSQLScratch:
    """A scratch database of a server, reached with the driver that the project would use."""

    pattern = POSTGRESQL_TOKEN
    is_server = True
    settings_query, setting = LEFT_SET, staticmethod(setting_statement)

    def __init__(self, session, url):
        self.session = session
        self.given_url = url
        scheme, separator, rest = url.partition("://")
        if not separator:
            raise RequestError("bad-request", "expected postgresql://..., found another form of URL")
        # As libpq takes it, and asyncpg too.
        self.address = "postgresql://" + rest
        parts = urllib.parse.urlsplit(self.address)
        self.name = (urllib.parse.unquote(parts.path.lstrip("/"))
                     or urllib.parse.parse_qs(parts.query).get("dbname", [""])[0])
        self.driver = self._chosen_driver()
        self.url = "%s://%s" % (self._scheme(), rest)
        self.connections = []
        self.asyncpg_keys = {}
        # asyncpg's own end with the loop that they were made in.
        self.has_lasting_sessions = self.driver != "asyncpg"
        # What a new session is like: on this side, and by what the server sets, as far as it was read.
        self.new_state = None
        self.session_settings = ""

    # The driver

    def _chosen_driver(self):
        tried = []
        wanted = self._project_driver()
        for name in ([wanted] if wanted else []) + [name for name in DRIVERS if name != wanted]:
            problem = self._driver_problem(name)
            if problem is None:
                return name
            tried.append("%s: %s" % (name, problem))
        raise RequestError(
            "missing-package",
            "it needs psycopg2, psycopg or asyncpg to reach PostgreSQL (%s); one way is: %s -m pip "
            "install \"psycopg[binary]\"" % ("; ".join(tried), sys.executable), package="psycopg")

    def _scheme(self):
        """As short as the project's own may be, which env.py may give to the driver itself."""
        usual = self.session.sqlalchemy.engine.url.make_url("postgresql://").get_dialect().driver
        is_named = self._project_driver() is not None or usual != self.driver
        return "postgresql+%s" % self.driver if is_named else "postgresql"

    def _driver_problem(self, name):
        """Why a driver cannot be used; nil where it can. An installed one may lack its libpq."""
        try:
            importlib.import_module(name)
            self.session.sqlalchemy.engine.url.make_url("postgresql+%s://" % name).get_dialect()
            if name == "asyncpg":
                importlib.import_module("greenlet")
        except Exception as problem:
            return str(problem).split("\n")[0] or type(problem).__name__
        return None

    def _project_driver(self):
        """The driver that the project's env.py or ini names, if it is one that we can use."""
        texts = []
        for path in (os.path.join(self.session.script_location, "env.py"), self.session.ini):
            try:
                with open(path or "", encoding="utf-8", errors="replace") as file:
                    texts.append(file.read())
            except OSError:
                pass
        for text in texts:
            for name in re.findall(r"postgres(?:ql)?\+(\w+)", text):
                if name in DRIVERS:
                    return name
        return None

    def versions(self):
        version = getattr(sys.modules[self.driver], "__version__", "").split(" ")[0]
        return {"driver": ("%s %s" % (self.driver, version)).strip()}

    # Connections

    def is_mine(self, connection):
        """A migration may open other databases of its application; those are none of ours."""
        return database_name(connection) == self.name

    def target(self):
        parts = urllib.parse.urlsplit(self.address)
        settings = {key: values[-1] for key, values in urllib.parse.parse_qs(parts.query).items()}
        settings.update({key: value for key, value in (
            ("host", urllib.parse.unquote(parts.hostname or "")), ("port", parts.port)) if value})
        settings["dbname"] = self.name
        return targets.postgresql_targets(settings)[0]

    def ports(self):
        """Those of TCP that lead to the server."""
        host, _, port = self.target().place.rpartition(":")
        return [] if host.startswith("/") else [int(port)]

    def is_proved(self, connection):
        """The database's name holds random digits, and only the scratch has it."""
        own = dbapi_connection(connection)
        was_idle = is_idle(own)
        with contextlib.closing(own.cursor()) as cursor:
            cursor.execute("SELECT pg_catalog.current_database()")
            name = cursor.fetchone()[0]
        if was_idle:
            own.rollback()
        return name == self.name

    def connected(self, connection):
        self.connections.append(connection)
        own = driver_connection(connection)
        if hasattr(own, "_protocol"):
            # Asked for now: a closed connection does not tell, and its query may go on.
            self.asyncpg_keys[id(connection)] = own._addr, own.get_server_pid(), own._protocol.backend_secret
        record_cursors(self.session, connection)

    def disconnect(self, kept=None):
        """Closes what a migration left open, so that the server can copy the database."""
        if Terminated.arrived:
            self.cancel()
        for connection in self.connections:
            if connection is kept:
                continue
            try:
                close_now(connection)
            except Exception:
                pass
        self.connections, self.asyncpg_keys = [kept] if kept else [], {}

    def settle(self, connection):
        """Makes a session as good as new, and closes what else a migration left open. False where the
        next revision needs another session."""
        told, self.session.transcript = self.session.transcript, None
        try:
            pooled = connection.connection
            own = dbapi_connection(connection)
            self.disconnect(own)
            if connection.in_transaction() or client_state(connection) != self.new_state:
                return False
            with contextlib.closing(pooled.cursor()) as cursor:
                cursor.execute(AS_NEW)
                flush = "pg_catalog.pg_stat_force_next_flush()"
                cursor.execute(SETTINGS % (flush if own.info.server_version >= 150000 else "NULL"))
                known, self.session_settings = self.session_settings, cursor.fetchone()[1]
                pooled.commit()
            return self.session_settings == known
        except Exception:
            return False
        finally:
            self.session.transcript = told

    def begin(self, connection):
        self.new_state = client_state(connection)

    def is_alive(self, connection):
        """Whether Strata has not ended the session meanwhile."""
        try:
            with contextlib.closing(connection.connection.cursor()) as cursor:
                cursor.execute("SELECT 1")
                connection.connection.rollback()
            return True
        except Exception:
            connection.invalidate()
            return False

    def cancel(self):
        """Stops what the server is doing for us; called from another thread."""
        for connection in list(self.connections):
            own = driver_connection(connection)
            try:
                if id(connection) in self.asyncpg_keys:
                    cancel_asyncpg(*self.asyncpg_keys[id(connection)])
                elif hasattr(own, "pgconn"):
                    own.pgconn.get_cancel().cancel()
                else:
                    own.cancel()
            except Exception:
                pass

    def engine(self):
        """One for all scratch databases, as `alembic upgrade` has one for all revisions: it keeps the
        statements that it has compiled, and what it knows of the server."""
        engines = self.session.engines
        if self.driver not in engines:
            engines[self.driver] = engine = self.session.sqlalchemy.create_engine(
                self.url, poolclass=self.session.sqlalchemy.pool.NullPool)
            # Asked for at each connection: this engine outlives a scratch.
            self.session.sqlalchemy.event.listen(
                engine, "do_connect", lambda dialect, _record, _arguments, settings:
                self.session.database.connect_through(dialect, dict(settings)))
        return engines[self.driver]

    def led(self, url, settings, is_async):
        """The URL and settings of the engine that the project asks for, by its own driver and
        settings, such that it can lead here."""
        theirs = url if url.get_backend_name() in ("postgresql", "postgres") else None
        driver = self._usable_driver(theirs, is_async)
        kept = self._kept_settings(settings, theirs, driver)
        kept["poolclass"] = self.session.sqlalchemy.pool.NullPool
        if is_async:
            kept["_is_async"] = True
        if theirs is None:
            return self.session.sqlalchemy.engine.url.make_url(self.url).set(
                drivername="postgresql+%s" % driver), kept
        query = {key: value for key, value in theirs.query.items()
                 if self._speaks_as(theirs, driver) or key in ("host", "port", "dbname")}
        return theirs.set(drivername="postgresql+%s" % driver, query=query), kept

    def _speaks_as(self, theirs, driver):
        """Whether this driver takes the arguments that were meant for the project's own."""
        if theirs is None:
            return False
        named = theirs.get_driver_name() if "+" in theirs.drivername else "psycopg2"
        return named == driver or (named != "asyncpg" and driver in LIBPQ_DRIVERS)

    def _kept_settings(self, options, theirs, driver):
        """Of a project's settings, those that still mean something: not the pool's, and of another
        driver's or product's none but the common ones."""
        if theirs is None:
            options = common_settings(options)
        elif "+" not in theirs.drivername or theirs.get_driver_name() != driver:
            kept = ENGINE_SETTINGS + ("isolation_level", "_coerce_config")
            if self._speaks_as(theirs, driver):
                kept += ("connect_args",)
            options = {key: value for key, value in options.items() if key in kept}
        return without_pool(options)

    def _usable_driver(self, theirs, is_async):
        name = theirs.get_driver_name() if theirs is not None and "+" in theirs.drivername else self.driver
        if name == "psycopg_async":
            name = "psycopg"
        if name not in DRIVERS or self._driver_problem(name) is not None:
            name = self.driver
        if is_async and name == "psycopg2":
            return next((one for one in ("asyncpg", "psycopg") if self._driver_problem(one) is None), name)
        return name

    def connect_through(self, dialect, settings):
        settings = {key: value for key, value in settings.items() if key not in targets.TARGET_SETTINGS}
        is_psycopg = dialect.driver.startswith("psycopg") and dialect.driver != "psycopg2"
        settings["conninfo" if is_psycopg else "dsn"] = self.address
        if dialect.driver == "psycopg2" and self.session.commits.text is not None:
            settings["connection_factory"] = self.session.commits.connection_class()
        return dialect.connect(**settings)

    def connection_string(self, settings):
        """libpq's words for a connection to this database, with those of the settings that are not
        about where it leads."""
        parts = urllib.parse.urlsplit(self.address)
        here = {key: values[-1] for key, values in urllib.parse.parse_qs(parts.query).items()}
        here.update({key: urllib.parse.unquote(str(value)) for key, value in (
            ("user", parts.username), ("password", parts.password), ("host", parts.hostname),
            ("port", parts.port), ("dbname", self.name)) if value})
        words = {key: value for key, value in settings.items() if key not in targets.TARGET_SETTINGS}
        words.update(here)
        return " ".join("%s='%s'" % (key, str(value).replace("\\", "\\\\").replace("'", "\\'"))
                        for key, value in words.items() if value is not None)

    def drive(self, work):
        """Runs what is written for a plain driver, over asyncpg too where there is no other."""
        if self.driver != "asyncpg" or self._has_async_environment():
            work()
            return
        from sqlalchemy.util import greenlet_spawn

        async def spawn():
            await greenlet_spawn(work)

        asyncio.run(spawn())

    def _has_async_environment(self):
        if not self.session.uses_env:
            return False
        with open(os.path.join(self.session.script_location, "env.py"), encoding="utf-8",
                  errors="replace") as file:
            text = file.read()
        return "asyncio" in text or "async_engine" in text or "anyio" in text
