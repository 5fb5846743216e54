"""All walls against every way. The table of docs/SECURITY.md is what is found here; STRATA_WRITE_DOCS=1
writes it anew."""
import os
from pathlib import Path

from wall_support import Matrix, OnPostgreSQL, OnSQLite
from ways import ENV_WAYS, POSTGRESQL_WAYS, SQLITE_WAYS

SECURITY = Path(__file__).resolve().parents[3] / "docs/SECURITY.md"
BEGIN, END = "<!-- made by: tools/alembic/tests/test_ways.py -->", "<!-- end -->"


class Ways(OnSQLite):
    def test_env_py_never_reaches_the_projects_own_database(self):
        self.check(self.try_env(ENV_WAYS), "SQLite, env.py")

    def test_a_migration_never_reaches_another_database(self):
        self.check(self.try_migrations(SQLITE_WAYS), "SQLite, migration without env.py")

    def test_a_migration_under_env_py_never_reaches_another_database(self):
        self.check(self.try_migrations(SQLITE_WAYS, env=True), "SQLite, migration under env.py")


class WaysOnPostgreSQL(OnPostgreSQL):
    def test_env_py_never_reaches_the_projects_own_database(self):
        self.check(self.try_env(ENV_WAYS), "PostgreSQL, env.py")

    def test_a_migration_never_reaches_another_database(self):
        self.check(self.try_migrations(POSTGRESQL_WAYS), "PostgreSQL, migration without env.py")

    def test_a_migration_under_env_py_never_reaches_another_database(self):
        self.check(self.try_migrations(POSTGRESQL_WAYS, env=True), "PostgreSQL, migration under env.py")


def tearDownModule():
    if len({column for row in Matrix.rows.values() for column in row}) < Matrix.column_count:
        return  # not all was run
    text = "%s\n%s\n%s" % (BEGIN, Matrix.text(), END)
    page = SECURITY.read_text()
    start = page.find(BEGIN)
    stop = page.find(END, start)
    found = page[start:stop + len(END)] if start >= 0 and stop >= 0 else None
    if os.environ.get("STRATA_WRITE_DOCS") == "1" and found:
        SECURITY.write_text(page.replace(found, text))
    elif found != text:
        raise AssertionError("docs/SECURITY.md does not say what was found; STRATA_WRITE_DOCS=1 writes it:\n" + text)
