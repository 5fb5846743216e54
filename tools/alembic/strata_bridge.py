"""Steps real Alembic over a scratch database of SQLite or PostgreSQL, one revision at a time.

The program carries this file in itself and runs it with the user's own interpreter
(Python 3.8 or newer), with PYTHONHASHSEED=0, since some migrations number rows in the order of a
set. `scan` and `locate` need the standard library only; `open` and `run`
need the alembic and sqlalchemy of that interpreter.

The protocol is JSON, one document a line. Requests come on standard input, replies go to
standard output; what a migration prints goes to standard error. Paths are absolute.

locate   {"op":"locate","path":VERSIONS-OR-SCRIPT-FOLDER-OR-INI}
         {"reply":"located","ini","scriptLocation","versions":[DIR],"recursive","prependSysPath":[DIR]}

scan     {"op":"scan","versions":[DIR],"recursive":false}
         Reads the files by parsing, never imports them. One reply for each file that assigns
         `revision` at module level, in the order of the file names:
         {"reply":"revision","id","parents":[ID],"dependsOn":[ID],"labels":[NAME],"message",
          "createDate","path","file","source","sha256"}      (dependsOn: labels resolved to ids)
         {"reply":"unparsable","path","file","line","why"}   (the scan goes on)
         and at the end {"reply":"scanned","count":N}

open     {"op":"open","versions":[DIR],"recursive":false,"scriptLocation":DIR|null,"ini":FILE|null,
          "paths":[DIR],"env":false,"namingConvention":{}|null,"transactionPerMigration":false,
          "url":URL|null}
         {"reply":"opened","alembic","sqlalchemy","python","sqlite"|"driver",
          "unimportable":[{"file","error"}]}
         A file that cannot be imported fails only when its revision is run. `url` says early which
         database product it will be, so that a missing driver is told at once.

run      {"op":"run","url":URL,"revisions":[ID],"downgrade":false,"durable":false}
         URL: sqlite:////abs.db, or postgresql:// as libpq takes it (with ?host= of a socket's folder).
         Runs exactly these revisions in this order, each in a transaction of its own, and tells of
         each one when its work is committed:
         {"reply":"ran","id","seconds","versionTable","statements":[{"sql","count"}]}
         then, after the last one too, waits for {"op":"next"} or {"op":"stop"}, and at the end
         {"reply":"finished","count":N}
         Any other request instead of `next` ends the run without `finished`. When a migration raises:
         {"reply":"failed","id","error":"Type: message","sqlstate","statement","traceback":[{"file",
          "line","function","code"}],"missingModule","hint"}
         and the run is over. SQLite runs data definition outside transactions under Python's
         driver, so a failed revision may leave a part of itself in the database: throw it away.
         `durable` false turns SQLite's fsync off (the scratch is disposable).
         What a migration leaves open is closed, and rolled back by that. Between revisions nothing
         is connected, but for PostgreSQL without `env` and not over asyncpg: there one session goes
         on from revision to revision, and from one `run` to the next of the same database, as that
         of one `alembic upgrade` does. After each revision it is made as good as new, and is idle
         under the name `strata at rest`; Strata may end it at any time.

         `statements` are in the order of execution: data definition and INSERT ... SELECT as the
         database saw them, other changes of data as templates without the bound values; equal
         neighbours are one entry with a count. Left out: SELECT (but for PostgreSQL's functions that
         may change something), PRAGMA, SET, transaction control, alembic_version.

         On PostgreSQL the driver is that of the project's own URL (in its env.py or ini), if the
         interpreter has it, else psycopg2, psycopg or asyncpg, the first that it has.

quit     {"op":"quit"} ends the program, and so do end of input (silently) and SIGTERM.

Errors of the request itself: {"reply":"error","code","message",...}, with the codes bad-request,
missing-package ("package"), bad-location, bad-graph, unknown-revision and internal.
"""
import argparse
import ast
import asyncio
import configparser
import contextlib
import functools
import gc
import hashlib
import importlib
import importlib.util
import json
import logging.config
import os
import re
import shutil
import signal
import socket
import sqlite3
import struct
import sys
import tempfile
import threading
import time
import tokenize
import traceback
import types
import urllib.parse

VERSIONING_NAMES = ("revision", "down_revision", "depends_on", "branch_labels")
CREATE_DATE = re.compile(r"^[ \t]*Create Date:[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
INI_LEVELS_MAX = 4


class RequestError(Exception):
    """A request that cannot be served; becomes an `error` reply."""

    def __init__(self, code, message, **details):
        super().__init__(message)
        self.code = code
        self.details = details


class Terminated(BaseException):
    """SIGTERM arrived; a BaseException, so that hardly anything swallows it.

    What does swallow it (a bare `except`, a callback of SQLite) delays the end to the next reply."""

    arrived = False


# The protocol's own channel


class Channel:
    """The private ends of the protocol: nothing a migration prints or reads can reach them."""

    def __init__(self):
        sys.stdout.flush()
        self._requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
        self._replies = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self._put_back = []

    def send(self, name, **fields):
        document = {"reply": name}
        document.update(fields)
        line = json.dumps(document, ensure_ascii=False) + "\n"
        # A lone surrogate (an undecodable path in a message) is not valid JSON text.
        self._replies.write(line.encode("utf-8", "replace"))
        self._replies.flush()

    def receive(self):
        """The next request, or None at the end of input."""
        if Terminated.arrived:
            raise Terminated
        if self._put_back:
            return self._put_back.pop()
        line = self._requests.readline()
        while line and not line.strip():
            line = self._requests.readline()
        if not line:
            return None
        try:
            request = json.loads(line)
        except ValueError as problem:
            return {"op": None, "why": "expected one JSON document a line: %s" % problem}
        if not isinstance(request, dict):
            return {"op": None, "why": "expected a JSON object, found %s" % type(request).__name__}
        return request

    def put_back(self, request):
        self._put_back.append(request)


# Reading migration files without importing them


class NotLiteral(Exception):
    def __init__(self, node, why):
        super().__init__(why)
        self.line = getattr(node, "lineno", None)


def literal_value(node, names):
    """The value of an expression made of constants, earlier module constants, tuples and sums."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        found = names.get(node.id, NotLiteral(node, "%s is not a constant of this module" % node.id))
        if isinstance(found, NotLiteral):
            raise found
        return found
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return tuple(item for element in node.elts for item in element_values(element, names))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        try:
            return literal_value(node.left, names) + literal_value(node.right, names)
        except TypeError as problem:
            raise NotLiteral(node, str(problem))
    if isinstance(node, ast.JoinedStr):
        return "".join(str(literal_value(part, names)) for part in node.values)
    if isinstance(node, ast.FormattedValue) and node.format_spec is None and node.conversion == -1:
        return literal_value(node.value, names)
    raise NotLiteral(node, "the value is computed (%s), expected a literal" % type(node).__name__)


def element_values(element, names):
    if isinstance(element, ast.Starred):
        return tuple(literal_value(element.value, names))
    return (literal_value(element, names),)


def module_constants(tree):
    """Module-level names with their values; a NotLiteral stands for what cannot be told."""
    names = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                bind(target, statement.value, names)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            bind(statement.target, statement.value, names)
    return names


def bind(target, value, names):
    if isinstance(target, ast.Name):
        try:
            names[target.id] = literal_value(value, names)
        except NotLiteral as problem:
            names[target.id] = problem
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for one_target, one_value in zip(target.elts, value.elts):
            bind(one_target, one_value, names)


def text_tuple(value, name):
    """None, one name or several, as Alembic accepts them, to a list of names."""
    values = () if value is None else (value,) if isinstance(value, str) else value
    if not isinstance(values, tuple) or not all(isinstance(item, str) for item in values):
        raise NotLiteral(None, "%s holds %r, expected None, a name or a tuple of names" % (name, value))
    return list(values)


def versioning(tree):
    """What a file says of its place in the graph, or None where it is not a migration."""
    names = module_constants(tree)
    if "revision" not in names:
        return None
    values = {name: names.get(name) for name in VERSIONING_NAMES}
    for value in values.values():
        if isinstance(value, NotLiteral):
            raise value
    if not isinstance(values["revision"], str):
        raise NotLiteral(None, "revision holds %r, expected a name" % (values["revision"],))
    return {
        "id": values["revision"],
        "parents": text_tuple(values["down_revision"], "down_revision"),
        "dependsOn": text_tuple(values["depends_on"], "depends_on"),
        "labels": text_tuple(values["branch_labels"], "branch_labels"),
    }


def revision_files(directories, recursive):
    """(versions folder, absolute path) of every file that Alembic would look at, by name."""
    for directory in directories:
        if not os.path.isdir(directory):
            raise RequestError("bad-location", "no versions folder at %s" % directory)
        for folder, subfolders, names in os.walk(directory):
            subfolders[:] = sorted(
                name for name in subfolders
                if recursive and name != "__pycache__" and not name.startswith("."))
            for name in sorted(names):
                if name.endswith(".py") and not name.startswith((".", "__init__")):
                    yield directory, os.path.join(folder, name)


def source_text(raw):
    """The text of a file such that nothing of it is lost: UTF-8, else as its coding line says."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        lines = iter(raw.splitlines(keepends=True))
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        return raw.decode(encoding)


def read_revision(path):
    """The fields of a `revision` reply, or None where the file is not a migration."""
    with open(path, "rb") as file:
        raw = file.read()
    tree = ast.parse(raw, filename=path)
    fields = versioning(tree)
    if fields is None:
        return None
    document = (ast.get_docstring(tree, clean=False) or "").strip()
    created = CREATE_DATE.search(document)
    fields.update(
        message=re.split("\n\n", document)[0],
        createDate=created.group(1) if created else None,
        source=source_text(raw),
        sha256=hashlib.sha256(raw).hexdigest())
    return fields


def scan(channel, request):
    found, unparsable = [], []
    for directory, path in revision_files(request["versions"], request.get("recursive", False)):
        place = {"path": os.path.relpath(path, directory), "file": path}
        try:
            fields = read_revision(path)
        except (NotLiteral, SyntaxError, ValueError, OSError, RecursionError) as problem:
            line = getattr(problem, "line", None) or getattr(problem, "lineno", None)
            unparsable.append(dict(place, line=line, why=described(problem)))
            continue
        if fields is not None:
            found.append(dict(fields, **place))
    for fields in unparsable:
        channel.send("unparsable", **fields)
    by_label = {label: fields["id"] for fields in found for label in fields["labels"]}
    for fields in found:
        fields["dependsOn"] = [by_label.get(name, name) for name in fields["dependsOn"]]
        channel.send("revision", **fields)
    channel.send("scanned", count=len(found))


# Finding the folders


def read_ini(path):
    parser = configparser.ConfigParser({"here": os.path.dirname(path)})
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        if not parser.has_section("alembic"):
            raise RequestError("bad-location", "%s has no section [alembic]" % path)
        wanted = ("script_location", "version_locations", "prepend_sys_path", "path_separator",
                  "version_path_separator", "recursive_version_locations")
        return {name: parser.get("alembic", name, fallback=None) for name in wanted}
    except (OSError, UnicodeDecodeError, configparser.Error) as problem:
        raise RequestError("bad-location", "cannot read %s: %s" % (path, problem))


def split_paths(text, separator):
    """A list of paths in an ini, by the separators that Alembic's releases have known."""
    known = {"os": os.pathsep, "space": " ", "newline": "\n", ":": ":", ";": ";"}
    if separator in known:
        parts = text.split(known[separator])
    else:
        parts = re.split(r", *|\s+|" + re.escape(os.pathsep), text)
    return [part.strip() for part in parts if part.strip()]


def resolved_folder(location, base):
    """An ini's path: relative to the ini, absolute, or `package:folder`."""
    if ":" in location and not os.path.isabs(location):
        package, _, folder = location.partition(":")
        inside = os.path.join(base, *(package.split(".") + folder.split("/")))
        if os.path.isdir(inside):
            return inside
        spec = importlib.util.find_spec(package)
        if spec and spec.submodule_search_locations:
            return os.path.join(list(spec.submodule_search_locations)[0], folder)
    return os.path.normpath(os.path.join(base, location))


def locate_by_ini(ini):
    settings, base = read_ini(ini), os.path.dirname(ini)
    if not settings["script_location"]:
        raise RequestError("bad-location", "%s names no script_location" % ini)
    script_location = resolved_folder(settings["script_location"], base)
    separator = settings["path_separator"] or settings["version_path_separator"]
    versions = split_paths(settings["version_locations"] or "", separator)
    prepended = split_paths(settings["prepend_sys_path"] or "", settings["path_separator"])
    return {
        "ini": ini,
        "scriptLocation": script_location,
        "versions": [resolved_folder(one, base) for one in versions]
        or [os.path.join(script_location, "versions")],
        "recursive": (settings["recursive_version_locations"] or "").lower() in ("true", "1", "yes", "on"),
        "prependSysPath": [resolved_folder(one, base) for one in prepended],
    }


def ini_that_names(script_location):
    """The alembic.ini in or above the folder whose script_location is that folder."""
    folder = script_location
    for _ in range(INI_LEVELS_MAX):
        candidate = os.path.join(folder, "alembic.ini")
        if os.path.isfile(candidate):
            try:
                located = locate_by_ini(candidate)
            except RequestError:
                located = None
            if located and os.path.realpath(located["scriptLocation"]) == os.path.realpath(script_location):
                return located
        folder = os.path.dirname(folder)
    return None


def is_script_location(folder):
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("env.py", "script.py.mako"))


def location_of(path):
    path = os.path.abspath(path)
    if os.path.isfile(path):
        return locate_by_ini(path)
    if not os.path.isdir(path):
        raise RequestError("bad-location", "no such folder or ini: %s" % path)
    inner = os.path.join(path, "versions")
    if not os.path.isdir(inner) and os.path.isfile(os.path.join(path, "alembic.ini")):
        return locate_by_ini(os.path.join(path, "alembic.ini"))
    versions = inner if os.path.isdir(inner) else path
    script_location = os.path.dirname(versions)
    if not is_script_location(script_location):
        script_location = None
    located = ini_that_names(script_location) if script_location else None
    if located and versions in located["versions"]:
        return located
    return {
        "ini": located and located["ini"],
        "scriptLocation": script_location,
        "versions": [versions],
        "recursive": False,
        "prependSysPath": located["prependSysPath"] if located else [],
    }


def locate(channel, request):
    channel.send("located", **location_of(request["path"]))


# Reading SQL, only as far as naming a statement needs

SQL_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>[xX]?'(?:[^']|'')*(?:'|\Z))
      | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`(?:[^`]|``)*(?:`|\Z)|\[[^\]]*(?:\]|\Z))
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<other>.)""", re.VERBOSE | re.DOTALL)
POSTGRESQL_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)|(?:[xXbBnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z)
          |\$(?P<tag>[^\W\d]\w*|)\$.*?(?:\$(?P=tag)\$|\Z))
      | (?P<quoted>(?:[uU]&)?"(?:[^"]|"")*(?:"|\Z))
      | (?P<parameter>\$\d+|%\(\w+\)s)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<other>.)""", re.VERBOSE | re.DOTALL)
DATA_CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
NOT_TOLD = frozenset(
    "SELECT VALUES TABLE PRAGMA EXPLAIN BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE "
    "SET RESET SHOW LOCK DISCARD FETCH CLOSE DEALLOCATE LISTEN UNLISTEN NOTIFY".split())
# What a SELECT calls only to read.
READING_FUNCTIONS = frozenset(
    "CAST COALESCE COUNT EXISTS NOW VERSION MAX MIN SUM CURRENT_SCHEMA CURRENT_SCHEMAS CURRENT_DATABASE "
    "CURRENT_SETTING CURRENT_USER TO_REGCLASS TO_REGTYPE HAS_TABLE_PRIVILEGE IN AND OR NOT FORMAT_TYPE "
    "SET_CONFIG".split())


def outer_words(sql, pattern=SQL_TOKEN):
    """The words of a statement that stand outside parentheses, quotes and comments, in capitals."""
    depth = 0
    for token in pattern.finditer(sql):
        if token.lastgroup == "other":
            depth += {"(": 1, ")": -1}.get(token.group(), 0)
        elif token.lastgroup == "word" and depth == 0:
            yield token.group().upper()


def statement_kind(sql, pattern=SQL_TOKEN):
    """`data` for a template, `copy` for INSERT ... SELECT, None for what is left out, else `definition`."""
    # What reflection asks is asked again and again; rows are not.
    return known_kind(sql, pattern) if len(sql) < 8192 else read_kind(sql, pattern)


def read_kind(sql, pattern):
    words = outer_words(sql, pattern)
    first = next(words, None)
    if first == "WITH":
        first = next((word for word in words if word in DATA_CHANGES or word == "SELECT"), None)
        if first == "SELECT" and pattern is POSTGRESQL_TOKEN and changes_inside(sql):
            return "data"
    if pattern is POSTGRESQL_TOKEN:
        if first == "SELECT" and may_change(sql):
            return "data"
        if first == "COPY":
            return "data" if "FROM" in words else None
    if first is None or first in NOT_TOLD:
        return None
    if first not in DATA_CHANGES:
        return "definition"
    if first in ("INSERT", "REPLACE"):
        source = next((word for word in words if word in ("SELECT", "VALUES", "WITH")), None)
        return "data" if source in (None, "VALUES") else "copy"
    return "data"


known_kind = functools.lru_cache(maxsize=512)(read_kind)


def may_change(sql):
    """Whether a SELECT of PostgreSQL calls, with no table to read from or by a name that says so,
    what may change something: `SELECT setval(...)`, `SELECT fill_tables()`."""
    tokens = [token for token in POSTGRESQL_TOKEN.finditer(sql) if token.lastgroup != "skip"]
    called = [token.group().strip('"').upper() for token, after in zip(tokens, tokens[1:])
              if after.group() == "(" and token.lastgroup in ("word", "quoted")]
    if "SETVAL" in called or "NEXTVAL" in called:
        return True
    if "FROM" in outer_words(sql, POSTGRESQL_TOKEN):
        return False
    return any(name not in READING_FUNCTIONS and not name.startswith("PG_") for name in called[:1])


def changes_inside(sql):
    """Whether a WITH of PostgreSQL holds a change of data in its parentheses."""
    tokens = [token.group().upper() for token in POSTGRESQL_TOKEN.finditer(sql) if token.lastgroup != "skip"]
    return any(one == "(" and other in DATA_CHANGES for one, other in zip(tokens, tokens[1:]))


def without_values(sql, pattern=SQL_TOKEN):
    """A statement with its literals replaced by `?`: values are not for a history to keep."""
    found = list(pattern.finditer(sql))
    return "".join(
        "?" if token.group() and any(token.start(name) == token.start() for name in ("text", "number"))
        else token.group() for token in found)


def touches_table(name):
    pattern = r"(?:INTO|UPDATE|FROM|TABLE(?:\s+IF(?:\s+NOT)?\s+EXISTS)?)\s+(?:\w+\s*\.\s*)?[\"'`\[]?%s\b"
    return re.compile(pattern % re.escape(name), re.IGNORECASE)


def template(sql, parameters, context):
    """A statement for many rows as it is for one, with their count.

    SQLAlchemy writes some drivers' statements out, with placeholders for the rows of a whole batch."""
    compiled = getattr(context, "compiled", None)
    if isinstance(parameters, (list, tuple)) and all(isinstance(row, (dict, list, tuple)) for row in parameters):
        return sql, len(parameters)
    try:
        return compiled.string, max(1, len(parameters) // len(context.compiled_parameters[0]))
    except (AttributeError, IndexError, TypeError, ZeroDivisionError):
        return sql, 1


class Transcript:
    """What was executed on the scratch database during one revision."""

    def __init__(self, pattern=SQL_TOKEN):
        self.entries = []
        self.last_sql = None
        self.pattern = pattern
        # While SQLAlchemy executes, it has told the template; SQLite then tells the expanded text.
        self.inside_template = False

    def before_cursor_execute(self, _conn, _cursor, sql, parameters, context, executemany):
        self.last_sql = sql
        self.inside_template = True
        kind = statement_kind(sql, self.pattern)
        if kind == "data":
            self._add(*template(sql, parameters, context) if executemany else (sql, 1))
        elif kind is not None and self.pattern is POSTGRESQL_TOKEN:
            # The driver halves percent signs; nobody else tells what the server saw.
            self._add(sql if parameters else sql.replace("%%", "%"), 1)

    def after_cursor_execute(self, *_):
        self.inside_template = False

    def traced(self, sql):
        """What SQLite ran, or what a migration executed past SQLAlchemy."""
        if self.inside_template and self.pattern is POSTGRESQL_TOKEN:
            return
        kind = statement_kind(sql, self.pattern)
        if kind is not None:
            self.last_sql = sql
        if kind in ("definition", "copy"):
            self._add(sql, 1)
        elif kind == "data" and not self.inside_template:
            self._add(without_values(sql, self.pattern), 1)

    def _add(self, sql, count):
        sql = sql.strip()
        if self.entries and self.entries[-1]["sql"] == sql:
            self.entries[-1]["count"] += count
        else:
            self.entries.append({"sql": sql, "count": count})

    def statements(self, version_table):
        about_versions = touches_table(version_table)
        return [entry for entry in self.entries if not about_versions.search(entry["sql"])]

    def last_statement(self, version_table):
        told = self.last_sql
        return None if told is None or touches_table(version_table).search(told) else told.strip()


# The user's Alembic


def import_packages():
    """Imports both packages before the path changes: a project may well have a folder `alembic`."""
    try:
        import alembic
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


class Session:
    """One opened migrations folder: its script directory, its environment and the scratch it runs on."""

    def __init__(self, request):
        self.alembic, self.sqlalchemy = import_packages()
        self.real_create_engine = self.sqlalchemy.create_engine
        self.request = request
        self.database = None
        self.durable = True
        self.transcript = None
        self.temporary = None
        self.uses_env = bool(request.get("env"))
        location = self._location()
        self.ini = location["ini"]
        self.versions = [os.path.abspath(path) for path in location["versions"]]
        self.script_location = location["scriptLocation"] or self._temporary_location()
        if self.uses_env and not os.path.isfile(os.path.join(self.script_location, "env.py")):
            raise RequestError("bad-location", "no env.py in %s" % self.script_location)
        self.paths = list(request.get("paths") or [])
        set_import_path(self.paths, location["prependSysPath"], location["scriptLocation"])
        if self.ini:
            os.chdir(os.path.dirname(self.ini))
        if request.get("url"):
            try:
                self.use(request["url"])
            except RequestError:
                self.close()
                raise
        self._listen()
        keep_insertion_order(self.sqlalchemy)
        if self.uses_env:
            redirect_engines(self)
        self.recursive = location["recursive"]
        self.broken = {}
        self.memos = {}
        self.engines = {}
        self.script = self._load()
        # What the migrations import can be a large application: it stays, and need not be gone
        # through again and again for what could be let go.
        gc.collect()
        gc.freeze()

    def use(self, url):
        """Makes this URL the scratch database of what runs next."""
        if self.database is not None and self.database.given_url == url:
            return
        product = url.split(":")[0].split("+")[0]
        if product == "sqlite":
            self.database = SQLiteScratch(self, url)
        elif product in ("postgresql", "postgres"):
            self.database = PostgreSQLScratch(self, url)
        else:
            raise RequestError("bad-request", "expected a sqlite or postgresql URL, found %s" % product)

    def _location(self):
        """What the request says, filled up with what can be found beside it."""
        given = {key: self.request.get(key) for key in ("ini", "scriptLocation", "versions", "recursive")}
        start = given["ini"] or given["scriptLocation"] or (given["versions"] or [None])[0]
        if start is None:
            raise RequestError("bad-request", "open needs versions, scriptLocation or ini")
        found = location_of(start)
        found.update({key: value for key, value in given.items() if value})
        return found

    def _temporary_location(self):
        self.temporary = tempfile.mkdtemp(prefix="strata-alembic-")
        return self.temporary

    def close(self):
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)

    # The graph

    def _load(self):
        script_module, session = self.alembic.script, self

        class Directory(script_module.ScriptDirectory):
            def _load_revisions(self):
                return session._scripts()

        script = Directory(self.script_location, version_locations=self.versions)
        try:
            script.revision_map.heads
            list(script.walk_revisions())
        except Exception as problem:
            raise RequestError("bad-graph", described(problem))
        return script

    def _scripts(self):
        for _, path in revision_files(self.versions, self.recursive):
            try:
                module = self.alembic.util.load_python_file(os.path.dirname(path), os.path.basename(path))
            except Exception as problem:
                module = self._stand_in(path, problem)
            revision = getattr(module, "revision", None)
            if revision is not None:
                module.__dict__.setdefault("down_revision", None)
                yield self.alembic.script.Script(module, revision, path)

    def _stand_in(self, path, problem):
        """A module that holds the place in the graph of a file that cannot be imported."""
        module = types.ModuleType("unimportable")
        self.broken[path] = problem
        try:
            fields = read_revision(path)
        except Exception:
            fields = None
        if fields is not None:
            module.revision = fields["id"]
            module.down_revision = tuple(fields["parents"]) or None
            module.depends_on = tuple(fields["dependsOn"]) or None
            module.branch_labels = tuple(fields["labels"]) or None

        def fail(*_, **__):
            raise problem

        module.upgrade = module.downgrade = fail
        return module

    # The database

    def _listen(self):
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        event.listen(Engine, "connect", self._connected, insert=True)
        event.listen(Engine, "before_cursor_execute", self._before_cursor_execute)
        event.listen(Engine, "after_cursor_execute", self._after_cursor_execute)
        event.listen(Engine, "handle_error", self._after_cursor_execute)

    def _connected(self, connection, record):
        if self.transcript is None or not self.database.is_mine(connection):
            return
        record.info["strata_scratch"] = True
        self.database.connected(connection)

    def traced(self, sql):
        if self.transcript is not None and isinstance(sql, str):
            self.transcript.traced(sql)

    def _before_cursor_execute(self, conn, *rest):
        if self.transcript is not None and conn.info.get("strata_scratch"):
            self.transcript.before_cursor_execute(conn, *rest)

    def _after_cursor_execute(self, *_):
        if self.transcript is not None:
            self.transcript.after_cursor_execute()

    # One step

    def config(self, revision):
        config = self.alembic.config.Config(self.ini, ini_section="alembic")
        config.cmd_opts = argparse.Namespace(
            x=None, config=self.ini, name="alembic", raiseerr=True, sql=False, tag=None, revision=revision)
        config.set_main_option("script_location", self.script_location.replace("%", "%%"))
        config.set_main_option("sqlalchemy.url", self.database.url.replace("%", "%%"))
        return config

    def follow(self, run):
        """Runs the run's next revision, and those after it as long as one session can go on."""
        migration = self.alembic.runtime.migration.MigrationStep
        make = migration.downgrade_from_script if run.downgrade else migration.upgrade_from_script

        def steps(_heads, context):
            run.version_table = context.version_table
            if run.has_begun:
                return
            if not run.downgrade:
                # One upgrade of many revisions remembers which types its tables have made; some
                # histories rely on that, so the steps on one database remember it too.
                context.impl.memo = self.memos.setdefault(self.database.url, {})
            if self.goes_on():
                self.database.begin(context.connection)
            while True:
                run.has_begun = True
                yield make(self.script.revision_map, self.script.get_revision(run.revision))
                if not self.goes_on() or not self.database.settle(context.connection):
                    return
                run.tell()
                if run.revision is None and not run.goes_on_with_another(context.connection):
                    return
                run.begin()

        run.begin()
        environment = self.alembic.runtime.environment.EnvironmentContext(
            self.config(run.revision), self.script, fn=steps, as_sql=False, destination_rev=run.revision)
        try:
            with environment:
                self.database.drive(lambda: self._run(environment))
        finally:
            self.database.disconnect()
        if not run.has_begun:
            raise RuntimeError("env.py in %s did not run the migrations" % self.script_location)

    def goes_on(self):
        """Whether the session of one revision can be that of the next: env.py may have one transaction
        for all."""
        return not self.uses_env and self.database.has_lasting_sessions

    def _run(self, environment):
        if self.uses_env:
            self.script.run_env()
        else:
            self._run_plainly(environment)

    def _run_plainly(self, environment):
        convention = self.request.get("namingConvention")
        metadata = self.sqlalchemy.MetaData(naming_convention=convention) if convention else None
        engine = self.database.engine()
        try:
            with engine.connect() as connection:
                environment.configure(
                    connection=connection, target_metadata=metadata,
                    transaction_per_migration=self.goes_on() or bool(self.request.get("transactionPerMigration")))
                with environment.begin_transaction():
                    environment.run_migrations()
        finally:
            engine.dispose()


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


# Settings of an engine that mean the same for every product and driver.
ENGINE_SETTINGS = ("future", "execution_options", "json_serializer", "json_deserializer", "echo")


class SQLiteScratch:
    """A scratch file."""

    pattern = SQL_TOKEN
    has_lasting_sessions = False

    def __init__(self, session, url):
        self.session = session
        self.given_url = self.url = url

    def versions(self):
        return {"sqlite": sqlite3.sqlite_version}

    def path(self):
        return self.session.sqlalchemy.engine.make_url(self.url).database

    def is_mine(self, connection):
        """A migration may open other databases of its application; those are none of ours."""
        if not isinstance(connection, sqlite3.Connection):
            return False
        for _, name, path in connection.execute("PRAGMA database_list").fetchall():
            if name == "main":
                return os.path.realpath(path) == os.path.realpath(self.path())
        return False

    def connected(self, connection):
        connection.set_trace_callback(self.session.traced)
        if not self.session.durable:
            connection.execute("PRAGMA synchronous=OFF")

    def engine(self):
        return self.session.sqlalchemy.create_engine(self.url, poolclass=self.session.sqlalchemy.pool.NullPool)

    def redirected(self, real_create_engine, _url, options, is_async):
        options = {key: value for key, value in options.items()
                   if key in ENGINE_SETTINGS and not isinstance(value, str)}
        # The path is asked for at each connection: an engine made at import time outlives a scratch.
        session = self.session

        def connect():
            return sqlite3.connect(session.database.path(), check_same_thread=False)

        return real_create_engine(
            self.url, creator=connect, poolclass=session.sqlalchemy.pool.NullPool, **options)

    def drive(self, work):
        work()

    def disconnect(self):
        pass


DRIVERS = ("psycopg2", "psycopg", "asyncpg")
LIBPQ_DRIVERS = ("psycopg2", "psycopg")
# What says where a connection leads; everything else of a project's own settings is kept.
TARGET_SETTINGS = frozenset(
    "host hostaddr port user password passwd passfile database dbname service dsn conninfo ssl sslmode "
    "sslcert sslkey sslrootcert sslcrl sslpassword requiressl channel_binding gssencmode krbsrvname "
    "target_session_attrs unix_sock connection_factory async_creator_fn".split())
POOL_SETTINGS = frozenset(
    "pool poolclass pool_size max_overflow pool_timeout pool_recycle pool_pre_ping pool_use_lifo "
    "pool_reset_on_return pool_logging_name pool_events creator async_creator module strategy url".split())


class PostgreSQLScratch:
    """A scratch database of a server, reached with the driver that the project would use."""

    pattern = POSTGRESQL_TOKEN

    def __init__(self, session, url):
        self.session = session
        self.given_url = url
        scheme, separator, rest = url.partition("://")
        if not separator:
            raise RequestError("bad-request", "expected postgresql://..., found another form of URL")
        # As libpq takes it, and asyncpg too.
        self.address = "postgresql://" + rest
        parts = urllib.parse.urlsplit(self.address)
        self.name = (urllib.parse.unquote(parts.path.lstrip("/"))
                     or urllib.parse.parse_qs(parts.query).get("dbname", [""])[0])
        self.driver = self._chosen_driver()
        self.url = "postgresql+%s://%s" % (self.driver, rest)
        self.connections = []
        self.asyncpg_keys = {}
        # asyncpg's own end with the loop that they were made in.
        self.has_lasting_sessions = self.driver != "asyncpg"
        # What a new session is like: on this side, and by what the server sets, as far as it was read.
        self.new_state = None
        self.session_settings = ""

    # The driver

    def _chosen_driver(self):
        tried = []
        wanted = self._project_driver()
        for name in ([wanted] if wanted else []) + [name for name in DRIVERS if name != wanted]:
            problem = self._driver_problem(name)
            if problem is None:
                return name
            tried.append("%s: %s" % (name, problem))
        raise RequestError(
            "missing-package",
            "it needs psycopg2, psycopg or asyncpg to reach PostgreSQL (%s); one way is: %s -m pip "
            "install \"psycopg[binary]\"" % ("; ".join(tried), sys.executable), package="psycopg")

    def _driver_problem(self, name):
        """Why a driver cannot be used; nil where it can. An installed one may lack its libpq."""
        try:
            importlib.import_module(name)
            self.session.sqlalchemy.engine.make_url("postgresql+%s://" % name).get_dialect()
            if name == "asyncpg":
                importlib.import_module("greenlet")
        except Exception as problem:
            return str(problem).split("\n")[0] or type(problem).__name__
        return None

    def _project_driver(self):
        """The driver that the project's env.py or ini names, if it is one that we can use."""
        texts = []
        for path in (os.path.join(self.session.script_location, "env.py"), self.session.ini):
            try:
                with open(path or "", encoding="utf-8", errors="replace") as file:
                    texts.append(file.read())
            except OSError:
                pass
        for text in texts:
            for name in re.findall(r"postgres(?:ql)?\+(\w+)", text):
                if name in DRIVERS:
                    return name
        return None

    def versions(self):
        version = getattr(sys.modules[self.driver], "__version__", "").split(" ")[0]
        return {"driver": ("%s %s" % (self.driver, version)).strip()}

    # Connections

    def is_mine(self, connection):
        """A migration may open other databases of its application; those are none of ours."""
        return database_name(connection) == self.name

    def connected(self, connection):
        self.connections.append(connection)
        own = driver_connection(connection)
        if hasattr(own, "_protocol"):
            # Asked for now: a closed connection does not tell, and its query may go on.
            self.asyncpg_keys[id(connection)] = own._addr, own.get_server_pid(), own._protocol.backend_secret
        record_cursors(self.session, connection)

    def disconnect(self, kept=None):
        """Closes what a migration left open, so that the server can copy the database."""
        if Terminated.arrived:
            self.cancel()
        for connection in self.connections:
            if connection is kept:
                continue
            try:
                close_now(connection)
            except Exception:
                pass
        self.connections, self.asyncpg_keys = [kept] if kept else [], {}

    def settle(self, connection):
        """Makes a session as good as new, and closes what else a migration left open. False where the
        next revision needs another session."""
        told, self.session.transcript = self.session.transcript, None
        try:
            pooled = connection.connection
            own = dbapi_connection(connection)
            self.disconnect(own)
            if connection.in_transaction() or client_state(connection) != self.new_state:
                return False
            with contextlib.closing(pooled.cursor()) as cursor:
                cursor.execute(AS_NEW)
                flush = "pg_catalog.pg_stat_force_next_flush()"
                cursor.execute(SETTINGS % (flush if own.info.server_version >= 150000 else "NULL"))
                known, self.session_settings = self.session_settings, cursor.fetchone()[1]
                pooled.commit()
            return self.session_settings == known
        except Exception:
            return False
        finally:
            self.session.transcript = told

    def begin(self, connection):
        self.new_state = client_state(connection)

    def is_alive(self, connection):
        """Whether Strata has not ended the session meanwhile."""
        try:
            with contextlib.closing(connection.connection.cursor()) as cursor:
                cursor.execute("SELECT 1")
                connection.connection.rollback()
            return True
        except Exception:
            connection.invalidate()
            return False

    def cancel(self):
        """Stops what the server is doing for us; called from another thread."""
        for connection in list(self.connections):
            own = driver_connection(connection)
            try:
                if id(connection) in self.asyncpg_keys:
                    cancel_asyncpg(*self.asyncpg_keys[id(connection)])
                elif hasattr(own, "pgconn"):
                    own.pgconn.get_cancel().cancel()
                else:
                    own.cancel()
            except Exception:
                pass

    def engine(self):
        """One for all scratch databases, as `alembic upgrade` has one for all revisions: it keeps the
        statements that it has compiled, and what it knows of the server."""
        engines = self.session.engines
        if self.driver not in engines:
            engines[self.driver] = self.redirected(
                self.session.real_create_engine, self.url, {}, is_async=False)
        return engines[self.driver]

    def redirected(self, real_create_engine, url, options, is_async):
        """The engine that the project asks for, by its own driver and settings, but leading here."""
        try:
            theirs = self.session.sqlalchemy.engine.make_url(url)
        except Exception:
            theirs = None
        if theirs is not None and theirs.get_backend_name() not in ("postgresql", "postgres"):
            theirs = None
        driver = self._usable_driver(theirs, is_async)
        options = self._kept_settings(options, theirs, driver)
        address = self.session.sqlalchemy.engine.make_url("postgresql+%s://" % driver)
        if self._speaks_as(theirs, driver) and hasattr(address, "update_query_dict"):
            address = address.update_query_dict(
                {key: value for key, value in theirs.query.items() if key not in TARGET_SETTINGS})
        engine = real_create_engine(address, poolclass=self.session.sqlalchemy.pool.NullPool, **options)
        self._lead_here(getattr(engine, "sync_engine", engine))
        return engine

    def _speaks_as(self, theirs, driver):
        """Whether this driver takes the arguments that were meant for the project's own."""
        if theirs is None:
            return False
        named = theirs.get_driver_name() if "+" in theirs.drivername else "psycopg2"
        return named == driver or (named != "asyncpg" and driver in LIBPQ_DRIVERS)

    def _kept_settings(self, options, theirs, driver):
        """Of a project's settings, those that still mean something: not the pool's, and of another
        driver's or product's none but the common ones."""
        if theirs is None:
            options = {key: value for key, value in options.items()
                       if key in ENGINE_SETTINGS and not isinstance(value, str)}
        elif "+" not in theirs.drivername or theirs.get_driver_name() != driver:
            kept = ENGINE_SETTINGS + ("isolation_level", "_coerce_config")
            if self._speaks_as(theirs, driver):
                kept += ("connect_args",)
            options = {key: value for key, value in options.items() if key in kept}
        return {key: value for key, value in options.items()
                if key not in POOL_SETTINGS and not key.startswith("pool_")}

    def _usable_driver(self, theirs, is_async):
        name = theirs.get_driver_name() if theirs is not None and "+" in theirs.drivername else self.driver
        if name == "psycopg_async":
            name = "psycopg"
        if name not in DRIVERS or self._driver_problem(name) is not None:
            name = self.driver
        if is_async and name == "psycopg2":
            return next((one for one in ("asyncpg", "psycopg") if self._driver_problem(one) is None), name)
        return name

    def has_async_driver(self):
        return any(self._driver_problem(name) is None for name in ("asyncpg", "psycopg"))

    def _lead_here(self, engine):
        from sqlalchemy import event
        session = self.session

        def connect(_dialect, _record, arguments, settings):
            # Asked for at each connection: an engine made at import time outlives a scratch.
            for name in [name for name in settings if name in TARGET_SETTINGS]:
                del settings[name]
            settings["conninfo" if "psycopg" == engine.dialect.driver[:7] and
                     engine.dialect.driver != "psycopg2" else "dsn"] = session.database.address
            arguments[:] = []

        event.listen(engine, "do_connect", connect)

    def drive(self, work):
        """Runs what is written for a plain driver, over asyncpg too where there is no other."""
        if self.driver != "asyncpg" or self._has_async_environment():
            work()
            return
        from sqlalchemy.util import greenlet_spawn

        async def spawn():
            await greenlet_spawn(work)

        asyncio.run(spawn())

    def _has_async_environment(self):
        if not self.session.uses_env:
            return False
        with open(os.path.join(self.session.script_location, "env.py"), encoding="utf-8",
                  errors="replace") as file:
            text = file.read()
        return "asyncio" in text or "async_engine" in text or "anyio" in text


# Like DISCARD ALL, but drivers go on with what they have prepared. The name tells Strata that the
# session is idle, and that the server's counts hold all that it did.
AS_NEW = """
CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; RESET ROLE; UNLISTEN *;
SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES;
SET application_name = 'strata at rest'"""
# What the server sets in each new session of the database cannot be had in an old one.
SETTINGS = """
SELECT %s::pg_catalog.text, coalesce(pg_catalog.string_agg(
  pg_catalog.concat_ws(' ', setdatabase, setrole, setconfig), '; ' ORDER BY setdatabase, setrole), '')
FROM pg_catalog.pg_db_role_setting WHERE setdatabase = 0 OR setdatabase = (
  SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"""


def dbapi_connection(connection):
    """The driver's, out of SQLAlchemy's."""
    pooled = connection.connection
    return getattr(pooled, "dbapi_connection", None) or pooled.connection


def client_state(connection):
    """What a migration may have set on this side of a session."""
    own = dbapi_connection(connection)
    names = ("autocommit", "isolation_level", "readonly", "read_only", "deferrable", "encoding",
             "cursor_factory", "row_factory")
    return dict(getattr(connection, "get_execution_options", dict)()), [getattr(own, name, None) for name in names]


def driver_connection(connection):
    """asyncpg's or psycopg's own connection, out of the one that SQLAlchemy makes synchronous."""
    return getattr(connection, "driver_connection", None) or getattr(connection, "_connection", connection)


def database_name(connection):
    connection = driver_connection(connection)
    try:
        if hasattr(connection, "info"):
            return connection.info.dbname
        return connection._params.database
    except Exception:
        return None


def cancel_asyncpg(address, process, secret):
    """Its own way needs its event loop, which waits, or is over."""
    if isinstance(secret, int):
        secret = struct.pack("!I", secret & 0xFFFFFFFF)
    packet = struct.pack("!III", 12 + len(secret), 80877102, process) + secret
    if isinstance(address, str):
        end = socket.socket(socket.AF_UNIX)
        end.settimeout(2)
        end.connect(address)
    else:
        end = socket.create_connection(address[:2], timeout=2)
    with end:
        end.sendall(packet)
        end.recv(1)


def close_now(connection):
    """Without any conversation: an event loop that a connection belongs to may be over."""
    own = driver_connection(connection)
    if hasattr(own, "terminate"):
        try:
            own.terminate()
        except RuntimeError:
            end = own._transport.get_extra_info("socket")
            with socket.socket(fileno=os.dup(end.fileno())) as copy:
                copy.shutdown(socket.SHUT_RDWR)
    elif hasattr(own, "pgconn"):
        own.pgconn.finish()
    else:
        own.close()


def record_cursors(session, connection):
    """Makes the cursors that a migration opens past SQLAlchemy tell what they execute."""
    own = driver_connection(connection)
    if own is not connection or not hasattr(own, "cursor_factory"):
        return
    base = own.cursor_factory
    if base is None:
        import psycopg2.extensions
        base = psycopg2.extensions.cursor

    class Recording(base):
        def execute(self, query, *rest, **options):
            session.traced(query_text(query, self))
            return super().execute(query, *rest, **options)

        def executemany(self, query, *rest, **options):
            session.traced(query_text(query, self))
            return super().executemany(query, *rest, **options)

        if hasattr(base, "copy_expert"):
            def copy_expert(self, sql, *rest, **options):
                session.traced(query_text(sql, self))
                return super().copy_expert(sql, *rest, **options)

            def copy_from(self, file, table, *rest, **options):
                session.traced("COPY %s FROM stdin" % table)
                return super().copy_from(file, table, *rest, **options)

        if hasattr(base, "copy"):
            def copy(self, statement, *rest, **options):
                session.traced(query_text(statement, self))
                return super().copy(statement, *rest, **options)

    own.cursor_factory = Recording


def query_text(query, cursor):
    try:
        text = query.as_string(cursor) if hasattr(query, "as_string") else query
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    except Exception:
        return None


def redirect_engines(session):
    """Makes every engine that a project's env.py can build lead to the scratch database.

    Done before any of the project's modules is imported, since they import these names."""
    sqlalchemy = session.sqlalchemy
    real_create_engine = session.real_create_engine
    if session.database is None:
        session.use("sqlite:///scratch")

    def create_engine(url=None, **options):
        return session.database.redirected(real_create_engine, url, options, is_async=False)

    def engine_from_config(settings=None, prefix="sqlalchemy.", **options):
        return create_engine(**from_settings(settings, prefix, options))

    replaced = [(sqlalchemy, "create_engine", create_engine),
                (sqlalchemy, "engine_from_config", engine_from_config),
                (sqlalchemy.engine, "create_engine", create_engine),
                (sqlalchemy.engine, "engine_from_config", engine_from_config)]
    replaced += async_replacements(session, create_engine)
    for module, name, function in replaced:
        setattr(module, name, function)
    for name in ("sqlmodel", "sqlmodel.main"):
        if name in sys.modules and hasattr(sys.modules[name], "create_engine"):
            sys.modules[name].create_engine = create_engine
    # The ini's logging is for people, and an ini need not be there.
    logging.config.fileConfig = lambda *_, **__: None


def from_settings(settings, prefix, options):
    """The arguments of create_engine that a section of an ini holds."""
    found = {key[len(prefix):]: value for key, value in (settings or {}).items() if key.startswith(prefix)}
    found.update(options)
    return dict(found, url=found.get("url"), _coerce_config=True)


def async_replacements(session, create_engine):
    try:
        import sqlalchemy.ext.asyncio as asynchronous
    except ImportError:
        return []
    real_create_async_engine = asynchronous.create_async_engine

    def create_async_engine(url=None, **options):
        """The project's own kind where there is a driver for it.

        Else an AsyncEngine over a plain driver: it never awaits, which SQLAlchemy's greenlets allow."""
        database = session.database
        if isinstance(database, PostgreSQLScratch) and database.has_async_driver():
            return database.redirected(real_create_async_engine, url, options, is_async=True)
        synchronous = create_engine(None, **options)
        engine = asynchronous.AsyncEngine.__new__(asynchronous.AsyncEngine)
        assign = getattr(engine, "_assign_proxied", lambda target: target)
        engine.sync_engine = assign(synchronous)
        try:
            engine._proxied = engine.sync_engine
        except AttributeError:
            pass  # computed from sync_engine since SQLAlchemy 2.0
        return engine

    def async_engine_from_config(settings=None, prefix="sqlalchemy.", **options):
        return create_async_engine(**from_settings(settings, prefix, options))

    return [(asynchronous, "create_async_engine", create_async_engine),
            (asynchronous, "async_engine_from_config", async_engine_from_config)]


# Failures


def described(problem):
    if isinstance(problem, (RequestError, NotLiteral)):
        return str(problem)
    # SQLAlchemy's own text repeats the statement, and with it the values bound to it.
    original = getattr(problem, "orig", None)
    if isinstance(original, BaseException) and isinstance(getattr(problem, "statement", ""), (str, type(None))):
        return "%s: %s" % (type(problem).__name__, str(original).strip())
    return "%s: %s" % (type(problem).__name__, problem)


def user_frames(problem, session):
    """The frames of the user's own files, innermost last; a syntax error's place counts as one."""
    ours = [os.path.abspath(__file__), os.path.dirname(os.__file__) + os.sep, "<frozen", "<string>"]
    drivers = [sys.modules[name] for name in DRIVERS if getattr(sys.modules.get(name), "__file__", None)]
    for package in [session.alembic, session.sqlalchemy] + drivers:
        ours.append(os.path.dirname(package.__file__) + os.sep)
    frames = []
    for frame in traceback.extract_tb(problem.__traceback__):
        in_project = any(frame.filename.startswith(folder + os.sep)
                         for folder in session.versions + session.paths)
        if in_project or not any(frame.filename.startswith(place) for place in ours):
            frames.append({"file": frame.filename, "line": frame.lineno,
                           "function": frame.name, "code": frame.line})
    if isinstance(problem, SyntaxError) and problem.filename:
        frames.append({"file": problem.filename, "line": problem.lineno, "function": "<module>",
                       "code": (problem.text or "").strip()})
    return frames


def missing_module(problem):
    while problem is not None:
        if isinstance(problem, ModuleNotFoundError) and problem.name:
            return problem.name
        problem = problem.__cause__ or problem.__context__
    return None


def sqlstate(problem):
    """The five letters by which PostgreSQL names an error; None for any other error."""
    seen = 0
    while problem is not None and seen < 20:
        for error in (problem, getattr(problem, "orig", None)):
            for name in ("sqlstate", "pgcode"):
                code = getattr(error, name, None)
                if isinstance(code, str) and len(code) == 5:
                    return code
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
    return None


def failure(problem, revision, session):
    module = missing_module(problem)
    hint = None
    if module:
        hint = ("%s has no module %s: use --python with the interpreter of the project's environment, "
                "or --path with the folder that holds it" % (sys.executable, module))
    statement = getattr(problem, "statement", None)
    if not isinstance(statement, str):
        statement = session.transcript.last_statement("alembic_version") if session.transcript else None
    return {"id": revision, "error": described(problem), "sqlstate": sqlstate(problem), "statement": statement,
            "traceback": user_frames(problem, session), "missingModule": module, "hint": hint}


# Requests


def open_session(bridge, request):
    if bridge.session:
        raise RequestError("bad-request", "a migrations folder is open already; start a new bridge")
    bridge.session = session = Session(request)
    bridge.channel.send(
        "opened", alembic=session.alembic.__version__, sqlalchemy=session.sqlalchemy.__version__,
        python="%d.%d.%d" % sys.version_info[:3],
        **(session.database.versions() if session.database else {"sqlite": sqlite3.sqlite_version}),
        unimportable=[{"file": path, "error": described(problem)}
                      for path, problem in sorted(session.broken.items())])


class Run:
    """The revisions that a `run` asks for, and what is told of them."""

    def __init__(self, bridge, request):
        self.channel = bridge.channel
        self.session = bridge.session
        self.version_table = "alembic_version"
        self.take(request)

    def take(self, request):
        self.url = request["url"]
        self.revisions = request["revisions"]
        self.downgrade = bool(request.get("downgrade"))
        self.count = 0
        self.is_stopped = False

    @property
    def revision(self):
        """The one to run; None at the end."""
        return None if self.is_stopped or self.count == len(self.revisions) else self.revisions[self.count]

    def begin(self):
        self.has_begun = False
        self.started = time.perf_counter()
        self.session.transcript = Transcript(self.session.database.pattern)

    def tell(self):
        """Tells that the revision ran, and hears how it goes on."""
        statements = self.session.transcript.statements(self.version_table)
        self.session.transcript = None
        self.channel.send(
            "ran", id=self.revision, seconds=round(time.perf_counter() - self.started, 6),
            versionTable=self.version_table, statements=statements)
        self.count += 1
        answer = self.channel.receive()
        operation = answer and answer.get("op")
        if operation not in ("next", "stop"):
            self.is_stopped = True
            self.channel.put_back(answer)
            return
        self.is_stopped = operation == "stop"
        if self.revision is None:
            self.channel.send("finished", count=self.count)

    def goes_on_with_another(self, connection):
        """Whether the next request is a run on the same database, whose session is still there."""
        request = self.channel.receive()
        if (request and request.get("op") == "run" and request.get("url") == self.url
                and bool(request.get("downgrade")) == self.downgrade and request.get("revisions")
                and are_known(self.session, request["revisions"])
                and self.session.database.is_alive(connection)):
            self.take(request)
            return True
        self.channel.put_back(request)
        return False


def run_revisions(bridge, request):
    session = bridge.session
    if session is None:
        raise RequestError("bad-request", "run before open")
    session.use(request["url"])
    check_known(session, request["revisions"])
    session.durable = bool(request.get("durable"))
    run = Run(bridge, request)
    if run.revision is None:
        bridge.channel.send("finished", count=0)
    while run.revision is not None:
        try:
            session.follow(run)
        except (Exception, SystemExit) as problem:
            if run.revision is not None:
                bridge.channel.send("failed", **failure(problem, run.revision, session))
            return
        finally:
            told, session.transcript = session.transcript, None
        if told is not None:
            session.transcript = told
            run.tell()


def check_known(session, revisions):
    for revision in revisions:
        try:
            found = session.script.get_revision(revision)
        except Exception as problem:
            raise RequestError("unknown-revision", described(problem), id=revision)
        if found is None or found.revision != revision:
            raise RequestError("unknown-revision", "no revision %s in the versions folder" % revision, id=revision)


def are_known(session, revisions):
    try:
        check_known(session, revisions)
    except RequestError:
        return False
    return True


class Bridge:
    def __init__(self):
        self.channel = Channel()
        self.session = None

    def serve(self):
        while True:
            request = self.channel.receive()
            if request is None or request.get("op") == "quit":
                return
            try:
                self.answer(request)
            except RequestError as problem:
                self.channel.send("error", code=problem.code, message=str(problem), **problem.details)
            except (EOFError, BrokenPipeError):
                return
            except KeyError as problem:
                self.channel.send("error", code="bad-request",
                                  message="%s needs %s" % (request.get("op"), problem))
            except Exception as problem:
                traceback.print_exc()
                self.channel.send("error", code="internal", message=described(problem))

    def answer(self, request):
        operation = request.get("op")
        if operation == "scan":
            scan(self.channel, request)
        elif operation == "locate":
            locate(self.channel, request)
        elif operation == "open":
            open_session(self, request)
        elif operation == "run":
            run_revisions(self, request)
        else:
            raise RequestError("bad-request", request.get("why") or "unknown op %r" % operation)


def terminate(*_):
    Terminated.arrived = True
    raise Terminated


def cancel_work(bridge):
    database = bridge.session and bridge.session.database
    if isinstance(database, PostgreSQLScratch):
        database.cancel()


def cancel_on_sigterm(bridge):
    """Wakes up a driver that waits for the server in C, where Python's handlers do not run."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)

    def watch():
        while True:
            arrived = ours.recv(1)
            if not arrived or signal.SIGTERM in arrived:
                break
        cancel_work(bridge)

    threading.Thread(target=watch, daemon=True).start()
    return theirs


def end_with_parent(bridge):
    """Ends this program when the one that started it is gone, in the middle of a migration too."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        cancel_work(bridge)
        os._exit(128 + signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main():
    signal.signal(signal.SIGTERM, terminate)
    # The folder of this file is no place to import from: it is a temporary one.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != here or path == ""]
    bridge = Bridge()
    wakeup = cancel_on_sigterm(bridge)
    end_with_parent(bridge)
    try:
        bridge.serve()
        return 0
    except Terminated:
        return 128 + signal.SIGTERM
    finally:
        signal.set_wakeup_fd(-1)
        wakeup.close()
        if bridge.session:
            bridge.session.close()


if __name__ == "__main__":
    sys.exit(main())
