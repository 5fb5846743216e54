"""The wall of drivers, with the others down."""
import importlib.util
import unittest

from test_environment import EnvironmentTest, TEMPLATE
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


@unittest.skipUnless(importlib.util.find_spec("pysqlite3"), "there is no other SQLite than the interpreter's")
class AnotherSQLite(EnvironmentTest):
    """One that the project brings, whose driver raises no events of the interpreter's."""

    def setUp(self):
        super().setUp()
        self.other = self.root / "customers.db"
        self.env(TEMPLATE.format(head="from pysqlite3 import dbapi2", options="", url="sqlite:////nowhere/own.db").replace(
            "own.db')", "own.db', module=dbapi2)"))

    def test_runs_the_migrations_where_env_py_says_so(self):
        self.migration("a", None, "op.execute('CREATE TABLE t AS SELECT sqlite_version() AS v')")
        self.begin()
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")
        import pysqlite3
        self.assertEqual(self.ask_database("SELECT v FROM t"), [(pysqlite3.sqlite_version,)])

    def test_reaches_no_other_database(self):
        ways = ("op.execute(\"ATTACH '%s' AS v\")", "import pysqlite3; pysqlite3.connect('%s')",
                "import pysqlite3; pysqlite3.dbapi2.Connection('%s')", "import pysqlite3; pysqlite3._sqlite3.Connection('%s')",
                "import pysqlite3; pysqlite3.Connection(':memory:').execute(\"ATTACH '%s' AS v\")")
        for number, way in enumerate(ways):
            self.migration("m%d" % number, None, way % self.other)
        self.begin()
        for number, way in enumerate(ways):
            with self.subTest(way):
                self.assertEqual(self.bridge.run(self.database, ["m%d" % number])[0]["reply"], "failed")
                self.assertFalse(self.other.exists())
