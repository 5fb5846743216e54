"""The wall of SQLAlchemy: every engine leads to the scratch, or does not connect.

`URL._instantiate_plugins` is where every create_engine passes, by whatever name it was imported;
`do_connect` on the class reaches engines that were made before; `connect` on the class sees what any
pool gives out, that of a `creator=` too."""
from . import arrivals, places, targets


class Wall:
    def __init__(self, walls, sqlalchemy, database):
        """`database` gives the scratch that is in use."""
        self.walls, self.sqlalchemy, self.database = walls, sqlalchemy, database

    def install(self):
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        if self.walls.stands("engines"):
            self._lead_new_engines()
            try:
                event.listen(Engine, "do_connect", self.do_connect, insert=True)
            except TypeError:  # SQLAlchemy 1.4 has one order
                event.listen(Engine, "do_connect", self.do_connect)
        event.listen(Engine, "connect", self.connected, insert=True)
        self._remember_makers()

    # Making engines

    def _lead_new_engines(self):
        url_class = self.sqlalchemy.engine.url.URL
        real = url_class._instantiate_plugins
        wall = self

        def _instantiate_plugins(url, settings):
            found = real(url, settings)
            if not isinstance(found, tuple) or len(found) != 3:
                return found  # SQLAlchemy 1.3 takes no other URL; do_connect leads
            url, settings = wall.led(found[0], found[2])
            return url, found[1], settings

        url_class._instantiate_plugins = _instantiate_plugins
        # Importing it costs more than most projects' engines.
        arrivals.watch_for("sqlalchemy.ext.asyncio.engine", self._accept_plain_drivers)

    def led(self, url, settings):
        """The URL and the settings with which an engine is made in the place of what was asked for."""
        database = self.database()
        try:
            target = targets.url_target(url)
        except Exception:
            target = None
        if database is None or (target is not None and (
                self.walls.allows(target) or (target.product == "sqlite" and target.database is None))):
            return url, settings
        if target is not None and target.product != self.walls.product:
            if self.walls.is_in_migration:
                return url, settings  # it will be refused when it connects
            self.walls.other_product = target
        return database.led(url, dict(settings), is_async=bool(settings.get("_is_async")))

    @staticmethod
    def _accept_plain_drivers(module):
        """An AsyncEngine over a plain driver never awaits, which SQLAlchemy's greenlets allow: for
        where there is no asynchronous driver for the scratch."""
        real = module.AsyncEngine.__init__

        def __init__(engine, sync_engine, *rest, **options):
            if sync_engine.dialect.is_async:
                real(engine, sync_engine, *rest, **options)
                return
            assign = getattr(engine, "_assign_proxied", lambda target: target)
            engine.sync_engine = assign(sync_engine)
            try:
                engine._proxied = engine.sync_engine
            except AttributeError:
                pass  # computed from sync_engine since SQLAlchemy 2.0

        module.AsyncEngine.__init__ = __init__

    def _remember_makers(self):
        """Which line made an engine, for the messages."""
        from sqlalchemy.engine.interfaces import Dialect
        walls = self.walls

        def engine_created(_dialect_class, engine):
            engine.pool._strata_maker = walls.line()

        Dialect.engine_created = classmethod(engine_created)

    # Connecting

    def do_connect(self, dialect, record, arguments, settings):
        database = self.database()
        try:
            target = self._target(dialect, arguments, settings)
        except Exception as problem:
            target = targets.Target(dialect.name, "", None if dialect.name != "sqlite" else "?")
            if dialect.name == self.walls.product:
                target = targets.Target(dialect.name, "an address that is not understood (%s)" % problem, "?")
        if self.walls.judge(target, is_engine=True) == "open":
            if record is not None:
                record.info["strata_open"] = True
            return None
        with self.walls.led():
            return database.connect_through(dialect, dict(settings))

    @staticmethod
    def _target(dialect, arguments, settings):
        if dialect.name == "sqlite":
            return targets.sqlite_target(
                arguments[0] if arguments else settings.get("database"), bool(settings.get("uri")))
        if dialect.name == "postgresql":
            named = dict(settings)
            if arguments:
                named.update(database_settings(arguments[0]))
            for key in ("dsn", "conninfo"):
                if named.get(key):
                    named.update(database_settings(named[key]))
            return targets.postgresql_targets(named)[0]
        return targets.Target(
            dialect.name, targets.place(settings.get("host"), settings.get("port"), dialect.name),
            settings.get("db") or settings.get("database"))

    def connected(self, connection, record):
        """Looks at what a pool gives out, before anybody else has it."""
        database = self.database()
        if database is not None and database.is_mine(connection):
            record.info["strata_scratch"] = True
            if self.walls.is_in_migration:
                self.walls.connects_beside()
            database.connected(connection)
            return
        if not self.walls.stands("engines") or record.info.get("strata_open"):
            return
        target = database_of(connection)
        if target is not None and self.walls.verdict(target, is_engine=False) == "open":
            return
        connection.close()
        maker = getattr(getattr(record, "_ConnectionRecord__pool", None), "_strata_maker", None)
        self.walls.refuse("a connection to %s%s" % (
            "another database" if target is None else targets.described(target),
            " of an engine that was made at %s" % places.described(maker) if maker else ""))


def database_settings(text):
    """What a connection string of libpq's says, as a dictionary."""
    if "://" in text:
        from sqlalchemy.engine.url import make_url
        url = make_url(text)
        found = dict(url.query)
        found.update({key: value for key, value in (
            ("host", url.host), ("port", url.port), ("user", url.username), ("dbname", url.database)) if value})
        return found
    try:
        from psycopg2.extensions import parse_dsn
    except ImportError:
        from psycopg.conninfo import conninfo_to_dict as parse_dsn
    return parse_dsn(text)


def database_of(connection):
    """The database that a driver's connection is to, as far as it tells."""
    own = getattr(connection, "driver_connection", None) or getattr(connection, "_connection", connection)
    try:
        if hasattr(own, "info") and hasattr(own.info, "dbname"):
            return targets.postgresql_targets(
                {"host": own.info.host, "port": own.info.port, "dbname": own.info.dbname})[0]
        if hasattr(own, "execute"):
            for _, name, path in own.execute("PRAGMA database_list").fetchall():
                if name == "main":
                    return targets.sqlite_target(path)
    except Exception:
        pass
    return None
