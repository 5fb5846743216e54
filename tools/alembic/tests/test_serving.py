"""How the bridge ends."""
import os
import signal
import time

from support import Bridge, BridgeTest, PostgreSQLTest, drivers


class Ends(BridgeTest):
    def test_the_end_of_input_ends_it_silently(self):
        self.assertEqual(self.bridge.close(), 0)
        self.assertEqual(self.bridge.errors, "")

    def test_ends_on_sigterm_in_the_middle_of_a_migration(self):
        self.migration("a", None, "import time\nop.execute('CREATE TABLE t (x)')\nprint('here', flush=True)\ntime.sleep(60)")
        self.open()
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
        while "here" not in self.bridge.process.stderr.readline():
            pass
        self.bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.bridge.close(), 143)


    def test_leaves_nothing_in_the_temporary_folder_however_it_ends(self):
        temporary = self.root / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        self.addCleanup(os.environ.pop, "TMPDIR", None)
        self.migration("a", None, "import time\nprint('here', flush=True)\ntime.sleep(60)")
        for end in (signal.SIGKILL, signal.SIGTERM):
            bridge = self.bridge = Bridge()
            self.addCleanup(bridge.close)
            self.open()
            bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
            while "here" not in bridge.process.stderr.readline():
                pass
            bridge.process.send_signal(end)
            bridge.close()
            self.assertEqual(os.listdir(temporary), [])


class EndsOnPostgreSQL(PostgreSQLTest):
    def test_ends_on_sigterm_while_the_server_works_and_stops_it_there(self):
        self.migration("a", None, "print('here', flush=True)\nop.execute('SELECT pg_sleep(60)')")
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.open()
                self.bridge.send(op="run", url=self.url, revisions=["a"])
                while "here" not in self.bridge.process.stderr.readline():
                    pass
                time.sleep(0.3)
                started = time.time()
                self.bridge.process.send_signal(signal.SIGTERM)
                self.assertEqual(self.bridge.close(), 143)
                self.assertLess(time.time() - started, 3)
                self.assertEqual(self.connected(), [])
