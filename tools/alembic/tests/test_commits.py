"""The statement that runs before every commit, in the transaction that is committed."""
import textwrap

from support import PostgreSQLTest, drivers


class BeforeCommit(PostgreSQLTest):
    """A statement that runs before every commit, in the transaction that is committed."""

    LOOK = ("DO $look$ BEGIN INSERT INTO public.looks SELECT pg_catalog.txid_current()::text; "
            "IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'forbidden') THEN "
            "RAISE EXCEPTION 'found forbidden' USING ERRCODE = 'ST001'; END IF; END $look$")
    WAYS = {
        "a migration": "op.execute('CREATE TABLE t (x int)')",
        "a COMMIT that is written out": "op.execute('CREATE TABLE t (x int)')\nop.execute('COMMIT')\nop.execute('CREATE TABLE u (x int)')",
        "a statement by itself": "with op.get_context().autocommit_block():\n    op.execute('CREATE TABLE t (x int)')",
    }
    RAW = {
        "the driver's commit": "c = op.get_bind().connection\nk = c.cursor()\nk.execute('CREATE TABLE t (x int)')\nk.close()\nc.commit()",
    }

    def try_way(self, driver, body, expected="ran", **options):
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        self.server.ask(self.name, "CREATE TABLE looks (x text)")
        (self.versions / "a.py").unlink(missing_ok=True)
        self.migration("a", None, body)
        self.only(driver)
        self.assertEqual(self.open(**options)["reply"], "opened")
        self.bridge.send(op="run", url=self.url, revisions=["a"], beforeCommit=self.LOOK)
        reply = self.bridge.reply()
        self.assertEqual(reply["reply"], expected, reply)
        self.bridge.send(op="stop")
        self.bridge.close()
        return reply

    def test_looks_at_every_transaction_that_makes_something(self):
        for driver in drivers():
            for way, body in dict(self.WAYS, **({} if driver == "asyncpg" else self.RAW)).items():
                with self.subTest(driver=driver, way=way):
                    reply = self.try_way(driver, body)
                    self.assertFalse([one for one in reply["statements"] if "look" in one["sql"]], reply)
                    # The row that the look left was written by the transaction that made the table.
                    self.assertEqual(self.server.ask(
                        self.name, "SELECT relname FROM pg_class WHERE relname IN ('t', 'u') AND NOT EXISTS "
                                   "(SELECT FROM looks WHERE looks.x = pg_class.xmin::text)"), [])

    def test_looks_under_an_asynchronous_env_py(self):
        (self.versions.parent / "env.py").write_text(textwrap.dedent("""
            import asyncio
            from alembic import context
            from sqlalchemy.ext.asyncio import create_async_engine
            def work(connection):
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            async def main():
                async with create_async_engine("postgresql+DRIVER://u@nowhere/shop").connect() as connection:
                    await connection.run_sync(work)
                    await connection.commit()
            asyncio.run(main())
            """))
        text = (self.versions.parent / "env.py").read_text()
        for driver in [name for name in drivers() if name != "psycopg2"]:
            (self.versions.parent / "env.py").write_text(text.replace("DRIVER", driver))
            for way in ("a migration", "a statement by itself"):
                with self.subTest(driver=driver, way=way):
                    self.try_way(driver, self.WAYS[way], env=True)
                    self.assertEqual(self.server.ask(
                        self.name, "SELECT relname FROM pg_class WHERE relname = 't' AND NOT EXISTS "
                                   "(SELECT FROM looks WHERE looks.x = pg_class.xmin::text)"), [])

    def test_what_it_raises_undoes_the_transaction(self):
        for driver in drivers():
            for way, body in dict(self.WAYS, **({} if driver == "asyncpg" else self.RAW)).items():
                with self.subTest(driver=driver, way=way):
                    reply = self.try_way(driver, body.replace("TABLE t", "TABLE forbidden"), "failed")
                    self.assertIn("found forbidden", reply["error"])
                    self.assertEqual(reply["sqlstate"], "ST001")
                    self.assertEqual(self.server.ask(self.name, "SELECT relname FROM pg_class WHERE relname = 'forbidden'"), [])

    def test_what_cannot_be_looked_at_is_refused_with_its_line(self):
        for driver in drivers():
            with self.subTest(driver=driver):
                reply = self.try_way(
                    driver, "with op.get_context().autocommit_block():\n    op.execute('CREATE DATABASE beside')", "failed")
                self.assertIn("a.py:", reply["error"])
                self.assertEqual(self.server.ask("postgres", "SELECT datname FROM pg_database WHERE datname = 'beside'"), [])

    def test_an_index_may_still_be_made_concurrently(self):
        for driver in drivers():
            with self.subTest(driver=driver):
                self.try_way(driver, "op.execute('CREATE TABLE t (x int)')\n"
                                     "with op.get_context().autocommit_block():\n    op.execute('CREATE INDEX CONCURRENTLY i ON t (x)')")
