"""A process for each folder that is opened."""
import os
import signal

from support import BridgeTest, HEADER, PostgreSQLTest

KEEPER = """
import builtins, os, threading
from sqlalchemy import event
from sqlalchemy.engine import Engine
builtins.left_behind = True
os.environ["LEFT_BEHIND"] = "1"
os.umask(0o077)
event.listen(Engine, "begin", lambda *_: print("a listener"))
threading.Thread(target=threading.Event().wait, daemon=%s).start()
NAME = "first"
"""


class Folders(BridgeTest):
    def write_two(self, is_daemon=True):
        """Two projects, of which the first leaves much behind. Where its code is, is in `paths`."""
        self.second = self.root / "second/versions"
        self.second.mkdir(parents=True)
        for name, text in (("first", KEEPER % is_daemon), ("second", "NAME = 'second'\n")):
            (self.root / name).mkdir(exist_ok=True)
            (self.root / name / "shop.py").write_text(text)
        self.migration("a", None, "op.execute('CREATE TABLE %s (x)' % NAME)", head="from shop import NAME\n")
        (self.second / "b.py").write_text(HEADER % ("b", None, None, None) + (
            "import builtins, os, shop\n"
            "def upgrade():\n"
            "    assert shop.NAME == 'second', shop.__file__\n"
            "    assert not hasattr(builtins, 'left_behind')\n"
            "    assert 'LEFT_BEHIND' not in os.environ\n"
            "    assert os.umask(0o022) != 0o077\n"
            "    op.execute('CREATE TABLE second (x)')\n"))

    def open_second(self, **options):
        return self.bridge.ask(op="open", versions=[str(self.second)], paths=[str(self.root / "second")], **options)

    def test_another_one_finds_nothing_of_what_the_first_one_left_behind(self):
        self.write_two()
        self.open(paths=[str(self.root / "first")])
        self.assertEqual([r["reply"] for r in self.bridge.run(self.database, ["a"])], ["ran", "finished"])
        self.assertEqual(self.bridge.scan(self.second / "b.py")[0]["id"], "b")
        self.assertEqual(self.open_second()["reply"], "opened")
        replies = self.bridge.run(self.root / "second.db", ["b"])
        self.assertEqual([r["reply"] for r in replies], ["ran", "finished"], replies)
        self.assertEqual(self.bridge.run(self.root / "second.db", ["a"])[0]["code"], "unknown-revision")
        self.assertEqual(self.bridge.close(), 0)
        self.assertEqual(self.bridge.errors.count("a listener"), self.bridge.errors.count("\n"))

    def test_a_thread_that_never_ends_does_not_keep_the_next_one_waiting_for_ever(self):
        self.write_two(is_daemon=False)
        self.open(paths=[str(self.root / "first")])
        self.bridge.run(self.database, ["a"])
        self.assertEqual(self.open_second()["reply"], "opened")
        self.assertEqual(self.bridge.run(self.root / "second.db", ["b"])[0]["reply"], "ran")

    def test_what_was_asked_ahead_is_answered_by_whom_it_is_for(self):
        self.write_two()
        self.open(paths=[str(self.root / "first")])
        self.bridge.send(op="dance")
        self.bridge.send(op="open", versions=[str(self.second)], paths=[str(self.root / "second")])
        self.bridge.send(op="run", url="sqlite:///%s/second.db" % self.root, revisions=["b"])
        self.bridge.send(op="stop")
        self.assertEqual([self.bridge.reply()["reply"] for _ in range(4)], ["error", "opened", "ran", "finished"])

    def test_a_folder_that_cannot_be_opened_keeps_no_other_from_it(self):
        self.write_two()
        self.assertEqual(self.open(env=True, scriptLocation=str(self.root))["code"], "bad-location")
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["code"], "bad-request")
        self.assertEqual(self.open_second()["reply"], "opened")

    def test_the_walls_are_those_of_the_first_one(self):
        self.write_two()
        self.open(allow=["/somewhere"])
        for allowed in ([], ["/elsewhere"]):
            self.assertEqual(self.open_second(allow=allowed)["code"], "bad-request")
        self.assertEqual(self.open_second(allow=["/somewhere"])["reply"], "opened")

    def test_the_second_one_stands_behind_walls_too(self):
        self.write_two()
        own = self.root / "shop.db"
        (self.second / "c.py").write_text(HEADER % ("c", "b", None, None) + (
            "import sqlite3, subprocess\n"
            "def upgrade():\n"
            "    for reach in (lambda: sqlite3.connect(%r), lambda: subprocess.run(['true'])):\n"
            "        try:\n            reach()\n        except PermissionError:\n            continue\n"
            "        raise AssertionError('it was let through')\n" % str(own)))
        self.open(paths=[str(self.root / "first")])
        self.bridge.run(self.database, ["a"])
        self.open_second()
        ran = self.bridge.run(self.root / "second.db", ["b", "c"])[1]
        self.assertEqual((ran["reply"], len(ran["told"])), ("ran", 2), ran)
        self.assertFalse(own.exists())

    def test_the_program_ends_as_the_folders_process_did(self):
        for body, code in (("import os; os._exit(7)", 7), ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137)):
            with self.subTest(body):
                self.bridge.close()
                self.bridge = type(self.bridge)()
                self.addCleanup(self.bridge.close)
                self.migration("a", None, body)
                self.open()
                self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
                self.assertIsNone(self.bridge.reply())
                self.assertEqual(self.bridge.close(), code)

    def test_nothing_is_left_when_strata_is_gone(self):
        self.migration("a", None, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)")
        self.open()
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
        process = int(self.bridge.process.stderr.readline())
        self.bridge.process.send_signal(signal.SIGKILL)
        self.bridge.process.wait()
        # The end of this pipe is the end of all that have it.
        self.assertEqual(self.bridge.process.stderr.read(), "")
        self.assertFalse(os.path.exists("/proc/%d/fd/2" % process))


class FoldersOnPostgreSQL(PostgreSQLTest):
    def test_no_session_of_the_first_one_stays(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.open()
        self.run_all(["a"])
        self.assertEqual(len(self.at_rest()), 1)
        first, self.name = self.name, self.server.database()
        self.url = self.server.url(self.name)
        self.assertEqual(self.open()["reply"], "opened")
        self.assertEqual(self.server.ask(
            "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s'" % first), ["0"])
        self.assertEqual([r["reply"] for r in self.run_all(["a"])], ["ran", "finished"])
