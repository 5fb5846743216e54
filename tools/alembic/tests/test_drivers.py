"""The wall of drivers, with the others down."""
from wall_support import OnPostgreSQL, OnSQLite
from ways import ENV_WAYS, POSTGRESQL_WAYS, SQLITE_WAYS, only


class DriversAlone(OnSQLite):
    def test_the_wall_of_drivers(self):
        self.check(self.try_env({way: code for way, code in ENV_WAYS.items() if "before the walls" not in way},
                                walls=["drivers"]))

    def test_the_wall_of_drivers_before_migrations(self):
        ways = {way: code for way, code in SQLITE_WAYS.items() if not any(
            word in way for word in ("process", "os.", "libc", "sqlite3.Connection", "before the walls"))}
        self.check(self.try_migrations(ways, walls=["drivers"]))


class DriversAloneOnPostgreSQL(OnPostgreSQL):
    def test_the_wall_of_drivers(self):
        ways = only(POSTGRESQL_WAYS, "engine", "application", "psycopg", "asyncpg", "thread")
        self.check(self.try_migrations(ways, walls=["drivers"]))
