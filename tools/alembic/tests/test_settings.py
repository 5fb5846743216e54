import contextlib
import shutil
import sqlite3
import textwrap

from support import BridgeTest, PostgreSQLTest
from test_environment import TEMPLATE


def left(reply):
    return [one.split(" set for")[0][len("it leaves "):] for one in reply["told"] if one.startswith("it leaves")]


class OnSQLite(BridgeTest):
    def test_foreign_keys_that_stay_on_are_told(self):
        self.migration("a", None, "op.execute('PRAGMA foreign_keys=ON')")
        self.migration("b", "a", "op.execute('PRAGMA foreign_keys=ON')\nop.execute('PRAGMA foreign_keys=OFF')")
        self.open()
        replies = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([left(one) for one in replies[:2]], [["PRAGMA foreign_keys"], []], replies)

    def test_foreign_keys_that_one_migration_turns_on_hold_for_the_next(self):
        for env in (False, True):
            for setting, left_over in (("ON", 0), ("OFF", 1)):
                with self.subTest(setting, env=env):
                    database = self.versions.parent / ("%s%s.db" % (setting, env))
                    (self.versions.parent / "env.py").write_text(TEMPLATE.format(head="", options="", url="sqlite:///own.db"))
                    self.migration("a", None, textwrap.dedent("""
                        op.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
                        op.execute("CREATE TABLE c (p REFERENCES p ON DELETE CASCADE)")
                        op.execute("PRAGMA foreign_keys=%s")
                        """ % setting))
                    self.migration("b", "a", "op.execute('INSERT INTO p VALUES (1)')\nop.execute('INSERT INTO c VALUES (1)')")
                    self.migration("c", "b", "op.execute('DELETE FROM p')")
                    self.open(env=env)
                    self.bridge.run(database, ["a", "b", "c"])
                    with contextlib.closing(sqlite3.connect(database)) as connection:
                        self.assertEqual(connection.execute("SELECT count(*) FROM c").fetchone()[0], left_over)

    def test_what_decides_about_later_rows_holds_for_the_next(self):
        self.migration("a", None, textwrap.dedent("""
            op.execute("CREATE TABLE t (v TEXT CHECK (v <> 'x'))")
            op.execute("INSERT INTO t VALUES ('A')")
            op.execute("CREATE TRIGGER r AFTER INSERT ON t WHEN NEW.v = 'y' BEGIN INSERT INTO t VALUES ('y2'); END")
            op.execute("CREATE TRIGGER s AFTER INSERT ON t WHEN NEW.v = 'y2' BEGIN INSERT INTO t VALUES ('y'); END")
            """))
        for pragma, statement, alone, after in (
                ("case_sensitive_like", "UPDATE t SET v = 'b' WHERE v LIKE 'a'", ["b"], ["A"]),
                ("ignore_check_constraints", "INSERT OR IGNORE INTO t VALUES ('x')", ["A"], ["A", "x"])):
            for env in (False, True):
                for value, expected in (("ON", after), ("OFF", alone)):
                    with self.subTest(pragma, env=env, value=value):
                        database = self.versions.parent / ("%s%s%s.db" % (pragma, env, value))
                        (self.versions.parent / "env.py").write_text(TEMPLATE.format(head="", options="", url="sqlite:///own.db"))
                        self.migration("b", "a", "op.execute('PRAGMA %s=%s')" % (pragma, value))
                        self.migration("c", "b", "op.execute(%r)" % statement)
                        self.open(env=env)
                        replies = self.bridge.run(database, ["a", "b", "c"])
                        with contextlib.closing(sqlite3.connect(database)) as connection:
                            rows = [row[0] for row in connection.execute("SELECT v FROM t ORDER BY v")]
                        self.assertEqual(rows, expected)
                        self.assertEqual(left(replies[1]), ["PRAGMA " + pragma] if value == "ON" else [])

    def test_each_child_has_what_its_parent_left_in_a_copy_of_its_database_too(self):
        for env in (False, True):
            with self.subTest(env=env):
                first, second = (self.versions.parent / ("%s%s.db" % (name, env)) for name in ("first", "second"))
                (self.versions.parent / "env.py").write_text(TEMPLATE.format(head="", options="", url="sqlite:///own.db"))
                self.migration("a", None, textwrap.dedent("""
                    op.execute("CREATE TABLE t (v TEXT)")
                    op.execute("INSERT INTO t VALUES ('A')")
                    op.execute("PRAGMA case_sensitive_like=ON")
                    """))
                update = "op.execute(\"UPDATE t SET v = '%s' WHERE v LIKE 'a'\")"
                self.migration("b", "a", update % "b")
                self.migration("c", "a", update % "c")
                self.open(env=env)
                self.bridge.run(first, ["a"])
                shutil.copy(first, second)
                self.bridge.run(second, ["b"])
                self.bridge.run(first, ["c"])
                for database in (first, second):
                    with contextlib.closing(sqlite3.connect(database)) as connection:
                        self.assertEqual(connection.execute("SELECT v FROM t").fetchall(), [("A",)], database)

    def test_what_env_py_sets_is_not_the_migrations(self):
        (self.versions.parent / "env.py").write_text(TEMPLATE.format(
            head="", options="", url="sqlite:///own.db").replace(
                "    context.configure", "    connection.execute(text('PRAGMA foreign_keys=ON'))\n    context.configure"))
        self.migration("a", None, "op.execute('PRAGMA foreign_keys=ON')")
        self.open(env=True)
        self.assertEqual(left(self.bridge.run(self.database, ["a"])[0]), [])


class OnPostgreSQL(PostgreSQLTest):
    def test_what_stays_set_is_told(self):
        for setting, names in (
                ("SET search_path TO app, public", ["search_path"]),
                ("SET LOCAL search_path TO app, public", []),
                ("SET app.tenant = 'one'", ["app.tenant"]),
                ("SELECT set_config('app.tenant', 'one', false)", ["app.tenant"]),
                ("DO $$ BEGIN PERFORM set_config('Shop.Tenant.Id', 'one', false); END $$", ["shop.tenant.id"]),
                ("SELECT set_config('timezone', 'America/New_York', false)", ["TimeZone"]),
                ("SET timezone TO 'America/New_York'; RESET timezone", []),
                ("SET lock_timeout = '5s'", []),
                ("UPDATE app.t SET a = 1", [])):
            for env in (False, True):
                with self.subTest(setting, env=env):
                    self.name = self.server.database()
                    self.url = self.server.url(self.name)
                    (self.versions.parent / "env.py").write_text(TEMPLATE.format(
                        head="", options="", url="postgresql://nobody@nowhere/shop").replace(
                            "    context.configure",
                            "    connection.execute(text('SET DateStyle TO German'))\n    context.configure"))
                    self.migration("a", None, textwrap.dedent("""
                        op.execute("CREATE SCHEMA app")
                        op.execute("CREATE TABLE app.t (a int)")
                        op.execute(%r)
                        """ % setting))
                    self.open(env=env)
                    replies = self.run_all(["a"])
                    # env.py has one transaction for all of a run here, so that this lasts, too.
                    if env and "LOCAL" in setting:
                        names = ["search_path"]
                    self.assertEqual(left(replies[0]), names, replies)

    def test_each_child_has_what_its_parent_left_in_a_copy_of_its_database_too(self):
        for env in (False, True):
            with self.subTest(env=env):
                first, second = self.server.database(), "copy_%s" % str(env).lower()
                (self.versions.parent / "env.py").write_text(TEMPLATE.format(
                    head="", options="", url="postgresql://nobody@nowhere/shop"))
                self.migration("a", None, "op.execute('CREATE SCHEMA app')\nop.execute('SET search_path TO app, public')")
                self.migration("b", "a", "op.execute('CREATE TABLE tb (x int)')\nop.execute('SET search_path TO public')")
                self.migration("c", "a", "op.execute('CREATE TABLE tc (x int)')")
                self.migration("d", ("b", "c"), "op.execute('CREATE TABLE td (x int)')")
                self.open(env=env)
                self.name, self.url = first, self.server.url(first)
                self.run_all(["a"])
                for process in self.at_rest():
                    self.server.ask("postgres", "SELECT pg_terminate_backend(%s)" % process)
                self.assertEqual(self.connected(), [])
                self.server.ask("postgres", "CREATE DATABASE %s TEMPLATE \"%s\"" % (second, first))
                for name, revisions in ((second, ["b"]), (first, ["c"]), (first, ["b", "d"])):
                    self.name, self.url = name, self.server.url(name)
                    self.run_all(revisions)
                for name, expected in ((second, ["app.tb"]), (first, ["app.tb", "app.tc", "public.td"])):
                    self.name, self.url = name, self.server.url(name)
                    self.assertEqual(self.ask_database(
                        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tablename LIKE 't_' ORDER BY 1"), expected)

    def test_a_type_that_one_copy_has_is_made_in_the_other_too(self):
        table = "op.create_table(%r, sa.Column('s', sa.Enum('x', name=%r)))"
        for env in (False, True):
            with self.subTest(env=env):
                first, second = self.server.database(), "typed_%s" % str(env).lower()
                (self.versions.parent / "env.py").write_text(TEMPLATE.format(
                    head="", options="", url="postgresql://nobody@nowhere/shop"))
                self.migration("a", None, table % ("ta", "ea"))
                self.migration("b", "a", table % ("tb", "eb"))
                self.migration("c", "a", table % ("tc", "ec"))
                self.migration("d", ("b", "c"), table % ("td", "eb"))
                self.open(env=env)
                self.name, self.url = first, self.server.url(first)
                self.run_all(["a"])
                for process in self.at_rest():
                    self.server.ask("postgres", "SELECT pg_terminate_backend(%s)" % process)
                self.server.ask("postgres", "CREATE DATABASE %s TEMPLATE \"%s\"" % (second, first))
                for name, revisions in ((second, ["b"]), (first, ["c"]), (first, ["b", "d"])):
                    self.name, self.url = name, self.server.url(name)
                    self.assertEqual([one["reply"] for one in self.run_all(revisions)][:-1], ["ran"] * len(revisions))
                self.assertEqual(self.ask_database("SELECT typname FROM pg_type WHERE typtype = 'e' ORDER BY 1"), ["ea", "eb", "ec"])

    def test_what_one_migration_sets_the_next_one_has(self):
        for env in (False, True):
            for setting, shown, expected in (
                    ("SET search_path TO app, public", "search_path", "app, public"),
                    ("SET app.tenant = 'one'", "app.tenant", "one"),
                    ("SET DateStyle TO 'SQL, DMY'", "DateStyle", "SQL, DMY"),
                    ("""SELECT set_config('search_path', '"it''s \\ 7", public', false)""", "search_path",
                     '"it\'s \\ 7", public'),
                    ("SET ROLE guest", "role", "guest"),
                    ("SET ROLE guest; RESET ROLE", "role", "none"),
                    ("CALL app.german()", "DateStyle", "German, DMY"),
                    ("SET LOCAL TimeZone TO 'Asia/Tokyo'", "TimeZone", None)):
                with self.subTest(setting, env=env):
                    self.name = self.server.database()
                    self.url = self.server.url(self.name)
                    (self.versions.parent / "env.py").write_text(TEMPLATE.format(
                        head="", options="", url="postgresql://nobody@nowhere/shop"))
                    self.migration("a", None, textwrap.dedent("""
                        op.execute("CREATE SCHEMA app")
                        op.execute("CREATE PROCEDURE app.german() LANGUAGE sql AS 'SET DateStyle = German'")
                        op.execute("DO $$ BEGIN CREATE ROLE guest SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END $$")
                        op.execute("CREATE TABLE app.seen AS SELECT current_setting('TimeZone') AS was")
                        op.execute(%r)
                        """ % setting))
                    self.migration("b", "a", "op.execute('CREATE TABLE public.b (a int)')")
                    self.migration("c", "b", textwrap.dedent("""
                        op.execute("INSERT INTO app.seen VALUES (current_setting(%r))")
                        """ % shown))
                    self.open(env=env)
                    self.run_all(["a", "b", "c"])
                    first, last = self.ask_database("SELECT was FROM app.seen")
                    # env.py has one transaction for all of a run here, --no-env one for each.
                    local = "Asia/Tokyo" if env else first
                    self.assertEqual(last, local if expected is None else expected)
