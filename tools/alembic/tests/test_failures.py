"""What is told of a migration that fails."""
from support import BridgeTest, PostgreSQLTest, drivers


class Failures(BridgeTest):
    def test_says_where_a_migration_failed_and_undoes_its_rows(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "op.execute('INSERT INTO t VALUES (1)')\nop.execute('INSERT INTO u VALUES (1)')")
        self.open()
        ran, failed = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual((ran["reply"], failed["reply"], failed["id"]), ("ran", "failed", "b"))
        self.assertIn("no such table: u", failed["error"])
        self.assertEqual(failed["statement"], "INSERT INTO u VALUES (1)")
        self.assertEqual(failed["traceback"][-1]["code"], "op.execute('INSERT INTO u VALUES (1)')")
        self.assertEqual(failed["traceback"][-1]["file"], str(self.versions / "b.py"))
        self.assertEqual(self.heads(), ["a"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM t"), [(0,)])

    def test_a_migration_that_exits_is_a_failed_one(self):
        self.migration("a", None, "raise SystemExit('enough')")
        self.open()
        failed = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual((failed["error"], failed["statement"]), ("SystemExit: enough", None))

    def test_a_missing_module_fails_its_own_revision_only(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')")
        self.migration("b", "a", "pass", head="import no_such_module.models\n")
        self.assertEqual(self.open()["reply"], "opened")
        ran, failed = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual((ran["id"], failed["id"]), ("a", "b"))
        self.assertIn("no_such_module", failed["hint"])
        self.assertIn("--python", failed["hint"])
        self.assertEqual(failed["traceback"][-1]["code"], "import no_such_module.models")


class FailuresOnPostgreSQL(PostgreSQLTest):
    def test_says_what_the_server_said_with_its_code_and_undoes_the_revision(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')\nop.execute('INSERT INTO u VALUES (1)')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.open()
                failed = self.run_all(["a"])[0]
                self.assertEqual((failed["reply"], failed["sqlstate"], failed["statement"]),
                                 ("failed", "42P01", "INSERT INTO u VALUES (1)"))
                self.assertIn('relation "u" does not exist', failed["error"])
                self.assertNotIn("Background", failed["error"])
                self.assertEqual(failed["traceback"][-1]["code"], "op.execute('INSERT INTO u VALUES (1)')")
                self.assertEqual(self.connected(), [])
                self.assertEqual(self.ask_database("SELECT count(*) FROM pg_class WHERE relname IN ('t', 'u')"), ["0"])

    def test_a_lost_connection_is_a_failure_after_which_another_run_works(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.migration("b", "a", "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                ran, failed = self.run_all(["a", "b"])
                self.assertEqual((ran["reply"], failed["reply"], failed["id"]), ("ran", "failed", "b"))
                self.assertIn("SELECT pg_terminate_backend", failed["statement"])
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
