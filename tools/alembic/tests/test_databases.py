"""An env.py that runs the migrations more than once, and those that Alembic's own templates make."""
import os
import subprocess
import sys
import textwrap

from support import PostgreSQLTest
from test_environment import EnvironmentTest

LOOP = """
from alembic import context
from sqlalchemy import create_engine, text
for name in ("garden", "shop", "yard"):
    with create_engine("sqlite:////nowhere/%s.db" % name).connect() as connection:
        context.configure(connection=connection{options})
        with context.begin_transaction():
            context.run_migrations({run})
"""


class Databases(EnvironmentTest):
    """Three ways to run the migrations on several."""
    ways = {
        "by engines alone": LOOP.format(options="", run=""),
        "by tokens": LOOP.format(options=", upgrade_token='%s_upgrades' % name", run=""),
        "by names": LOOP.format(options="", run="engine_name=name"),
    }

    def begin_way(self, way, **options):
        self.env(self.ways[way])
        self.migration("a", None, "op.execute('CREATE TABLE made_' + name + ' (x)')", head="name = 'once'\n")
        (self.versions / "a.py").write_text((self.versions / "a.py").read_text().replace("def upgrade():", "def upgrade(engine_name='it'):"))
        self.begin(**options)

    def test_are_all_named_where_none_is_chosen_and_nothing_ran(self):
        for way in self.ways:
            with self.subTest(way):
                self.database.unlink(missing_ok=True)
                self.begin_way(way)
                names = ["garden", "shop", "yard"]
                for reply in (self.prepare(), self.bridge.run(self.database, ["a"])[0]):
                    self.assertEqual((reply.get("code"), reply.get("names")), ("several-databases", names), reply)
                    self.assertIn("3 databases", reply["message"])

    def test_one_is_taken_and_the_others_are_passed_over(self):
        for way in self.ways:
            for chosen in ("garden", "yard"):
                with self.subTest((way, chosen)):
                    self.database.unlink(missing_ok=True)
                    self.begin_way(way, database=chosen)
                    self.assertEqual(self.prepare()["reply"], "prepared")
                    ran = self.bridge.run(self.database, ["a"])[0]
                    self.assertEqual((ran["reply"], ran["told"]), ("ran", []), ran)
                    self.assertEqual(self.tables(), ["made_once"])

    def test_one_that_is_not_there_is_refused_with_the_names(self):
        self.begin_way("by names", database="hedge")
        reply = self.prepare()
        self.assertEqual((reply["code"], reply["names"]), ("several-databases", ["garden", "shop", "yard"]))
        self.assertIn("'hedge'", reply["message"])

    def test_a_loop_over_one_database_is_whole(self):
        self.env("""
            from alembic import context
            from sqlalchemy import create_engine
            with create_engine("sqlite:////nowhere/own.db").connect() as connection:
                for tenant in ("red", "green"):
                    context.configure(connection=connection, version_table="versions_" + tenant)
                    with context.begin_transaction():
                        context.run_migrations(tenant=tenant)
            """)
        for revision, parent in (("a", None), ("b", "a")):
            self.migration(revision, parent, "op.execute('CREATE TABLE %s_' + tenant + ' (x)')" % revision)
            path = self.versions / (revision + ".py")
            path.write_text(path.read_text().replace("def upgrade():", "def upgrade(tenant):"))
        self.begin()
        told = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([reply["reply"] for reply in told], ["ran", "ran", "finished"])
        self.assertEqual(told[0]["versionTables"], ["versions_red", "versions_green"])
        self.assertEqual(told[1]["statements"], [
            {"sql": "CREATE TABLE b_%s (x)" % tenant, "count": 1} for tenant in ("red", "green")])
        self.assertEqual(self.tables(), ["a_green", "a_red", "b_green", "b_red", "versions_green", "versions_red"])


class DatabasesOnPostgreSQL(PostgreSQLTest):
    def test_one_that_is_chosen_waits_for_none_of_the_others(self):
        """The template has a transaction open on each before the first migration runs."""
        (self.versions.parent / "env.py").write_text(textwrap.dedent("""
            from alembic import context
            from sqlalchemy import create_engine
            names = ("garden", "shop")
            connections = {name: create_engine("postgresql://nobody@nowhere/" + name).connect() for name in names}
            transactions = [connection.begin() for connection in connections.values()]
            for name, connection in connections.items():
                context.configure(connection=connection, upgrade_token=name + "_upgrades")
                context.run_migrations(engine_name=name)
            for transaction in transactions: transaction.commit()
            for connection in connections.values(): connection.close()
            """))
        self.migration("a", None, "op.execute('CREATE TABLE made_%s (x int)' % engine_name)")
        path = self.versions / "a.py"
        path.write_text(path.read_text().replace("def upgrade():", "def upgrade(engine_name):"))
        for chosen in ("garden", "shop"):
            with self.subTest(chosen):
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open(env=True, database=chosen)
                self.assertEqual(self.bridge.ask(op="prepare", url=self.url)["reply"], "prepared")
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
                self.assertEqual(self.ask_database(
                    "SELECT relname FROM pg_class WHERE relname LIKE 'made%'"), ["made_" + chosen])


class Templates(EnvironmentTest):
    """Projects as `alembic init` of the installed Alembic makes them."""

    def init(self, template):
        root = self.root / template
        root.mkdir()
        made = subprocess.run(
            [sys.executable, "-m", "alembic", "init", "-t", template, "mig"], cwd=root, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            self.skipTest("this Alembic has no template %s" % template)
        ini = root / "alembic.ini"
        text = ini.read_text()
        driver = "sqlite+aiosqlite" if "async" in template else "sqlite"
        for name in ("dbname", "dbname2"):
            text = text.replace("driver://user:pass@localhost/%s\n" % name, "%s:////nowhere/%s.db\n" % (driver, name))
        ini.write_text(text)
        self.versions = root / "mig/versions"
        return dict(scriptLocation=str(root / "mig"), ini=str(ini),
                    toml=str(root / "pyproject.toml") if (root / "pyproject.toml").exists() else None)

    def check(self, template, **options):
        options.update(self.init(template))
        self.migration("a", None, "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))")
        self.migration("b", "a", "op.add_column('t', sa.Column('n', sa.Text))")
        if template == "multidb":
            for path in self.versions.glob("?.py"):
                path.write_text(path.read_text().replace("def upgrade():", "def upgrade(engine_name):"))
        self.begin(**options)
        self.assertEqual(self.prepare()["reply"], "prepared")
        replies = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([reply["reply"] for reply in replies], ["ran", "ran", "finished"], replies)
        self.assertEqual(self.ask_database("SELECT name FROM pragma_table_info('t')"), [("id",), ("n",)])
        self.assertFalse(os.path.exists("/nowhere"))

    def test_generic(self):
        self.check("generic")

    def test_pyproject(self):
        self.check("pyproject")

    def test_async(self):
        self.check("async")

    def test_pyproject_async(self):
        self.check("pyproject_async")

    def test_multidb(self):
        options = self.init("multidb")
        self.migration("a", None, "pass")
        self.begin(**options)
        self.assertEqual(self.prepare()["names"], ["engine1", "engine2"])
        self.root = self.root / "again"
        self.root.mkdir()
        self.check("multidb", database="engine2")
