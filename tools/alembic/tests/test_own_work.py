"""What env.py makes by itself, before the migrations and behind each of them."""
from support import PostgreSQLTest
from test_environment import EnvironmentTest

CREATE_ALL = """
from sqlalchemy import Column, Enum, Integer, MetaData, Table
metadata = MetaData()
Table("users", metadata, Column("id", Integer, primary_key=True), Column("kind", Enum("a", "b", name="kinds")))
"""
MAKES = """
from alembic import context
from sqlalchemy import create_engine, inspect
{head}
with create_engine({url!r}).connect() as connection:
    {first}
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
AUDIT = """
def write_down(ctx, step, heads, run_args):
    ctx.connection.execute(text("INSERT INTO audit (id) VALUES (:id)"), dict(id=step.up_revision_id))
"""


class OwnWork(EnvironmentTest):
    def makes(self, first, url="sqlite:///own.db"):
        self.env(MAKES.format(head=CREATE_ALL, url=url, first=first))

    def test_a_migration_that_makes_what_env_py_has_made_is_env_pys_fault_with_its_line(self):
        for first in ("metadata.create_all(connection)", "metadata.create_all(connection.engine)"):
            with self.subTest(first):
                self.database.unlink(missing_ok=True)
                self.makes(first)
                self.migration("a", None, "op.create_table('users', sa.Column('id', sa.Integer))")
                self.begin()
                self.prepare()
                failed = self.bridge.run(self.database, ["a"])[0]
                environment = str(self.versions.parent / "env.py")
                self.assertEqual((failed["reply"], failed["environment"]), ("failed", environment), failed)
                self.assertIn("it makes table users by itself (%s:10: metadata.create_all" % environment, failed["error"])
                self.assertIn("--no-env", failed["hint"])

    def test_a_table_of_the_migrations_that_is_there_already_is_their_own_fault(self):
        self.makes("metadata.create_all(connection)")
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')\nop.execute('CREATE TABLE t (x)')")
        self.begin()
        self.assertIsNone(self.bridge.run(self.database, ["a"])[0]["environment"])

    def test_an_env_py_that_stamps_an_empty_database_is_told_with_its_line(self):
        for stamp in ("from alembic.runtime.migration import MigrationContext; "
                      "MigrationContext.configure(connection).stamp(context.script, 'head')",
                      "connection.exec_driver_sql('CREATE TABLE alembic_version (version_num TEXT)'); "
                      "connection.exec_driver_sql(\"INSERT INTO alembic_version VALUES ('a')\")"):
            with self.subTest(stamp):
                self.database.unlink(missing_ok=True)
                self.makes("if not inspect(connection).has_table('alembic_version'): "
                           "metadata.create_all(connection)\n    " + stamp)
                self.migration("a", None, "op.create_table('users', sa.Column('id', sa.Integer))")
                self.begin()
                failed = self.prepare()
                environment = str(self.versions.parent / "env.py")
                self.assertEqual((failed["reply"], failed["environment"]), ("failed", environment), failed)
                self.assertIn("by itself (%s:11:" % environment, failed["error"])
                self.assertIn("--no-env", failed["hint"])

    def test_what_on_version_apply_runs_is_told_apart_from_the_migration(self):
        self.usual(head=AUDIT, options=", on_version_apply=write_down")
        self.migration("a", None, "op.execute('CREATE TABLE audit (id)')")
        self.migration("b", "a", "op.execute('CREATE TABLE t (x)')")
        self.begin()
        ran = self.bridge.run(self.database, ["a", "b"])[1]
        self.assertEqual([one["sql"] for one in ran["statements"]], ["CREATE TABLE t (x)"], ran)
        self.assertEqual(ran["own"], ["INSERT INTO audit (id) VALUES (?)"])
        self.database.unlink()
        upgraded = self.bridge.ask(op="upgrade", url="sqlite:///%s" % self.database, revision="heads")
        self.assertEqual(upgraded["own"], ["INSERT INTO audit (id) VALUES (?)"], upgraded)


class OwnWorkOnPostgreSQL(PostgreSQLTest):
    def test_an_enum_or_a_table_of_env_pys_that_a_migration_makes_is_env_pys_fault(self):
        for body, what in (("op.create_table('users', sa.Column('id', sa.Integer))", "table users"),
                           ("op.execute(\"CREATE TYPE kinds AS ENUM ('a')\")", "type kinds")):
            with self.subTest(what):
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                (self.versions.parent / "env.py").write_text(MAKES.format(
                    head=CREATE_ALL, url="postgresql://a@nowhere/own",
                    first="metadata.create_all(connection); connection.commit()"))
                self.migration("a", None, body)
                self.open(env=True)
                self.bridge.ask(op="prepare", url=self.url)
                self.bridge.send(op="run", url=self.url, revisions=["a"])
                failed = self.bridge.reply()
                self.assertEqual(failed["environment"], str(self.versions.parent / "env.py"), failed)
                self.assertIn("it makes %s by itself" % what, failed["error"])
