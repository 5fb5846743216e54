"""Sessions that go on from revision to revision."""
from support import PostgreSQLTest, drivers


class LastingSessions(PostgreSQLTest):
    def lasting_drivers(self):
        return [name for name in drivers() if name != "asyncpg"]

    def open_anew(self, driver):
        self.only(driver)
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        self.open()

    def test_one_session_goes_on_from_revision_to_revision_as_good_as_new(self):
        self.migration("a", None, """
            op.execute("CREATE ROLE someone_%d" % op.get_bind().exec_driver_sql("SELECT pg_backend_pid()").scalar())
            op.execute("CREATE SEQUENCE s; SELECT nextval('s')")
            op.execute("CREATE SCHEMA other; CREATE TEMP TABLE temporary (x int); SELECT pg_advisory_lock(7)")
            op.execute("SET search_path = public, other; SET statement_timeout = '1h'; LISTEN here")
            op.execute("DECLARE c CURSOR WITH HOLD FOR SELECT 1")
            op.execute("SET SESSION AUTHORIZATION someone_%d"
                       % op.get_bind().exec_driver_sql("SELECT pg_backend_pid()").scalar())
            op.execute("SET SESSION AUTHORIZATION DEFAULT; SET ROLE pg_monitor; RESET ROLE")
            """)
        check = """
            ask = lambda sql: op.get_bind().exec_driver_sql(sql).scalar()
            assert ask("SELECT current_user || ' ' || session_user") == 'postgres postgres'
            # What a migration sets holds for the next; what else it leaves in its session does not.
            assert ask("SHOW search_path") == 'public, other'
            assert ask("SHOW statement_timeout") == '0'
            assert ask("SELECT to_regclass('pg_temp.temporary')") is None
            assert ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
            assert ask("SELECT count(*) FROM pg_cursors WHERE name = 'c'") == 0
            assert ask("SELECT count(*) FROM pg_listening_channels()") == 0
            """
        self.migration("b", "a", check)
        self.migration("c", "b", check)
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                replies = self.run_all(["a", "b"])
                self.assertEqual([r["reply"] for r in replies], ["ran", "ran", "finished"], replies)
                first = self.at_rest()
                self.assertEqual(len(first), 1)
                self.assertEqual([r["reply"] for r in self.run_all(["c"])], ["ran", "finished"])
                self.assertEqual(self.at_rest(), first)

    def test_a_session_that_cannot_be_made_new_again_is_not_used_again(self):
        self.migration("a", None, """
            name = op.get_bind().exec_driver_sql("SELECT current_database()").scalar()
            op.execute('ALTER DATABASE "%s" SET lock_timeout = 77' % name)
            """)
        self.migration("b", "a", """
            assert op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar() == '77ms'
            own = op.get_bind().connection.dbapi_connection
            own = getattr(own, 'driver_connection', own)
            own.cursor_factory = type('Cursor', (own.cursor_factory,), {})
            """)
        self.migration("c", "b", "op.execute('CREATE TABLE public.t (x int)')")
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                self.bridge.send(op="run", url=self.url, revisions=["a", "b", "c"])
                processes = []
                for _ in range(3):
                    reply = self.bridge.reply()
                    self.assertEqual(reply["reply"], "ran", reply)
                    processes.append(tuple(self.at_rest()))
                    self.bridge.send(op="next")
                self.assertEqual(self.bridge.reply()["reply"], "finished")
                self.assertEqual(processes[0:2], [(), ()])
                self.assertEqual(len(processes[2]), 1)
                # What came after the change is told all the same.
                self.assertEqual([entry["sql"] for entry in reply["statements"]], ["CREATE TABLE public.t (x int)"])

    def test_a_session_that_was_ended_meanwhile_is_replaced(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.migration("b", "a", "op.execute('CREATE TABLE u (x int)')")
        for driver in self.lasting_drivers():
            with self.subTest(driver):
                self.open_anew(driver)
                self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
                self.server.ask("postgres", "SELECT pg_terminate_backend(%s)" % self.at_rest()[0])
                self.assertEqual([r["reply"] for r in self.run_all(["b"])], ["ran", "finished"])
                self.assertEqual(self.ask_database("SELECT version_num FROM alembic_version"), ["b"])
