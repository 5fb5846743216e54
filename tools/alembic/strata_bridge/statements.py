"""Reads SQL, only as far as naming a statement needs, and keeps what ran."""
import functools
import re

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
MAY_SET = re.compile(r"\s*(?:SET|RESET|DISCARD|DO|CALL|PRAGMA)\b|.*\bset_config\b", re.IGNORECASE | re.DOTALL)
# Whatever may be the name of a setting of the application's own, which no catalog lists.
CUSTOM = re.compile(r"\b[a-z_]\w*(?:\.[a-z_]\w*)+", re.IGNORECASE | re.ASCII)
LOCAL = re.compile(r"\s*SET\s+LOCAL\s+\"?([\w.]+)", re.IGNORECASE)
CREATED = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+|UNIQUE\s+)*(\w+)\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(]+)", re.IGNORECASE)
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


def created(sql):
    """What a statement makes, in words: `table x`; None for one that makes nothing."""
    found = CREATED.match(sql or "")
    return found and "%s %s" % (found.group(1).lower(), re.sub(r"[\"`\[\]]", "", found.group(2)))


def is_insert(sql):
    return sql.lstrip()[:6].upper() == "INSERT"


def touches_table(names):
    pattern = r"(?:INTO|UPDATE|FROM|TABLE(?:\s+IF(?:\s+NOT)?\s+EXISTS)?)\s+(?:\w+\s*\.\s*)?[\"'`\[]?(?:%s)\b"
    return re.compile(pattern % "|".join(re.escape(name) for name in names), re.IGNORECASE)


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
        # What env.py's on_version_apply ran behind the migration.
        self.own, self.is_own = [], False
        # Whether anything was executed that sets something for the session, and what holds for a
        # transaction alone.
        self.may_set, self.local, self.custom = False, set(), set()
        self.last_sql = None
        self.pattern = pattern
        # While SQLAlchemy executes, it has told the template; SQLite then tells the expanded text.
        self.inside_template = False

    def before_cursor_execute(self, _conn, _cursor, sql, parameters, context, executemany):
        self.last_sql = sql
        self.note_settings(sql)
        self.inside_template = True
        kind = statement_kind(sql, self.pattern)
        if kind == "data":
            self._add(*template(sql, parameters, context) if executemany else (sql, 1))
        elif kind is not None and self.pattern is POSTGRESQL_TOKEN:
            # The driver halves percent signs; nobody else tells what the server saw.
            self._add(sql if parameters else sql.replace("%%", "%"), 1)

    def after_cursor_execute(self, *_):
        self.inside_template = False

    def note_settings(self, sql):
        if MAY_SET.match(sql):
            self.may_set = True
            self.custom.update(name.lower() for name in CUSTOM.findall(sql))
        local = LOCAL.match(sql)
        if local:
            self.local.add(local.group(1).lower())

    def traced(self, sql):
        """What SQLite ran, or what a migration executed past SQLAlchemy."""
        self.note_settings(sql)
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
        sql, entries = sql.strip(), self.own if self.is_own else self.entries
        if entries and entries[-1]["sql"] == sql:
            entries[-1]["count"] += count
        else:
            entries.append({"sql": sql, "count": count})

    def statements(self, version_tables):
        about_versions = touches_table(version_tables)
        return [entry for entry in self.entries if not about_versions.search(entry["sql"])]

    def stamps(self, version_tables):
        """Whether a revision was written down there."""
        about_versions = touches_table(version_tables)
        return any(about_versions.search(entry["sql"]) and is_insert(entry["sql"]) for entry in self.entries)

    def last_statement(self, version_tables):
        told = self.last_sql
        return None if told is None or touches_table(version_tables).search(told) else told.strip()
