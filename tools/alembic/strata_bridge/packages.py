"""The user's Alembic and SQLAlchemy, and the path that they and the project are imported from."""
import os
import re
import sys

from .protocol import RequestError


# The oldest that the tests of env.py ran with.
OLDEST = {"alembic": (1, 4), "sqlalchemy": (1, 3)}


def check_version(package, version):
    """Raises RequestError for one that is too old to be stepped."""
    found = tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])
    if found < OLDEST[package]:
        wanted = "%s %d.%d or later" % (package, *OLDEST[package])
        raise RequestError("missing-package", "%s has %s %s" % (sys.executable, package, version), package=wanted)


def import_packages():
    """Imports both packages before the path changes: a project may well have a folder `alembic`."""
    try:
        import alembic
        import alembic.command
        import alembic.config
        import alembic.context
        import alembic.op
        import alembic.runtime.environment
        import alembic.runtime.migration
        import alembic.script
        import sqlalchemy
    except ImportError as problem:
        package = (getattr(problem, "name", None) or "alembic").split(".")[0]
        raise RequestError(
            "missing-package", "%s cannot import %s: %s" % (sys.executable, package, problem), package=package)
    for package in (alembic, sqlalchemy):
        check_version(package.__name__, package.__version__)
    return alembic, sqlalchemy


def package_root(folder):
    """The nearest folder upward that is not itself a package, so that its packages import by full name."""
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def set_import_path(paths, prepended, script_location):
    """What the user names goes first. The script folder's surroundings go last: they may hold
    names that hide a package (a project's own `alembic` or `logging` folder)."""
    front = [os.path.abspath(path) for path in list(paths) + list(prepended)]
    sys.path[:0] = [path for path in front if path not in sys.path]
    if script_location:
        parent = os.path.dirname(os.path.abspath(script_location))
        sys.path += [path for path in (parent, package_root(parent)) if path not in sys.path]


class InInsertionOrder:
    """An attribute whose sets keep their order of insertion."""

    def __init__(self, name, ordered_set):
        self.name = name
        self.ordered_set = ordered_set

    def __get__(self, owner, _class=None):
        if owner is None:
            return self
        try:
            return owner.__dict__[self.name]
        except KeyError:
            raise AttributeError(self.name)

    def __set__(self, owner, value):
        owner.__dict__[self.name] = self.ordered_set(value) if type(value) is set else value


def keep_insertion_order(sqlalchemy):
    """Makes batch mode do the same thing every time.

    SQLAlchemy keeps the constraints and indexes of a table in plain sets, hashed by address, so
    that Alembic's table rebuilds write them in another order at every run. A history must not
    depend on that: of the outcomes that real Alembic may have, this chooses the declared order."""
    for owner, names in ((sqlalchemy.Table, ("constraints", "indexes", "foreign_keys")),
                         (sqlalchemy.Column, ("constraints", "foreign_keys"))):
        for name in names:
            setattr(owner, name, InInsertionOrder(name, sqlalchemy.util.OrderedSet))
