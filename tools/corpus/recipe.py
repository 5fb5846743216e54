"""Truncates by hand, as the usual recipe does, and counts what got lost.

    PYTHON recipe.py FULL.db NEW.db

Reflects FULL.db with SQLAlchemy, lets Alembic write the baseline for it by autogenerate, runs that
on the empty NEW.db, and prints what FULL.db has and NEW.db has not. (PYTHON has alembic.)
"""
import re
import sqlite3
import sys

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
import sqlalchemy as sa
from sqlalchemy import MetaData, create_engine


def write_by_hand(full, new):
    metadata = MetaData()
    metadata.reflect(bind=create_engine("sqlite:///" + full))
    runner = metadata.tables.get("alembic_version")
    if runner is not None:
        metadata.remove(runner)
    engine = create_engine("sqlite:///" + new)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, metadata)
        code = render_python_code(script.upgrade_ops)
        scope = {"op": Operations(context), "sa": sa}
        exec("from sqlalchemy.dialects import sqlite\n"
             + "if True:\n    " + code.replace("\n", "\n    "), scope)


def facts(path):
    """Every fact that must survive, as a bag of words for people."""
    db = sqlite3.connect(path)
    found = []
    for kind, name, table, sql in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
        if name.startswith("sqlite_") or table == "alembic_version":
            continue
        if kind == "index":
            text = re.sub(r"\s+", " ", sql.upper().replace('"', ""))
            found.append(("index", "%s: %s" % (name, text.split(" ON ", 1)[1])))
        elif kind != "table":
            found.append((kind, name))
        else:
            words = re.findall(r"\w+", sql.upper())
            found += [("AUTOINCREMENT", name)] * words.count("AUTOINCREMENT")
            found += [("COLLATE", name)] * words.count("COLLATE")
            found += [("CHECK", name)] * words.count("CHECK")
            for row in db.execute('PRAGMA foreign_key_list("%s")' % name):
                found.append(("foreign key", "%s.%s to %s.%s on delete %s" % (
                    name, row[3], row[2], row[4], row[6])))
            for column in db.execute('PRAGMA table_xinfo("%s")' % name):
                default = re.sub(r"^\((.*)\)$", r"\1", column[4] or "")
                found.append(("column", "%s: %s" % (name, (*column[1:4], default, column[5]))))
            if db.execute('SELECT EXISTS (SELECT 1 FROM "%s")' % name).fetchone()[0]:
                found.append(("table with rows", name))
    return found


def main():
    full, new = sys.argv[1:]
    write_by_hand(full, new)
    rest = facts(new)
    lost = {}
    for fact in facts(full):
        if fact in rest:
            rest.remove(fact)
        else:
            lost.setdefault(fact[0], []).append(fact[1])
    for kind, names in sorted(lost.items()):
        print("lost %d %s: %s" % (len(names), kind, "; ".join(sorted(names))))
    if not lost:
        print("lost nothing")


if __name__ == "__main__":
    main()
