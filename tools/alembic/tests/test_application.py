"""env.py in an application's context, as `flask db` sets it up: projects of the real Flask-Migrate."""
import importlib.util
import os
import subprocess
import sys
import textwrap
import unittest

from test_environment import EnvironmentTest

APP = """
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)

def create_app(name="shop"):
    app = Flask(__name__, instance_path={instance!r})
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////nowhere/%s.db" % name
    app.config["SQLALCHEMY_BINDS"] = {binds}
    db.init_app(app)
    Migrate(app, db, render_as_batch=True)
    return app
"""


@unittest.skipUnless(importlib.util.find_spec("flask_migrate"), "Flask-Migrate is not installed")
class FlaskMigrateTest(EnvironmentTest):
    template = APP

    def init(self, *words, module="app", binds={}, head=""):
        self.project = self.root / "shop"
        self.project.mkdir()
        source = textwrap.dedent(self.template).format(instance=str(self.root / "instance"), binds=binds)
        (self.project / (module + ".py")).write_text(head + source)
        made = subprocess.run(
            [sys.executable, "-B", "-m", "flask", "--app", module, "db", "init", *words], cwd=self.project,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(made.returncode, 0, made.stdout)
        self.versions = self.project / "migrations/versions"

    def begin_flask(self, **options):
        migrations = self.versions.parent
        self.begin(scriptLocation=str(migrations), ini=str(migrations / "alembic.ini"), **options)

    def check(self, *tables):
        self.assertEqual(self.prepare()["reply"], "prepared")
        ran = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertEqual(self.tables(), list(tables))

    def check_several(self):
        self.migration("a", None, "globals()['upgrade_' + engine_name]()")
        path = self.versions / "a.py"
        path.write_text(path.read_text().replace("def upgrade():", "def upgrade(engine_name):")
                        + "\ndef upgrade_():\n    op.execute('CREATE TABLE main_one (x)')\n"
                        "\ndef upgrade_users():\n    op.execute('CREATE TABLE users_one (x)')\n")
        self.begin_flask()
        refused = self.prepare()
        self.assertEqual((refused.get("code"), refused.get("names")), ("several-databases", ["shop", "users"]), refused)
        for chosen, table in (("shop", "main_one"), ("", "main_one"), ("users", "users_one")):
            with self.subTest(chosen):
                self.database.unlink(missing_ok=True)
                self.begin_flask(database=chosen)
                self.check(table)


class FlaskMigrate(FlaskMigrateTest):
    def test_is_found_as_flask_finds_it(self):
        self.init()
        self.migration("a", None, "assert op.get_context().opts['render_as_batch']\nop.execute('CREATE TABLE t (x)')")
        self.begin_flask()
        self.check("t")

    def test_is_the_one_that_is_named(self):
        self.init(module="shop_of_mine")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        for name in ("shop_of_mine", "shop_of_mine:create_app('other')"):
            self.database.unlink(missing_ok=True)
            self.begin_flask(app=name)
            self.check("t")

    def test_without_one_env_py_is_named_with_the_option(self):
        self.init(module="shop_of_mine")
        self.migration("a", None, "pass")
        self.begin_flask()
        failed = self.prepare()
        self.assertEqual((failed["reply"], failed["environment"]), ("failed", str(self.versions.parent / "env.py")))
        self.assertIn("--app", failed["hint"])

    def test_that_cannot_be_imported_is_told_as_itself(self):
        self.init()
        (self.project / "app.py").write_text("import no_such_module\n")
        self.migration("a", None, "pass")
        self.begin_flask()
        failed = self.prepare()
        self.assertIn("no_such_module", failed["error"], failed)

    def test_of_several_databases_runs_on_the_one_that_is_chosen(self):
        self.init("--multidb", binds={"users": "sqlite:////nowhere/users.db"})
        self.check_several()
        self.assertFalse(os.path.exists("/nowhere"))


ASYNC_APP = """
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

class Database:
    # As Alchemical's: what the templates for it ask for.
    metadatas = dict((name, MetaData()) for name in (None, "users"))
    metadata = metadatas[None]

    def get_engine(self, bind=None):
        return create_async_engine("{driver}:////nowhere/%s.db" % (bind or "shop"))

app = Flask(__name__, instance_path={instance!r})
app.config["SQLALCHEMY_BINDS"] = {binds}
Migrate(app, Database())
"""


@unittest.skipUnless(all(importlib.util.find_spec(name) for name in ("flask_migrate", "aiosqlite")),
                     "Flask-Migrate or aiosqlite is not installed")
class AsyncFlaskMigrate(FlaskMigrateTest):
    template = ASYNC_APP.replace("{driver}", "sqlite+aiosqlite")

    def test_of_one_database(self):
        self.init("-t", "aioflask")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.begin_flask()
        self.check("t")

    def test_of_several_databases(self):
        self.init("-t", "aioflask-multidb", binds={"users": "sqlite+aiosqlite:////nowhere/users.db"})
        # The template is of SQLAlchemy 1.4: with 2.0 `flask db upgrade` fails in this line.
        env = self.versions.parent / "env.py"
        env.write_text(env.read_text().replace("._sync_connection()", ".sync_connection"))
        self.check_several()
