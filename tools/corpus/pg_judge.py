"""Tells whether two PostgreSQL databases are the same, sharing no code with Strata.

    python pg_judge.py URL URL [--rows] [--ignore-table SCHEMA.TABLE]... [--ignore-column TABLE.COLUMN]...
                       [--exclude TABLE]...

Compares what `pg_dump --schema-only` says of both, byte for byte but for its `\\restrict` and
`-- Dumped` lines, owners and grants among it, and with `--rows` all rows of all tables and the
places of all sequences, compared by the server itself. Exit 0: the same; 1: different, with a list;
2: usage, or a database that cannot be read.

`--exclude` leaves a table out altogether; `--ignore-table` and `--ignore-column` leave out rows and
values. pg_dump and psql are those on the PATH or in PGBIN, else the newest of the system.
"""
import argparse
import collections
import difflib
import glob
import json
import os
import re
import shutil
import subprocess
import sys

LINES_MAX = 60


class CannotRead(Exception):
    pass


def tool(name):
    if os.environ.get("PGBIN"):
        return os.path.join(os.environ["PGBIN"], name)
    newest = glob.glob("/usr/lib/postgresql/*/bin/" + name) + glob.glob("/usr/pgsql-*/bin/" + name)
    newest.sort(key=lambda path: int(re.findall(r"\d+", path)[0]))
    found = newest[-1] if newest else shutil.which(name)
    if not found:
        raise CannotRead("no %s found: install postgresql-client, or set PGBIN" % name)
    return found


def run(words, feed=None):
    done = subprocess.run(
        words, input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        errors="surrogateescape")
    if done.returncode != 0:
        raise CannotRead(done.stderr.strip() or "%s gave %d" % (words[0], done.returncode))
    return done.stdout


def plain(url):
    """Without SQLAlchemy's driver."""
    scheme, separator, rest = url.partition("://")
    return scheme.split("+")[0] + separator + rest


def dump(url, excluded):
    words = [tool("pg_dump"), "--schema-only", "--dbname", plain(url)]
    for name in excluded:
        words += ["--exclude-table", name]
    lines = run(words).splitlines(keepends=True)
    return [line for line in lines if not line.startswith(("\\restrict", "\\unrestrict", "-- Dumped "))]


def ask(url, sql):
    """Rows as lists of texts, through one JSON document a line."""
    text = run([tool("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", plain(url), "-f", "-"], (
        "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET DateStyle = 'ISO';"
        "SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET bytea_output = 'hex';\n") + sql)
    return [json.loads(line) for line in text.split("\n") if line]


def tables(url):
    """(schema.table) -> its columns, of every table that holds rows itself and no extension's."""
    rows = ask(url, """
        SELECT json_build_array(n.nspname, c.relname, coalesce(json_agg(a.attname ORDER BY a.attname)
               FILTER (WHERE a.attname IS NOT NULL), '[]'))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                          AND d.objid = c.oid AND d.deptype = 'e')
        GROUP BY n.nspname, c.relname;""")
    return {(schema, name): columns for schema, name, columns in rows}


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def is_named(names, table, column=None):
    suffix = "" if column is None else "." + column
    return table[1] + suffix in names or "%s.%s%s" % (table[0], table[1], suffix) in names


def row_counts(url, wanted):
    """How often each row is there, by its text, for each (table, columns); one conversation for all."""
    parts = []
    for number, (table, columns) in enumerate(wanted):
        shown = ", ".join("%s::text" % quoted(column) for column in columns) or "NULL"
        # ONLY: a child's rows are compared with the child.
        parts.append("SELECT json_build_array(%d, t::text, count(*)) FROM (SELECT ROW(%s) FROM ONLY %s.%s) AS r(t) "
                     "GROUP BY t::text;" % (number, shown, quoted(table[0]), quoted(table[1])))
    found = [collections.Counter() for _ in wanted]
    for number, text, count in ask(url, "\n".join(parts)):
        found[number][text] = count
    return found


def sequences(url):
    names = ask(url, """
        SELECT json_build_array(n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND n.nspname !~ '^(pg_|information_schema$)';""")
    if not names:
        return {}
    parts = ["SELECT jsonb_build_array('%s'::text, last_value, is_called) FROM %s.%s" % (
        (schema + "." + name).replace("'", "''"), quoted(schema), quoted(name)) for schema, name in names]
    return {name: (value, called) for name, value, called in ask(url, " UNION ALL ".join(parts) + ";")}


def compared_schemas(first, second, options):
    ours, theirs = dump(first, options.exclude), dump(second, options.exclude)
    if ours != theirs:
        yield from (line.rstrip("\n") for line in difflib.unified_diff(ours, theirs, "first", "second", n=2))


def compared_rows(first, second, options):
    ours, theirs = tables(first), tables(second)
    wanted = []
    for table in sorted(set(ours) & set(theirs)):
        if not is_named(options.ignore_table + options.exclude, table):
            wanted.append((table, [name for name in ours[table] if name in theirs[table]
                                   and not is_named(options.ignore_column, table, name)]))
    for (table, _), one, other in zip(wanted, row_counts(first, wanted), row_counts(second, wanted)):
        for label, rows in (("first", one - other), ("second", other - one)):
            for text, count in sorted(rows.items())[:5]:
                yield "rows %s.%s: only in the %s (%d times): %s" % (*table, label, count, text[:400])
            if len(rows) > 5:
                yield "rows %s.%s: and %d more only in the %s" % (*table, label, len(rows) - 5)
    one, other = sequences(first), sequences(second)
    for name in sorted(set(one) & set(other)):
        if one[name] != other[name]:
            yield "sequence %s: first %s, second %s" % (name, one[name], other[name])


def main():
    parser = argparse.ArgumentParser(description="compares two PostgreSQL databases")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("--exclude", action="append", default=[])
    parser.add_argument("--ignore-table", action="append", default=[])
    parser.add_argument("--ignore-column", action="append", default=[])
    options = parser.parse_args()
    try:
        found = list(compared_schemas(options.first, options.second, options))
        if options.rows:
            found += compared_rows(options.first, options.second, options)
    except CannotRead as problem:
        print("pg_judge: %s" % problem, file=sys.stderr)
        return 2
    for line in found[:LINES_MAX]:
        print(line)
    print("%d line%s of difference" % (len(found), "" if len(found) == 1 else "s"), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
