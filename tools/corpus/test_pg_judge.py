"""Tests that the PostgreSQL judge finds what is planted, and nothing where nothing is.

    python test_pg_judge.py
"""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pg_cluster import Cluster, NoServer  # noqa: E402

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pg_judge.py")
BASE = """
CREATE ROLE reader;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE a (id serial PRIMARY KEY, m mood DEFAULT 'sad', t text COLLATE "C", CHECK (t <> ''));
CREATE TABLE b (a_id int REFERENCES a ON DELETE CASCADE, n numeric(10, 2), at timestamptz);
CREATE TABLE "Odd ""name" (x int, "Y" text);
CREATE TABLE part (k int, v text) PARTITION BY LIST (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE UNIQUE INDEX ia ON a (lower(t)) WHERE id > 7;
CREATE VIEW v AS SELECT id FROM a;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER tr BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION f();
COMMENT ON TABLE a IS 'first';
GRANT SELECT ON a TO reader;
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
INSERT INTO a (m, t) VALUES ('glad', 'x'), ('sad', 'y'), ('sad', NULL);
INSERT INTO b VALUES (1, 1.50, '2024-05-01 12:00+02'), (1, 1.50, '2024-05-01 12:00+02');
INSERT INTO "Odd ""name" VALUES (1, E'line\\nbreak');
INSERT INTO part VALUES (1, 'p');
"""
# What is done to one of two equal databases, and what must be told of it.
SCHEMA = [
    ("ALTER TYPE mood ADD VALUE 'so so'", "so so"), ("ALTER TABLE a ALTER m DROP DEFAULT", "DEFAULT"),
    ("ALTER TABLE a ADD CONSTRAINT c CHECK (id > 0) NOT VALID", "NOT VALID"),
    ("DROP INDEX ia; CREATE UNIQUE INDEX ia ON a (lower(t)) WHERE id > 8", "> 8"),
    ("DROP INDEX ia; CREATE INDEX ia ON a (lower(t)) WHERE id > 7", "UNIQUE"),
    ("ALTER TABLE b DROP CONSTRAINT b_a_id_fkey; ALTER TABLE b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) "
     "REFERENCES a", "CASCADE"),
    ("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$", "OLD"),
    ("ALTER TABLE b DISABLE TRIGGER tr", "DISABLE TRIGGER"), ("COMMENT ON TABLE a IS 'second'", "second"),
    ("GRANT UPDATE ON a TO reader", "UPDATE"), ("ALTER TABLE a DISABLE ROW LEVEL SECURITY", "ROW LEVEL"),
    ("CREATE OR REPLACE VIEW v AS SELECT id + 0 AS id FROM a", "+ 0"),
    ("ALTER TABLE b ALTER n TYPE numeric(10, 3)", "numeric(10,3)"), ("ALTER VIEW v OWNER TO reader", "OWNER"),
    ("ALTER TABLE b DROP a_id; ALTER TABLE b ADD a_id int REFERENCES a ON DELETE CASCADE", "a_id"),
    ("ALTER TABLE a ALTER t SET STATISTICS 50", "STATISTICS"), ("ALTER TABLE b SET UNLOGGED", "UNLOGGED"),
    ("ALTER TABLE part DETACH PARTITION part1", "PARTITION"), ("ALTER SEQUENCE a_id_seq CYCLE", "CYCLE"),
]
ROWS = [
    ("UPDATE a SET t = '' || t || ' ' WHERE id = 1", "rows public.a"), ("DELETE FROM b WHERE ctid = '(0,2)'", "rows public.b: only in the first"),
    ("UPDATE a SET t = 'NULL' WHERE t IS NULL", "rows public.a"), ("INSERT INTO part VALUES (1, 'q')", "public.part1"),
    ('UPDATE "Odd ""name" SET "Y" = E\'line\\n break\'', "rows public.Odd"), ("SELECT nextval('a_id_seq')", "sequence"),
    ("UPDATE b SET at = at + interval '1 microsecond'", "rows public.b"), ("UPDATE b SET n = 1.51", "1.51"),
]


class PlantedDifferences(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            cls.cluster = Cluster().__enter__()
        except NoServer as problem:
            raise unittest.SkipTest(str(problem))
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.first = cls.cluster.create("first")
        cls.cluster.psql("first", BASE)
        cls.count = 0

    def judged(self, change, *options):
        type(self).count += 1
        name = "second%d" % self.count
        second = self.cluster.create(name, like="first")
        self.cluster.psql(name, change)
        done = subprocess.run([sys.executable, JUDGE, self.first, second, *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertNotEqual(done.returncode, 2, done.stderr)
        self.cluster.psql("postgres", 'DROP DATABASE "%s"' % name)
        return done.returncode, done.stdout

    def test_equal_databases_are_equal(self):
        self.assertEqual(self.judged("SELECT 1", "--rows"), (0, ""))
        # Other bytes on disk, another order of rows.
        self.assertEqual(self.judged("UPDATE b SET n = n; UPDATE a SET t = t; VACUUM FULL", "--rows"), (0, ""))

    def test_every_difference_of_the_schema_is_told(self):
        for change, told in SCHEMA:
            with self.subTest(change):
                code, text = self.judged(change)
                self.assertEqual(code, 1)
                self.assertIn(told, text)

    def test_every_difference_of_the_rows_is_told_when_asked_for(self):
        for change, told in ROWS:
            with self.subTest(change):
                self.assertEqual(self.judged(change)[0], 0)
                code, text = self.judged(change, "--rows")
                self.assertEqual(code, 1)
                self.assertIn(told, text)

    def test_what_varies_can_be_left_out(self):
        change = "UPDATE b SET at = now(); UPDATE a SET t = 'z'; CREATE TABLE extra ()"
        self.assertEqual(
            self.judged(change, "--rows", "--ignore-column", "b.at", "--ignore-table", "public.a", "--exclude", "extra"),
            (0, ""))

    def test_what_cannot_be_read_is_neither(self):
        done = subprocess.run([sys.executable, JUDGE, self.first, self.cluster.url("nowhere")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("nowhere", done.stderr)


if __name__ == "__main__":
    unittest.main()
