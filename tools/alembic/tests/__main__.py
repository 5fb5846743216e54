"""Runs the bridge's tests, against the real Alembic of the interpreter that runs them.

    PYTHON tools/alembic/tests                                all of them
    PYTHON tools/alembic/tests test_reading test_ways.Ways    a module, a class, a test

PYTHON has alembic and sqlalchemy. Those that need PostgreSQL start a server of their own, and are
skipped where there is none, or no driver for it (psycopg2, psycopg, asyncpg)."""
import os
import sys
import unittest

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:1] = [here, os.path.dirname(here)]
sys.dont_write_bytecode = True
names = sys.argv[1:]
if all(name.startswith("-") for name in names):
    names = ["discover", "-s", here, "-t", here] + names
unittest.main(module=None, argv=["tests"] + names)
