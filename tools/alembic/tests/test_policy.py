"""What is allowed, and what is told."""
import os

from wall_support import OnSQLite
from ways import RUN, SQLITE_WAYS


class Allowed(OnSQLite):
    def test_what_is_allowed_is_opened_and_told(self):
        self.migration("a", None, SQLITE_WAYS["sqlite3.connect"].format(**self.values))
        self.begin(allow=[str(self.own)])
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("a.py:", ran["told"][0])
        self.assertIn("--allow", ran["told"][0])
        self.assertEqual(self.harm(), ["shop.db"])

    def test_a_program_is_allowed_by_its_path(self):
        self.migration("a", None, "import subprocess\nsubprocess.run(['true'], check=True)")
        self.begin(allow=["/usr/bin/true", "/bin/true"])
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("program", ran["told"][0])

    def test_what_is_refused_and_swallowed_is_told(self):
        self.migration("a", None, "try:\n    import sqlite3; sqlite3.connect(%r)\nexcept OSError:\n    pass" % str(self.other))
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("other.db", ran["told"][0])
        self.assertIn("--allow %s" % self.other, ran["told"][0])

    def test_a_second_database_of_env_py_is_told(self):
        (self.root / "ways/two.py").write_text(
            "import sqlalchemy\nfrom alembic import context\n"
            "with sqlalchemy.create_engine(%r).begin() as c: c.exec_driver_sql('CREATE TABLE audit (x int)')\n"
            "engine = sqlalchemy.create_engine(%r)" % (self.values["other"], self.values["url"]) + RUN)
        (self.root / "way").write_text("two")
        self.migration("a", None, "op.execute('CREATE TABLE made (x int)')")
        self.begin(env=True)
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertIn("two.py:", ran["told"][0])
        self.assertEqual(self.harm(), [])

    def test_temporary_files_of_the_run_are_its_own(self):
        folder = self.root / "strata-run-1"
        folder.mkdir()
        os.environ["TMPDIR"] = str(folder)
        self.addCleanup(os.environ.pop, "TMPDIR", None)
        self.migration("a", None, "import sqlite3, tempfile, os, socket\n"
                                  "sqlite3.connect(os.path.join(tempfile.gettempdir(), 'cache.db')).execute('CREATE TABLE x (y)')\n"
                                  "s = socket.socket(socket.AF_UNIX); s.bind(tempfile.gettempdir() + '/s'); s.listen()\n"
                                  "socket.socket(socket.AF_UNIX).connect(tempfile.gettempdir() + '/s')")
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual((ran["reply"], ran.get("told")), ("ran", []), ran)

    def test_a_database_in_memory_is_anybodys(self):
        self.migration("a", None, "import sqlalchemy, sqlite3\nsqlite3.connect(':memory:').execute('CREATE TABLE x (y)')\n"
                                  "e = sqlalchemy.create_engine('sqlite://')\nwith e.begin() as c: c.exec_driver_sql('CREATE TABLE x (y)')\n"
                                  "with e.begin() as c: c.exec_driver_sql('INSERT INTO x VALUES (1)')")
        self.begin()
        ran = self.run_way("a")[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertEqual(ran["told"], [])
