"""Several revisions in one run of env.py."""
import textwrap

from support import Bridge, PostgreSQLTest, drivers

ENV = """
from alembic import context
from sqlalchemy import create_engine, text
print("env.py", flush=True)
engine = create_engine("postgresql://nobody@nowhere/none")
%s
"""
ONE = """
with engine.connect() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS runs (n serial)"))
    connection.execute(text("INSERT INTO runs DEFAULT VALUES"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=%s)
    with context.begin_transaction():
        context.run_migrations()
"""
LOOP = """
for tenant in ("one", "two"):
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS runs (n serial)"))
        connection.execute(text("INSERT INTO runs DEFAULT VALUES"))
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS " + tenant))
        connection.execute(text("SET search_path TO " + tenant))
        connection.commit()
        context.configure(connection=connection, version_table_schema=tenant)
        with context.begin_transaction():
            context.run_migrations()
"""


class Together(PostgreSQLTest):
    def start(self, env):
        self.name = self.server.database()
        self.url = self.server.url(self.name)
        (self.versions.parent / "env.py").write_text(ENV % env)
        self.migration("a", None, "op.execute('CREATE TABLE t (x int)')")
        self.migration("b", "a", "op.execute('ALTER TABLE t ADD y int')")
        self.migration("c", "b", "op.execute('INSERT INTO t VALUES (1, 2)')")

    def run_together(self, revisions=("a", "b", "c"), is_open=False):
        if not is_open:
            self.assertEqual(self.open(env=True)["reply"], "opened")
        replies = [self.bridge.ask(op="run", url=self.url, revisions=list(revisions), together=True)]
        while replies[-1]["reply"] == "ran":
            is_last = replies[-1]["id"] == revisions[-1]
            replies.append(self.bridge.ask(op="stop" if is_last else "next"))
        return replies

    def test_runs_env_py_once_and_tells_of_each(self):
        for mode in ("False", "True"):
            with self.subTest(transaction_per_migration=mode):
                self.start(ONE % mode)
                replies = self.run_together()
                self.assertEqual([one.get("id") for one in replies], ["a", "b", "c", None], replies)
                self.assertEqual(replies[1]["statements"], [{"sql": "ALTER TABLE t ADD y int", "count": 1}])
                self.assertEqual([one.get("times") for one in replies], [1, 1, 1, None])
                self.assertEqual(self.ask_database("SELECT n FROM runs"), ["1"])
                self.assertEqual(self.ask_database("SELECT version_num FROM alembic_version"), ["c"])

    def test_runs_all_of_them_for_each_schema_of_a_loop(self):
        self.start(LOOP)
        replies = self.run_together()
        self.assertEqual([one.get("times") for one in replies], [2, 2, 2, None], replies)
        self.assertEqual(self.ask_database("SELECT count(*) FROM runs"), ["2"])
        for tenant in ("one", "two"):
            self.assertEqual(self.ask_database("SELECT x, y FROM %s.t" % tenant), ["1|2"])
            self.assertEqual(self.ask_database("SELECT version_num FROM %s.alembic_version" % tenant), ["c"])

    def test_that_do_not_run_in_one_transaction_are_run_one_by_one(self):
        bodies = {
            "a value of an enum": ("op.execute(\"CREATE TYPE e AS ENUM ('a')\")", "op.execute(\"ALTER TYPE e ADD VALUE 'b'\")",
                                   "op.execute(\"CREATE TABLE v AS SELECT 'b'::e AS e\")"),
            "an engine of its own": ("op.execute('CREATE TABLE v (e text)')", "op.execute(\"INSERT INTO v VALUES ('b')\")", """
                import sqlalchemy
                with sqlalchemy.create_engine("postgresql://nobody@nowhere/none").connect() as other:
                    seen = other.execute(sa.text("SELECT count(*) FROM v")).scalar()
                assert seen == 1
                """),
            "one whose failure it swallows": ("op.execute('CREATE TABLE v (e text)')", "op.execute(\"INSERT INTO v VALUES ('b')\")", """
                import sqlalchemy
                try:
                    with sqlalchemy.create_engine("postgresql://nobody@nowhere/none").connect() as other:
                        seen = other.execute(sa.text("SELECT count(*) FROM v")).scalar()
                except Exception:
                    seen = 0
                op.execute("UPDATE v SET e = 'b' WHERE %d = 1" % seen)
                op.execute("DELETE FROM v WHERE %d = 0" % seen)
                """),
            "a driver's connection that would wait": ("op.execute('CREATE TABLE v (e text)')", "op.execute(\"INSERT INTO v VALUES ('b')\")", """
                import os, psycopg2
                other = psycopg2.connect(op.get_bind().engine.url.set(drivername="postgresql").render_as_string())
                other.cursor().execute("ALTER TABLE v ADD f int")
                other.commit()
                other.close()
                """),
        }
        for name, (first, second, third) in bodies.items():
            with self.subTest(name):
                self.start(ONE % "False")
                for revision, parent, body in (("a", None, first), ("b", "a", second), ("c", "b", third)):
                    self.migration(revision, parent, body)
                replies = self.run_together()
                self.assertEqual([one.get("id") for one in replies], ["a", "b", "c", None], replies)
                self.assertEqual([len(one["statements"]) for one in replies[:2]], [3, 3], "env.py's own, and its")
                self.assertEqual(self.ask_database("SELECT e FROM v"), ["b"])
                # The whole, and then each.
                self.assertEqual(self.ask_database("SELECT count(*) FROM runs"), ["4"])

    def test_a_type_that_a_try_made_is_made_again(self):
        self.start(ONE % "False")
        self.migration("a", None, "op.create_table('t', sa.Column('s', sa.Enum('a', name='e')))")
        self.migration("b", "a", """
            op.create_table('u', sa.Column('s', sa.Enum('x', name='f')))
            op.execute("ALTER TYPE e ADD VALUE 'b'")
            """)
        self.migration("c", "b", "op.execute(\"INSERT INTO t VALUES ('b')\")")
        self.run_together(["a"])
        replies = self.run_together(["b", "c"], is_open=True)
        self.assertEqual([one.get("id") for one in replies], ["b", "c", None], replies)
        self.assertEqual(self.ask_database("SELECT s FROM t"), ["b"])

    def test_that_fails_names_the_one_that_does(self):
        for mode, told in (("False", ["a"]), ("True", ["a"])):
            with self.subTest(transaction_per_migration=mode):
                self.start(ONE % mode)
                self.migration("b", "a", "op.execute('ALTER TABLE nowhere ADD y int')")
                replies = self.run_together()
                self.assertEqual([(one["reply"], one["id"]) for one in replies], [("ran", "a"), ("failed", "b")], replies)
                self.assertIn("nowhere", replies[1]["error"])
                self.assertEqual(replies[1]["statement"], "ALTER TABLE nowhere ADD y int")
                self.assertEqual(self.ask_database("SELECT version_num FROM alembic_version"), told)

    def test_a_half_of_one_that_was_committed_is_not_run_again(self):
        for mode in ("False", "True"):
            with self.subTest(transaction_per_migration=mode):
                self.start(ONE % mode)
                self.migration("b", "a", """
                    with op.get_context().autocommit_block():
                        op.execute('CREATE INDEX CONCURRENTLY i ON t (x)')
                    op.execute('ALTER TABLE nowhere ADD y int')
                    """)
                replies = self.run_together()
                self.assertEqual(replies[-1]["reply"], "failed", replies)
                self.assertIn("nowhere", replies[-1]["error"])

    def test_blocks_without_a_transaction_between_others_are_what_they_are_alone(self):
        self.start(ONE % "False")
        self.migration("b", "a", """
            with op.get_context().autocommit_block():
                op.execute('CREATE INDEX CONCURRENTLY i ON t (x)')
            """)
        self.migration("c", "b", "op.execute('ALTER TABLE t ADD y int')")
        self.assertEqual([one.get("id") for one in self.run_together()], ["a", "b", "c", None])
        self.assertEqual(self.ask_database("SELECT count(*) FROM runs"), ["1"])

    def test_one_that_ends_the_program_is_one_that_fails(self):
        for mode in ("False", "True"):
            with self.subTest(transaction_per_migration=mode):
                self.start(ONE % mode)
                self.migration("b", "a", "op.execute('ALTER TABLE t ADD y int')\nraise SystemExit(0)")
                replies = self.run_together()
                self.assertEqual([(one["reply"], one["id"]) for one in replies], [("ran", "a"), ("failed", "b")], replies)
                self.assertIn("ends the program", replies[1]["error"])

    def test_counters_are_where_they_would_be_without_the_try(self):
        counter = """ '"it''s"' """
        for driver in drivers():
            with self.subTest(driver):
                self.only(driver)
                self.start(ONE % "False")
                for revision, parent, statements in (
                        ("a", None, ["CREATE TABLE n (n serial)", 'CREATE SEQUENCE "it\'s" START 7',
                                     "SELECT setval(%s, 12, false)" % counter, "CREATE TYPE e AS ENUM ('a')"]),
                        ("b", "a", ["INSERT INTO n DEFAULT VALUES", "SELECT nextval(%s)" % counter,
                                    "ALTER TYPE e ADD VALUE 'b'"]),
                        ("c", "b", ["INSERT INTO n DEFAULT VALUES", "CREATE TABLE v AS SELECT 'b'::e AS e"])):
                    self.migration(revision, parent, "\n".join("op.execute(%r)" % one for one in statements))
                self.run_together(["a"])
                replies = self.run_together(["b", "c"])
                self.assertEqual([one.get("id") for one in replies], ["b", "c", None], replies)
                self.assertEqual(self.ask_database("SELECT n FROM n ORDER BY n"), ["1", "2"])
                self.assertEqual(
                    self.ask_database('SELECT last_value, is_called FROM "it\'s"'), ["12|t"])
