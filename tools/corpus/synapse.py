#!/usr/bin/env python3
"""Lays Synapse's own schema folder out as a plain folder of SQL migrations for PostgreSQL.

    python synapse.py SCHEMA OUT        (SCHEMA: synapse/storage/schema of an unpacked wheel)

Synapse keeps numbered folders of .sql, .sql.postgres, .sql.sqlite and .py deltas in several data
stores, and full schemas to begin from. This writes one file for each, in the order in which Synapse
runs them on an empty database: the newest full schema first, then every later delta. Of a Python
delta it writes the statements that its `run_create` executes, where they can be told without
Synapse; the others are named on standard error. Prints the number of files.
"""
import collections
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys

STORES = ("common", "main", "state")
# What Synapse puts for its placeholder on PostgreSQL.
AUTO_INCREMENT = "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"


class NeedsSynapse(Exception):
    pass


class Stand(type):
    """Stands for any class or function of Synapse, as long as nobody calls it."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *_, **__):
        raise NeedsSynapse("it calls into Synapse")

    def __getitem__(cls, _):
        return cls


class Anything(metaclass=Stand):
    pass


class PostgresEngine:
    pass


class OtherEngine:
    pass


class Loader(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """Gives empty modules for Synapse and what it needs."""

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in ("synapse", "attr", "psycopg2", "twisted"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.PostgresEngine = PostgresEngine
        module.Sqlite3Engine = OtherEngine
        module.__getattr__ = lambda name: Anything


class Recorder:
    """A cursor that finds nothing and writes everything down."""

    def __init__(self):
        self.statements = []

    def execute(self, sql, parameters=()):
        if parameters:
            raise NeedsSynapse("it binds values")
        if not re.match(r"\s*select\b", sql, re.IGNORECASE):
            self.statements.append(sql.strip().rstrip(";"))

    def fetchone(self):
        return None

    def fetchall(self):
        return []


def recorded(path):
    spec = importlib.util.spec_from_file_location("delta", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cursor = Recorder()
    if hasattr(module, "run_create"):
        module.run_create(cursor, PostgresEngine())
    return "".join(statement + ";\n" for statement in cursor.statements)


def entries(schema, kind, version):
    """(name, path) of what the data stores have of one version, in Synapse's order."""
    found = []
    for store in STORES:
        folder = os.path.join(schema, store, kind, str(version))
        if os.path.isdir(folder):
            found += [(name, os.path.join(folder, name), store) for name in os.listdir(folder)]
    return sorted(found)


def text_of(name, path):
    if name.endswith(".py"):
        return recorded(path)
    if name.endswith((".sql", ".sql.postgres")):
        with open(path, encoding="utf-8") as file:
            return file.read().replace("$%AUTO_INCREMENT_PRIMARY_KEY%$", AUTO_INCREMENT)
    return None


def main():
    schema, out = sys.argv[1:3]
    sys.meta_path.insert(0, Loader())
    sys.dont_write_bytecode = True
    versions = sorted(int(name) for name in os.listdir(os.path.join(schema, "main", "full_schemas")) if name.isdigit())
    deltas = collections.Counter()
    for store in STORES:
        for name in os.listdir(os.path.join(schema, store, "delta")):
            if name.isdigit():
                deltas[int(name)] += 1
    plan = [("tables", "schema_version.sql", os.path.join(schema, "common", "schema_version.sql"))]
    plan += [("full %s" % store, name, path) for name, path, store in entries(schema, "full_schemas", versions[-1])]
    for version in sorted(deltas):
        if version > versions[-1]:
            plan += [("v%d" % version, name, path) for name, path, _ in entries(schema, "delta", version)]
    os.makedirs(out, exist_ok=True)
    count = 0
    for place, name, path in plan:
        try:
            text = text_of(name, path)
        except (NeedsSynapse, AttributeError, TypeError, KeyError) as problem:
            print("synapse: left out %s %s: %s" % (place, name, problem), file=sys.stderr)
            continue
        if text is None:
            continue
        count += 1
        title = re.sub(r"\W+", "_", "%s %s" % (place, name.split(".")[0]))
        with open(os.path.join(out, "%04d_%s.sql" % (count, title)), "w", encoding="utf-8") as file:
            file.write(text)
    print(count)


if __name__ == "__main__":
    main()
