"""What is told of the statements that a migration executes."""
import json

from support import BridgeTest, PostgreSQLTest, drivers


class Statements(BridgeTest):
    def test_tells_definitions_copies_and_templates_but_no_values(self):
        self.migration("a", None, """
            op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('s', sa.Text))
            t = sa.table('t', sa.column('id', sa.Integer), sa.column('s', sa.Text))
            op.bulk_insert(t, [{'id': n, 's': 'secret'} for n in range(3)])
            op.get_bind().execute(sa.text('SELECT * FROM t')).fetchall()
            op.get_bind().execute(sa.text("UPDATE t SET s = :s"), {'s': 'secret'})
            cursor = op.get_bind().connection.cursor()
            cursor.execute("INSERT INTO t VALUES (7, 'secret'), (8, ?)", ('secret',))
            cursor.execute("CREATE INDEX i ON t (id)")
            with op.batch_alter_table('t') as batch:
                batch.alter_column('s', new_column_name='z')
            """)
        self.open()
        ran = self.bridge.run(self.database, ["a"])[0]
        self.assertEqual(ran["reply"], "ran", ran)
        self.assertNotIn("secret", json.dumps(ran))
        told = [(" ".join(entry["sql"].split()), entry["count"]) for entry in ran["statements"]]
        self.assertEqual([(sql[:24], count) for sql, count in told], [
            ("CREATE TABLE t ( id INTE", 1), ("INSERT INTO t (id, s) VA", 3),
            ("UPDATE t SET s = ?", 1), ("INSERT INTO t VALUES (?,", 1), ("CREATE INDEX i ON t (id)", 1),
            ("CREATE TABLE _alembic_tm", 1), ("INSERT INTO _alembic_tmp", 1),
            ("DROP TABLE t", 1), ("ALTER TABLE _alembic_tmp", 1), ("CREATE INDEX i ON t (id)", 1)])
        self.assertIn("SELECT", told[6][0])


class StatementsOnPostgreSQL(PostgreSQLTest):
    def test_tells_what_is_executed_past_sqlalchemy(self):
        self.migration("a", None, """
            import io
            cursor = op.get_bind().connection.cursor()
            cursor.execute("CREATE TABLE t (a int, b text)")
            cursor.execute("INSERT INTO t VALUES (7, 'secret'), (8, %s)", ('secret',))
            cursor.execute("SELECT ARRAY['secret']")
            cursor.execute("UPDATE t SET b = ARRAY['secret', $$secret$$, E'\\\\'secret']::text")
            if hasattr(cursor, 'copy_expert'):
                cursor.copy_expert("COPY t FROM stdin", io.StringIO("1\\tx\\n"))
            else:
                with cursor.copy("COPY t FROM stdin") as copy:
                    copy.write("1\\tx\\n")
            """)
        for driver in [name for name in drivers() if name != "asyncpg"]:
            with self.subTest(driver):
                self.only(driver)
                self.name = self.server.database()
                self.url = self.server.url(self.name)
                self.open()
                ran = self.run_all(["a"])[0]
                self.assertEqual(ran["reply"], "ran", ran)
                self.assertEqual([entry["sql"] for entry in ran["statements"]], [
                    "CREATE TABLE t (a int, b text)", "INSERT INTO t VALUES (?, ?), (?, %s)",
                    "UPDATE t SET b = ARRAY[?, ?, ?]::text", "COPY t FROM stdin"])
