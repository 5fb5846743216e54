"""A folder that is opened: its env.py, its conventions."""
import textwrap

from support import BridgeTest


class Session(BridgeTest):
    def test_gives_names_by_the_convention(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer), sa.Column('e', sa.Text))
            with op.batch_alter_table('t') as batch:
                batch.create_unique_constraint(None, ['e'])
            """)
        self.open(namingConvention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
        self.bridge.run(self.database, ["a"])
        self.assertIn("CONSTRAINT uq_t_e UNIQUE", self.ask_database(
            "SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0])


class ProjectEnvironment(BridgeTest):
    def project(self, env):
        (self.versions.parent / "env.py").write_text(textwrap.dedent(env))
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "op.execute('ALTER TABLE t ADD y')")

    def check(self):
        self.assertEqual(self.open(env=True)["reply"], "opened")
        replies = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
        self.assertEqual(replies[1]["statements"], [{"sql": "ALTER TABLE t ADD y", "count": 1}])
        self.assertEqual(self.ask_database("SELECT name FROM pragma_table_info('t')"), [("x",), ("y",)])

    def test_is_used_with_its_url_replaced(self):
        self.project("""
            from logging.config import fileConfig
            from alembic import context
            from sqlalchemy import engine_from_config, pool
            fileConfig(context.config.config_file_name)
            settings = context.config.get_section(context.config.config_ini_section)
            settings["sqlalchemy.url"] = "postgresql://nobody@nowhere/none"
            engine = engine_from_config(settings, prefix="sqlalchemy.", poolclass=pool.NullPool)
            with engine.connect() as connection:
                context.configure(connection=connection, version_table="versions_of_shop")
                with context.begin_transaction():
                    context.run_migrations()
            """)
        self.check()
        self.assertEqual(self.ask_database("SELECT * FROM versions_of_shop"), [("b",)])

    def test_may_be_asynchronous(self):
        try:
            import greenlet  # noqa: F401
        except ImportError:
            self.skipTest("greenlet is not installed")
        self.project("""
            import asyncio
            from alembic import context
            from sqlalchemy.ext.asyncio import create_async_engine

            def migrate(connection):
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()

            async def main():
                engine = create_async_engine("postgresql+asyncpg://nobody@nowhere/none", pool_size=3)
                async with engine.connect() as connection:
                    await connection.run_sync(migrate)
                await engine.dispose()

            asyncio.run(main())
            """)
        self.check()

    def test_that_runs_nothing_is_a_failure(self):
        self.project("from alembic import context\n")
        self.open(env=True)
        self.assertIn("did not run", self.bridge.run(self.database, ["a"])[0]["error"])

    def test_that_is_missing_is_said_at_once(self):
        self.migration("a", None, "pass")
        self.assertEqual(self.open(env=True)["code"], "bad-location")
