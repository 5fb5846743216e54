"""What a project's modules are imported from, and what its packages do the same way every time."""
import unittest

from strata_bridge import packages
from strata_bridge.protocol import RequestError
from support import BridgeTest


class Packages(BridgeTest):
    def test_finds_modules_on_the_paths_it_is_given(self):
        (self.root / "lib").mkdir()
        (self.root / "lib/shop_models.py").write_text("NAME = 'shop'\n")
        self.migration("a", None, "op.execute('CREATE TABLE %s (x)' % NAME)", head="from shop_models import NAME\n")
        self.open(paths=[str(self.root / "lib")])
        self.bridge.run(self.database, ["a"])
        self.assertEqual(self.ask_database("SELECT count(*) FROM shop"), [(0,)])

    def test_a_folder_beside_the_migrations_cannot_hide_a_package(self):
        (self.versions.parent / "__init__.py").write_text("")
        (self.versions.parent.parent / "json.py").write_text("raise RuntimeError('hidden')\n")
        self.migration("a", None, "import json, http.cookiejar")
        self.open()
        self.assertEqual(self.bridge.run(self.database, ["a"])[0]["reply"], "ran")

    def test_rebuilds_a_table_the_same_way_every_time(self):
        columns = ", ".join("sa.Column('c%d', sa.Integer, index=True)" % n for n in range(8))
        keys = ", ".join("sa.ForeignKeyConstraint(['c%d'], ['p.id'], name='fk%d')" % (n, n) for n in range(8))
        self.migration("a", None, "op.create_table('p', sa.Column('id', sa.Integer, primary_key=True))\n"
                       "op.create_table('t', %s, %s)\n" % (columns, keys) +
                       "with op.batch_alter_table('t') as batch:\n    batch.add_column(sa.Column('x', sa.Text))\n"
                       "    batch.alter_column('c1', nullable=False)\n")
        self.open()
        self.bridge.run(self.database, ["a"])
        sql = self.ask_database("SELECT sql FROM sqlite_schema WHERE name = 't'")[0][0]
        found = [sql.index("fk%d" % n) for n in range(8)]
        self.assertIn(found, (sorted(found), sorted(found, reverse=True)))
        names = [row[0] for row in self.ask_database(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't' ORDER BY rowid")]
        self.assertIn(names, (sorted(names), sorted(names, reverse=True)))


class Versions(unittest.TestCase):
    def test_older_ones_than_can_be_stepped_are_refused_by_name(self):
        for package, version in (("alembic", "1.3.3"), ("sqlalchemy", "1.2.19"), ("alembic", "0.9")):
            with self.assertRaises(RequestError) as raised:
                packages.check_version(package, version)
            self.assertIn(version, str(raised.exception))
        for package, version in (("alembic", "1.4"), ("alembic", "1.20.1"), ("sqlalchemy", "2.1.0b2"), ("sqlalchemy", "1.3.24")):
            packages.check_version(package, version)
