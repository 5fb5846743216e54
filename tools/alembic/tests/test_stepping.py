"""Which revisions run, in which order, and what is told of each."""
import sqlite3

from support import BridgeTest


class Run(BridgeTest):
    def test_steps_branches_merges_and_dependencies_as_alembic_does(self):
        self.migration("root", None, "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))")
        self.migration("left", "root", "op.add_column('a', sa.Column('l', sa.Text))", labels=("side",))
        self.migration("right", "root", "op.add_column('a', sa.Column('r', sa.Text))")
        self.migration("merge", ("left", "right"), "pass")
        self.migration("other", None, "op.create_table('o', sa.Column('id', sa.Integer))", depends_on="side")
        self.assertEqual(self.open()["reply"], "opened")
        expected = [("root", ["root"]), ("left", ["left"]), ("right", ["left", "right"]),
                    ("merge", ["merge"]), ("other", ["merge", "other"])]
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=[r for r, _ in expected])
        for revision, heads in expected:
            self.assertEqual(self.bridge.reply()["id"], revision)
            self.assertEqual(self.heads(), heads)
            self.bridge.send(op="next")
        self.assertEqual(self.bridge.reply(), {"reply": "finished"})

    def test_lets_a_dependency_replace_the_head_it_depends_on(self):
        self.migration("one", None, "pass")
        self.migration("two", None, "pass", depends_on="one")
        self.open()
        self.bridge.run(self.database, ["one", "two"])
        self.assertEqual(self.heads(), ["two"])

    def test_leaves_the_database_unlocked_between_revisions(self):
        self.migration("a", None, "op.execute('CREATE TABLE t (x)')\nop.execute('INSERT INTO t VALUES (1)')")
        self.migration("b", "a", "op.execute('DELETE FROM t')")
        self.open()
        self.bridge.send(op="run", url="sqlite:///%s" % self.database, revisions=["a", "b"])
        self.assertEqual(self.bridge.reply()["reply"], "ran")
        connection = sqlite3.connect(str(self.database), timeout=0)
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
        connection.close()
        self.bridge.send(op="stop")
        self.assertEqual(self.bridge.reply(), {"reply": "finished"})
        self.assertEqual(self.ask_database("SELECT count(*) FROM t"), [(1,)])

    def test_another_request_ends_a_run(self):
        self.migration("a", None, "pass")
        self.open()
        self.bridge.ask(op="run", url="sqlite:///%s" % self.database, revisions=["a"])
        self.assertEqual(self.bridge.ask(op="dance")["code"], "bad-request")

    def test_knows_only_the_revisions_of_the_folder(self):
        self.migration("abcdef", None, "pass")
        self.open()
        for wrong in ("nope", "abcd", "head"):
            reply = self.bridge.run(self.database, [wrong])[0]
            self.assertEqual((reply["reply"], reply["code"]), ("error", "unknown-revision"))

    def test_refuses_a_graph_that_alembic_refuses(self):
        self.migration("a", "b", "pass")
        self.migration("b", "a", "pass")
        self.assertEqual(self.open()["code"], "bad-graph")
