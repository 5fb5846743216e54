"""A scratch database of a server, by every driver."""
import json

from support import PostgreSQLTest, drivers


class RunOnPostgreSQL(PostgreSQLTest):
    def test_steps_with_every_driver_and_leaves_nobody_connected(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('j', sa.JSON))
            t = sa.table('t', sa.column('id', sa.Integer), sa.column('j', sa.JSON))
            op.bulk_insert(t, [{'id': n, 'j': {'secret': n}} for n in range(3)])
            op.execute("COMMENT ON TABLE t IS '100%'")
            op.get_bind().execute(sa.text("UPDATE t SET j = :j WHERE id = :i"), {'j': '["secret"]', 'i': 1})
            assert op.get_bind().execute(sa.text("SELECT j FROM t WHERE id = 1")).scalar() == ['secret']
            op.execute("SELECT setval('t_id_seq', 7)")
            """)
        self.migration("b", "a", """
            with op.get_context().autocommit_block():
                op.execute("CREATE INDEX CONCURRENTLY i ON t (id)")
            op.execute("DO $$ BEGIN CREATE TABLE u (); END; $$")
            """)
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                opened = self.open()
                self.assertEqual(opened["reply"], "opened", opened)
                self.assertIn(driver + " ", opened["driver"])
                first, second, end = self.run_all(["a", "b"])
                self.assertEqual((first["reply"], second["reply"], end["reply"]), ("ran", "ran", "finished"), first)
                self.assertNotIn("secret", json.dumps(first))
                told = [(" ".join(entry["sql"].split())[:24], entry["count"]) for entry in first["statements"]]
                self.assertEqual(told, [
                    ("CREATE TABLE t ( id SERI", 1), ("INSERT INTO t (id, j) VA", 3),
                    ("COMMENT ON TABLE t IS '1", 1), (told[3][0], 1), ("SELECT setval('t_id_seq'", 1)])
                self.assertTrue(first["statements"][2]["sql"].endswith("'100%'"))
                self.assertEqual([entry["sql"][:18] for entry in second["statements"]],
                                 ["CREATE INDEX CONCU", "DO $$ BEGIN CREATE"])
                self.assertEqual(self.ask_database("SELECT version_num, i.relname, obj_description('t'::regclass) "
                                                   "FROM alembic_version, pg_class i WHERE relname = 'i'"), ["b|i|100%"])

    def test_with_a_transaction_for_each_migration(self):
        self.migration("a", None, """
            with op.get_context().autocommit_block():
                op.execute("CREATE TABLE t (x int)")
                op.execute("CREATE INDEX CONCURRENTLY i ON t (x)")
            op.execute("CREATE TABLE u ()")
            """)
        self.open(transactionPerMigration=True)
        self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM pg_class WHERE relname IN ('t', 'i', 'u')"), ["3"])

    def test_closes_what_a_migration_left_open(self):
        self.migration("a", None, """
            op.execute("CREATE TABLE t (x int)")
            import builtins
            engine = sa.create_engine(op.get_bind().engine.url) if False else op.get_bind().engine
            builtins.kept = engine.connect()
            builtins.kept.execute(sa.text("SELECT 1"))
            """)
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])

    def test_gives_names_by_the_convention(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('e', sa.Text))
            op.create_unique_constraint(None, 't', ['e'])
            """)
        self.open(namingConvention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
        self.run_all(["a"])
        self.assertEqual(self.ask_database("SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass"), ["uq_t_e"])

    def test_names_what_to_install_where_there_is_no_driver(self):
        self.migration("a", None, "pass")
        self.only("none of them")
        reply = self.open()
        self.assertEqual((reply["reply"], reply["code"], reply["package"]), ("error", "missing-package", "psycopg"))
        self.assertIn('-m pip install "psycopg[binary]"', reply["message"])
