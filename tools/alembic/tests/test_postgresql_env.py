"""A project's env.py over PostgreSQL."""
import textwrap

from support import Bridge, PostgreSQLTest, drivers


class ProjectEnvironmentOnPostgreSQL(PostgreSQLTest):
    SYNCHRONOUS = """
        from alembic import context
        from sqlalchemy import engine_from_config, pool
        settings = context.config.get_section(context.config.config_ini_section)
        settings["sqlalchemy.url"] = "postgresql%s://nobody:word@nowhere:1/none?application_name=shop"
        settings["sqlalchemy.pool_size"] = "3"
        engine = engine_from_config(settings, prefix="sqlalchemy.", connect_args=%s)
        with engine.connect() as connection:
            context.configure(connection=connection, version_table="versions_of_shop")
            with context.begin_transaction():
                context.run_migrations()
        """
    ASYNCHRONOUS = """
        import asyncio
        from alembic import context
        from sqlalchemy.ext.asyncio import create_async_engine

        def migrate(connection):
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()

        async def main():
            engine = create_async_engine("postgresql+%s://nobody@nowhere/none", pool_size=3)
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
            await engine.dispose()

        asyncio.run(main())
        """

    def check(self, env, expected_driver):
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        (self.versions.parent / "env.py").write_text(textwrap.dedent(env))
        self.migration("a", None, """
            op.execute("CREATE TABLE t (driver text, name text)")
            op.get_bind().execute(sa.text(
                "INSERT INTO t VALUES (:d, current_setting('application_name'))"), {'d': op.get_bind().dialect.driver})
            """)
        self.migration("b", "a", "op.execute('ALTER TABLE t ADD y int')")
        self.assertEqual(self.open(env=True)["reply"], "opened")
        replies = self.run_all(["a", "b"])
        self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
        self.assertEqual(replies[1]["statements"], [{"sql": "ALTER TABLE t ADD y int", "count": 1}])
        self.assertEqual(self.ask_database("SELECT driver FROM t"), [expected_driver])

    def fresh(self):
        self.bridge.close()
        self.bridge = Bridge()
        self.addCleanup(self.bridge.close)

    def test_is_used_with_the_driver_and_the_settings_of_its_url(self):
        for driver in [name for name in drivers() if name != "asyncpg"]:
            with self.subTest(driver):
                self.fresh()
                self.check(self.SYNCHRONOUS % ("+" + driver, '{"options": "-csearch_path=shop,public"}'), driver)
                self.assertEqual(self.ask_database("SELECT name FROM t"), ["shop"])
        self.assertEqual(self.ask_database("SELECT * FROM versions_of_shop"), ["b"])

    def test_may_be_asynchronous_with_an_asynchronous_driver(self):
        for driver in [name for name in drivers() if name != "psycopg2"]:
            with self.subTest(driver):
                self.fresh()
                self.check(self.ASYNCHRONOUS % driver, driver)

    def test_runs_with_another_driver_where_its_own_is_not_installed(self):
        for env, driver in [(self.SYNCHRONOUS % ("+pg8000", "{}"), "psycopg2"),
                            (self.SYNCHRONOUS % ("", "{}"), "psycopg"), (self.SYNCHRONOUS % ("", "{}"), "asyncpg"),
                            (self.ASYNCHRONOUS % "asyncpg", "psycopg"), (self.ASYNCHRONOUS % "asyncpg", "psycopg2")]:
            if driver in drivers():
                with self.subTest(driver):
                    self.only(driver)
                    self.check(env, driver)

    def test_may_be_made_for_another_product(self):
        self.check("""
            from alembic import context
            import sqlalchemy
            engine = sqlalchemy.create_engine("sqlite:///app.db", connect_args={"check_same_thread": False})
            with engine.begin() as connection:
                context.configure(connection=connection)
                context.run_migrations()
            """, drivers()[0])
