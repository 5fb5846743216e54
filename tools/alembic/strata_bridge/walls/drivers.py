"""The wall of drivers: the one place in each through which its connections come.

A driver is a module that says so (`apilevel`, as PEP 249 has it), whatever its name; it is met when
it is imported. Those for PostgreSQL are led at the place where the address is known for good."""
import functools
import inspect
import sys

from . import arrivals, targets
from .sqlite_guard import guard, guarded


def install(walls, database):
    """Stands at what is imported already, and at all that will be. `database` gives the scratch."""
    if not walls.stands("drivers"):
        return
    arrivals.watch(Wall(walls, database).meet)


def put(module, name, wall):
    """Puts a wall in the place of what a module holds, and wherever somebody has taken it already."""
    real = getattr(module, name)
    for other in list(sys.modules.values()):
        names = getattr(other, "__dict__", None)
        if not isinstance(names, dict) or names.get("__name__", "").startswith(__package__ or "-"):
            continue
        for key in [key for key, value in list(names.items()) if value is real]:
            try:
                setattr(other, key, wall)
            except (AttributeError, TypeError):
                pass
    setattr(module, name, wall)


def standing_for(real):
    """The kind of a class that stands in the place of another: what is an instance of that one, is of
    this."""

    class Kind(type(real)):
        def __instancecheck__(cls, instance):
            return isinstance(instance, real) or type.__instancecheck__(cls, instance)

        def __subclasscheck__(cls, other):
            return issubclass(other, real) or type.__subclasscheck__(cls, other)

    return Kind


class Wall:
    def __init__(self, walls, database):
        self.walls, self.database = walls, database

    def meet(self, name, module):
        names = getattr(module, "__dict__", None)
        if names is None or names.get("__strata_met__"):
            return
        special = {"psycopg2._psycopg": self._psycopg2, "psycopg.generators": self._psycopg,
                   "psycopg.pq": self._pq, "asyncpg.connect_utils": self._asyncpg}.get(name)
        if special is not None:
            special(module)
        elif "apilevel" in names and callable(names.get("connect")):
            if name.split(".")[0] in ("psycopg", "psycopg2"):
                return
            self._sqlite(module) if "sqlite_version" in names else self._any(name, module)
        elif name == "_sqlite3" and callable(names.get("connect")):
            self._sqlite(module)
        else:
            return
        module.__strata_met__ = True

    def _sqlite(self, module):
        real, walls, wall = module.connect, self.walls, self

        @functools.wraps(real)
        def connect(database, *rest, **options):
            if getattr(real, "__strata_wall__", False):
                return real(database, *rest, **options)
            target = targets.sqlite_target(database, bool(options.get("uri")))
            if walls.judge(target, is_engine=False) == "lead":
                options.pop("uri", None)
                database = wall.database().path()
            if len(rest) < 5 and inspect.isclass(options.get("factory", module.Connection)):
                options["factory"] = guarded(walls, options.get("factory", module.Connection))
            with walls.led():
                connection = real(database, *rest, **options)
            if hasattr(connection, "set_authorizer"):
                guard(walls, connection)
            return connection

        connect.__strata_wall__ = True
        put(module, "connect", connect)
        # The interpreter's own raises an event for its class as well; others do not.
        if module.__name__.split(".")[0] not in ("sqlite3", "_sqlite3") and inspect.isclass(
                getattr(module, "Connection", None)):
            self._sqlite_class(module)

    def _sqlite_class(self, module):
        real, walls, wall = module.Connection, self.walls, self
        if getattr(real, "__strata_wall__", False):
            return

        class Connection(real, metaclass=standing_for(real)):
            __strata_wall__ = True

            def __init__(self, database, *rest, **options):
                target = targets.sqlite_target(database, bool(options.get("uri")))
                if walls.judge(target, is_engine=False) == "lead":
                    options.pop("uri", None)
                    database = wall.database().path()
                with walls.led():
                    super().__init__(database, *rest, **options)
                guard(walls, self)

        Connection.__module__, Connection.__qualname__ = real.__module__, real.__name__
        put(module, "Connection", Connection)

    def _any(self, name, module):
        """Of another product: there is no scratch that it could be led to."""
        walls, package = self.walls, name.split(".")[0]
        product = package[2:].lower() if package.startswith("py") else package

        def judged(real):
            @functools.wraps(real)
            def connect(*arguments, **options):
                if not walls.leading.get():
                    walls.judge(targets.Target(
                        product, targets.place(options.get("host"), options.get("port"), product),
                        options.get("database") or options.get("db") or ""), is_engine=False)
                with walls.led():
                    return real(*arguments, **options)

            return connect

        real = module.connect
        try:
            if inspect.isclass(real):
                # A driver whose `connect` is its class of connections.
                real.__init__ = judged(real.__init__)
            else:
                put(module, "connect", judged(real))
        except (AttributeError, TypeError):
            module.connect = judged(real)

    # PostgreSQL

    def _address(self, settings):
        """True where a connection with these settings is to be led to the scratch."""
        verdicts = [self.walls.judge(target, is_engine=False)
                    for target in targets.postgresql_targets(settings)]
        return "lead" in verdicts

    def _psycopg2(self, module):
        real_connect, real_class, wall = module._connect, module.connection, self

        def led(dsn):
            settings = module.parse_dsn(dsn)
            return wall.database().connection_string(settings) if wall._address(settings) else dsn

        @functools.wraps(real_connect)
        def _connect(dsn, *rest, **options):
            return real_connect(led(dsn), *rest, **options)

        class connection(real_class, metaclass=standing_for(real_class)):
            def __init__(self, dsn, *rest, **options):
                super().__init__(led(dsn), *rest, **options)

        connection.__module__, connection.__qualname__ = real_class.__module__, real_class.__name__
        put(module, "_connect", _connect)
        put(module, "connection", connection)

    def _psycopg(self, module):
        from psycopg.conninfo import conninfo_to_dict
        real, wall = module.connect, self

        @functools.wraps(real)
        def connect(conninfo, *rest, **options):
            settings = conninfo_to_dict(conninfo)
            if wall._address(settings):
                conninfo = wall.database().connection_string(settings)
            return real(conninfo, *rest, **options)

        put(module, "connect", connect)

    def _pq(self, module):
        """psycopg's own door to libpq."""
        from psycopg.conninfo import conninfo_to_dict
        real, wall = module.PGconn, self

        def led(conninfo):
            settings = conninfo_to_dict(conninfo.decode())
            if wall._address(settings):
                return wall.database().connection_string(settings).encode()
            return conninfo

        class PGconn(real, metaclass=standing_for(real)):
            @classmethod
            def connect(cls, conninfo):
                return real.connect(led(conninfo))

            @classmethod
            def connect_start(cls, conninfo):
                return real.connect_start(led(conninfo))

        # Not in the modules in C, which look for what only the real one has.
        module.PGconn = PGconn

    def _asyncpg(self, module):
        real, walls, wall = module._connect, self.walls, self

        @functools.wraps(real)
        async def _connect(**options):
            given = {key: value for key, value in options.items()
                     if key not in ("loop", "connection_class", "record_class")}
            addresses, parameters = module._parse_connect_arguments(**given)[:2]
            hosts = [(address, None) if isinstance(address, str) else address for address in addresses]
            verdicts = [walls.judge(asyncpg_target(host, port, parameters.database), is_engine=False)
                        for host, port in hosts]
            if "lead" in verdicts:
                for key in ("host", "port", "user", "password", "passfile", "database", "ssl", "service", "servicefile"):
                    if key in options:
                        options[key] = None
                options["dsn"] = wall.database().address
            with walls.led():
                return await real(**options)

        put(module, "_connect", _connect)
        cancel = getattr(module, "_cancel", None)
        if cancel is not None:
            @functools.wraps(cancel)
            async def _cancel(**options):
                with walls.led():
                    return await cancel(**options)

            put(module, "_cancel", _cancel)


def asyncpg_target(host, port, database):
    """asyncpg names a socket by its path."""
    if port is None:
        folder, _, name = host.rpartition("/.s.PGSQL.")
        host, port = folder, name
    return targets.Target("postgresql", targets.place(host, port, "postgresql"), database)
