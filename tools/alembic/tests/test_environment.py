"""What env.py says is part of what a folder makes: its order, its failures, its settings."""
import textwrap

from support import BridgeTest

TEMPLATE = """
from alembic import context
from sqlalchemy import create_engine, text
{head}
with create_engine({url!r}).connect() as connection:
    context.configure(connection=connection{options})
    with context.begin_transaction():
        context.run_migrations()
"""


class EnvironmentTest(BridgeTest):
    def env(self, text):
        (self.versions.parent / "env.py").write_text(textwrap.dedent(text))

    def usual(self, head="", options=""):
        self.env(TEMPLATE.format(head=textwrap.dedent(head), options=options, url="sqlite:///own.db"))

    def begin(self, **options):
        reply = self.open(env=True, **options)
        self.assertEqual(reply["reply"], "opened", reply)

    def prepare(self):
        return self.bridge.ask(op="prepare", url="sqlite:///%s" % self.database)

    def tables(self):
        return [row[0] for row in self.ask_database(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'alembic_version' ORDER BY 1")]


class Order(EnvironmentTest):
    def test_env_py_runs_before_any_version_file(self):
        (self.root / "app.py").write_text("ready = False\n")
        self.usual(head="import app\napp.ready = True")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')", head=textwrap.dedent("""
            import app
            if not app.ready: raise RuntimeError('no application yet')
            """))
        self.begin()
        self.assertEqual([reply["reply"] for reply in self.bridge.run(self.database, ["a"])], ["ran", "finished"])

    def test_a_graph_that_alembic_refuses_is_told_by_the_first_run_whatever_env_py_makes_of_it(self):
        for head in ("", "real = context.run_migrations\ndef quiet():\n    try: real()\n    except Exception: raise KeyError('x')\n"
                         "context.run_migrations = quiet"):
            self.usual(head=head)
            self.migration("a", "b", "pass")
            self.migration("b", "a", "pass")
            self.begin()
            reply = self.bridge.run(self.database, ["a"])[0]
            self.assertEqual((reply["reply"], reply.get("code")), ("error", "bad-graph"), reply)

    def test_knows_only_the_revisions_of_the_folder(self):
        self.usual()
        self.migration("a", None, "pass")
        self.begin()
        self.assertEqual(self.bridge.run(self.database, ["nope"])[0]["code"], "unknown-revision")
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")

    def test_a_migration_without_env_py_finds_what_nearly_every_env_py_imports(self):
        self.migration("a", None, "sa.orm.Session(op.get_bind()).execute(sa.text('CREATE TABLE t (x)'))")
        self.open()
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")


class Failures(EnvironmentTest):
    def failed(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.begin()
        replies = self.prepare(), self.bridge.run(self.database, ["a"])[0]
        for reply in replies:
            self.assertEqual((reply["reply"], reply["environment"]), (
                "failed", str(self.versions.parent / "env.py")), reply)
            self.assertIn("--no-env", reply["hint"])
        self.assertEqual(replies[0]["hint"], replies[1]["hint"])
        return replies[1]

    def test_a_missing_variable_is_named(self):
        for call in ("os.environ['SHOP_URL']", "os.environb and os.environ['SHOP_URL']"):
            self.usual(head="import os\nurl = " + call)
            failed = self.failed()
            self.assertIn("--env-var SHOP_URL=VALUE", failed["hint"])
            self.assertEqual(failed["traceback"][-1]["line"], 5)

    def test_another_missing_key_is_no_variable(self):
        self.usual(head="{}['SHOP_URL']")
        self.assertNotIn("SHOP_URL", self.failed()["hint"])

    def test_a_missing_module_is_env_pys(self):
        self.usual(head="import no_such_application")
        failed = self.failed()
        self.assertIn("no_such_application", failed["hint"])
        self.assertIn("--python", failed["hint"])

    def test_one_that_exits_or_runs_nothing_failed(self):
        self.env("import sys\nsys.exit('no database')\n")
        self.assertEqual(self.failed()["error"], "SystemExit: no database")

    def test_one_that_exits_well_at_its_end_did_well(self):
        for end in ("sys.exit(0)", "sys.exit()", "raise SystemExit"):
            with self.subTest(end):
                self.database.unlink(missing_ok=True)
                self.usual()
                file = self.versions.parent / "env.py"
                file.write_text(file.read_text() + "import sys\n" + end + "\n")
                self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
                self.begin()
                self.assertEqual(self.prepare()["reply"], "prepared")
                self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")

    def test_a_failure_behind_the_migrations_is_env_pys(self):
        self.usual()
        file = self.versions.parent / "env.py"
        file.write_text(file.read_text() + "raise ValueError('late')\n")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.begin()
        failed = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual((failed["reply"], failed["error"]), ("failed", "ValueError: late"), failed)
        self.assertEqual(failed["environment"], str(file))

    def test_a_failure_within_a_migration_is_the_migrations(self):
        self.usual()
        self.migration("a", None, "raise ValueError('no luck')")
        self.begin()
        self.assertEqual(self.prepare()["reply"], "prepared")
        failed = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual((failed["id"], failed["environment"]), ("a", None))

    def test_what_it_does_behind_the_migrations_may_need_them(self):
        self.env(TEMPLATE.format(head="", options="", url="sqlite:///own.db") + "    connection.execute(text('INSERT INTO t VALUES (1)'))\n"
                 "    getattr(connection, 'commit', str)()\n")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.begin()
        self.assertEqual(self.prepare()["reply"], "prepared")
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")
        self.assertEqual(self.ask_database("SELECT count(*) FROM t"), [(1,)])


class Settings(EnvironmentTest):
    def test_what_env_py_makes_by_itself_is_there_before_any_migration(self):
        self.usual(head="", options=", version_table='places'")
        text = (self.versions.parent / "env.py").read_text().replace(
            "    context.configure", "    connection.execute(text('CREATE TABLE IF NOT EXISTS app (x)')); getattr(connection, 'commit', str)()\n"
            "    context.configure")
        self.env(text)
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.begin()
        prepared = self.prepare()
        self.assertEqual((prepared["reply"], prepared["versionTables"]), ("prepared", ["places"]), prepared)
        self.assertEqual(self.tables(), ["app", "places"])
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["versionTables"], ["places"])
        self.assertEqual(self.tables(), ["app", "places", "t"])

    def test_a_url_of_another_product_is_told(self):
        self.migration("a", None, "pass")
        for url, ini, told in (
                ("postgresql://ann@db/shop", None, "the postgresql database shop at db:5432"),
                ("sqlite:///own.db", None, None), (None, "sqlite:///own.db", None),
                (None, "postgresql://ann@db/shop", "the postgresql database shop at db:5432"),
                (None, "driver://user:pass@localhost/dbname", None)):
            with self.subTest((url, ini)):
                self.env(TEMPLATE.format(head="", options="", url=url).replace(
                    "create_engine(None)", "create_engine(context.config.get_main_option('sqlalchemy.url'))"))
                path = self.versions.parent / "alembic.ini"
                path.write_text("[alembic]\nscript_location = .\nsqlalchemy.url = %s\n" % (ini or url))
                self.begin(ini=str(path))
                self.assertEqual(self.prepare().get("otherProduct"), told)

    def test_nothing_is_prepared_without_env_py(self):
        self.migration("a", None, "pass")
        self.open()
        self.assertEqual(self.prepare()["reply"], "prepared")
        self.assertFalse(self.database.exists())

    def test_names_by_its_convention_and_rebuilds_in_batches(self):
        self.usual(
            head="from sqlalchemy import MetaData\n"
                 "metadata = MetaData(naming_convention={'uq': 'uq_%(table_name)s_%(column_0_name)s'})",
            options=", target_metadata=metadata, render_as_batch=True")
        self.migration("a", None, "op.create_table('t', sa.Column('e', sa.Text, unique=True))")
        self.begin()
        self.bridge.run(self.database, ["a"])
        self.assertIn("CONSTRAINT uq_t_e UNIQUE", self.ask_database("SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0])

    def test_reads_its_own_section_and_its_pyproject(self):
        project = self.versions.parent
        (project / "alembic.ini").write_text("[shop]\nsqlalchemy.url = sqlite:///own.db\nprefix = from_ini\n")
        (project / "pyproject.toml").write_text("[tool.alembic]\nscript_location = '.'\nsuffix = 'from_toml'\n")
        self.usual(head="""
            config = context.config
            assert config.config_ini_section == config.cmd_opts.name == 'shop'
            names = [config.get_main_option('prefix')]
            if hasattr(config, 'get_alembic_option'): names.append(config.get_alembic_option('suffix'))
            """)
        self.migration("a", None, "names = op.get_context().config.attributes['names']\nop.execute('CREATE TABLE %s (x)' % '_'.join(names))")
        self.env((project / "env.py").read_text().replace("with create_engine", "config.attributes['names'] = names\nwith create_engine"))
        self.begin(ini=str(project / "alembic.ini"), toml=str(project / "pyproject.toml"), section="shop")
        ran = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn(self.tables()[0], ("from_ini_from_toml", "from_ini"))
