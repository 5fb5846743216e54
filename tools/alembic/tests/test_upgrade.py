"""`alembic upgrade` as a whole, with the project's own env.py."""
from support import PostgreSQLTest
from test_environment import EnvironmentTest, TEMPLATE

LOOP = """
from alembic import context
from sqlalchemy import create_engine
with create_engine("sqlite:////nowhere/own.db").connect() as connection:
    for tenant in ("red", "green"):
        context.configure(connection=connection, version_table="versions_" + tenant)
        with context.begin_transaction():
            context.run_migrations()
"""


class Upgrade(EnvironmentTest):
    def upgrade(self, revision="heads"):
        return self.bridge.ask(op="upgrade", url="sqlite:///%s" % self.database, revision=revision)

    def three(self):
        for revision, parent in (("a", None), ("b", "a"), ("c", "b")):
            self.migration(revision, parent, "op.execute('CREATE TABLE %s (x)')" % revision)

    def test_runs_all_that_leads_there(self):
        self.usual(options=", version_table='places'")
        self.three()
        self.begin()
        upgraded = self.upgrade("b")
        self.assertEqual((upgraded["reply"], upgraded["versionTables"], upgraded["times"]), ("upgraded", ["places"], 1), upgraded)
        self.assertEqual([one["sql"] for one in upgraded["statements"]], ["CREATE TABLE a (x)", "CREATE TABLE b (x)"])
        self.assertEqual(self.upgrade()["reply"], "upgraded")
        self.assertEqual(self.tables(), ["a", "b", "c", "places"])
        self.assertEqual(self.ask_database("SELECT * FROM places"), [("c",)])

    def test_reads_the_folder_that_was_opened_whatever_the_ini_says(self):
        project = self.versions.parent
        (project / "alembic.ini").write_text(
            "[alembic]\nscript_location = %s\nversion_locations = /nowhere\nsqlalchemy.url = sqlite:///own.db\n" % project)
        self.usual(head="from alembic.script import ScriptDirectory\n"
                        "assert ScriptDirectory.from_config(context.config).get_heads() == ['c']")
        self.three()
        self.begin(ini=str(project / "alembic.ini"))
        self.assertEqual(self.upgrade()["reply"], "upgraded")
        self.assertEqual(self.tables(), ["a", "b", "c"])

    def test_names_the_migration_that_fails(self):
        self.usual()
        self.three()
        self.migration("b", "a", "op.execute('CREATE TABLE a (x)')")
        self.begin()
        failed = self.upgrade()
        self.assertEqual((failed["reply"], failed["id"], failed["environment"]), ("failed", "b", None), failed)
        self.assertIn("already exists", failed["error"])

    def test_env_py_that_fails_or_runs_nothing_is_named(self):
        self.three()
        for text in ("raise KeyError('x')", "pass"):
            self.env(text)
            self.begin()
            failed = self.upgrade()
            self.assertEqual((failed["reply"], failed["environment"]), (
                "failed", str(self.versions.parent / "env.py")), failed)

    def test_tells_how_often_a_loop_runs_a_migration(self):
        self.env(LOOP)
        self.migration("a", None, "op.execute('CREATE TABLE IF NOT EXISTS a (x)')")
        self.begin()
        self.assertEqual(self.upgrade()["times"], 2)
        self.migration("a", None, "op.execute('CREATE TABLE c (x)')")
        self.database.unlink()
        self.begin()
        failed = self.upgrade()
        self.assertEqual((failed["reply"], failed["times"]), ("failed", 2), failed)

    def test_takes_arguments_and_its_own_database_only(self):
        self.usual(head="table = context.get_x_argument(as_dictionary=True)['table']", options=", version_table=table")
        self.three()
        self.begin(x=["table=here", "other="])
        told = self.upgrade()
        self.assertEqual(told.get("versionTables"), ["here"], told)
        self.assertFalse((self.versions.parent / "own.db").exists())


class Transactions(PostgreSQLTest):
    LOOK = ("import sqlalchemy\n"
            "with op.get_bind().engine.connect() as other:\n"
            "    seen = other.execute(sqlalchemy.text(\"SELECT count(*) FROM pg_class WHERE relname = 'a'\")).scalar()\n"
            "op.execute('CREATE TABLE seen_%d (x int)' % seen)")

    def test_are_those_of_env_py(self):
        self.migration("a", None, "op.execute('CREATE TABLE a (x int)')")
        self.migration("b", "a", self.LOOK)
        for options, seen in (("", 0), (", transaction_per_migration=True", 1)):
            with self.subTest(options):
                (self.versions.parent / "env.py").write_text(
                    TEMPLATE.format(head="", options=options, url="postgresql://nobody@nowhere/shop"))
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open(env=True)
                told = [one["told"] for one in self.run_all(["a", "b"])[:2]]
                self.assertEqual([len(one) for one in told], [0, 1 - seen], told)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                upgraded = self.bridge.ask(op="upgrade", url=self.url, revision="heads")
                self.assertEqual(upgraded["reply"], "upgraded", upgraded)
                self.assertEqual(self.ask_database(
                    "SELECT relname FROM pg_class WHERE relname LIKE 'seen%'"), ["seen_%d" % seen])
