"""Tells whether two SQLite databases are the same, sharing no code with Strata.

    python judge.py A.db B.db [--rows] [--exact] [--ignore-table NAME]... [--ignore-column TABLE.COLUMN]...

Compares the definitions in sqlite_schema, what the pragmas say of every table and index, and
with `--rows` all rows of all tables. Exit 0: the same; 1: different, with a list; 2: usage.

Seen through, since they are spelling and not schema:
- white space and comments outside quotes, the case of keywords, quotes around plain names
  (RENAME quotes a table's name), IF NOT EXISTS
- parentheses around a whole default or around a whole CHECK expression
- the order of table constraints, and with it the numbering of automatic indexes and of foreign
  keys: Alembic's batch mode writes them in an order that changes from run to run
- the order in which objects were created.
`--exact` compares the texts of sqlite_schema byte for byte, in the order of their names.
"""
import argparse
import collections
import re
import sqlite3
import sys

TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>[xX]?'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<other>\|\||<=|>=|<>|!=|==|<<|>>|->>|->|.)""", re.VERBOSE | re.DOTALL)
CONSTRAINT_STARTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
# Quotes around these are kept, so that a column named so is not taken for what the word means.
KEYWORDS = CONSTRAINT_STARTS + ("DEFAULT", "IF", "NOT", "EXISTS", "NULL", "COLLATE", "REFERENCES")
PRAGMAS = ("user_version", "application_id", "encoding", "auto_vacuum")
AUTOMATIC = re.compile(r"^sqlite_autoindex_")


def tokens(sql):
    """The tokens of a definition: names without quotes, keywords and names in one case."""
    found = []
    for match in TOKEN.finditer(sql or ""):
        kind, text = match.lastgroup, match.group()
        if kind == "skip":
            continue
        if kind == "quoted":
            inner = text[1:-1] if text[0] == "[" else text[1:-1].replace(text[0] * 2, text[0])
            plain = re.fullmatch(r"[^\W\d][\w$]*", inner) and inner.upper() not in KEYWORDS
            found.append(inner.upper() if plain else '"%s"' % inner)
        elif kind == "word":
            found.append(text.upper())
        else:
            found.append(text)
    return found


def closing(words, opening):
    """The index of the parenthesis that closes the one at `opening`."""
    depth = 0
    for index in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth == 0:
            return index
    return len(words) - 1


def without_needless_parentheses(words):
    """DEFAULT (x) and DEFAULT x are one; so are CHECK ((x)) and CHECK (x)."""
    result, index = [], 0
    while index < len(words):
        word = words[index]
        result.append(word)
        index += 1
        if word not in ("DEFAULT", "CHECK") or index >= len(words) or words[index] != "(":
            continue
        end = closing(words, index)
        inner = without_needless_parentheses(words[index + 1:end])
        while inner and inner[0] == "(" and closing(inner, 0) == len(inner) - 1:
            inner = inner[1:-1]
        result += ["("] + inner + [")"] if word == "CHECK" else inner
        index = end + 1
    return result


def split_at_commas(words):
    parts, depth = [[]], 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def normal_table(words):
    """CREATE TABLE with its columns in order and its table constraints sorted."""
    if "(" not in words:
        return words
    start = words.index("(")
    end = closing(words, start)
    parts = [without_needless_parentheses(part) for part in split_at_commas(words[start + 1:end])]
    first = next((index for index, part in enumerate(parts)
                  if part and index > 0 and part[0] in CONSTRAINT_STARTS), len(parts))
    parts = parts[:first] + sorted(parts[first:])
    inside = [word for part in parts for word in part + [","]][:-1]
    return words[:start + 1] + inside + words[end:]


def normal_definition(kind, sql):
    words = tokens(sql)
    for index in range(len(words) - 2):
        if words[index:index + 3] == ["IF", "NOT", "EXISTS"]:
            del words[index:index + 3]
            break
    if kind == "table" and words[1:2] != ["VIRTUAL"]:
        words = normal_table(words)
    else:
        words = without_needless_parentheses(words)
    return " ".join(words)


def quoted(name):
    return '"%s"' % name.replace('"', '""')


class Database:
    def __init__(self, path, options):
        self.connection = sqlite3.connect("file:%s?mode=ro" % path.replace("?", "%3f"), uri=True)
        self.connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        self.options = options
        self.ignored = {name.lower() for name in options.ignore_table}

    def ask(self, sql):
        return self.connection.execute(sql).fetchall()

    def definitions(self):
        """(type, name, table) -> definition, with automatic indexes left to the pragmas."""
        found = {}
        for kind, name, table, sql in self.ask("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
            if table.lower() in self.ignored or (AUTOMATIC.match(name) and not self.options.exact):
                continue
            found[(kind, name, table)] = sql if self.options.exact else normal_definition(kind, sql)
        return found

    def tables(self):
        return sorted(name for schema, name, *_ in self.ask("PRAGMA table_list")
                      if schema == "main" and name.lower() not in self.ignored
                      and name not in ("sqlite_schema", "sqlite_temp_schema"))

    def facts(self):
        """What the pragmas say, as a flat mapping from a place to a value."""
        found = {("pragma", name): self.ask("PRAGMA " + name) for name in PRAGMAS}
        for schema, name, *rest in self.ask("PRAGMA table_list"):
            if schema == "main" and name in self.tables():
                found[("table_list", name)] = rest
        for table in self.tables():
            for column in self.ask("PRAGMA table_xinfo(%s)" % quoted(table)):
                found[("table_xinfo", table, column[1])] = self.normal_column(column)
            found[("index_list", table)] = self.indexes(table)
            found[("foreign_key_list", table)] = self.foreign_keys(table)
        return found

    def normal_column(self, column):
        position, name, kind, required, default, key, hidden = column
        if default is not None and not self.options.exact:
            default = " ".join(without_needless_parentheses(["DEFAULT"] + tokens(default))[1:])
        return position, name, kind, required, default, key, hidden

    def indexes(self, table):
        found = []
        for _, name, unique, origin, partial in self.ask("PRAGMA index_list(%s)" % quoted(table)):
            columns = self.ask("PRAGMA index_xinfo(%s)" % quoted(name))
            shown = "(automatic)" if AUTOMATIC.match(name) else name
            found.append((shown, unique, origin, partial, columns))
        return sorted(found, key=repr)

    def foreign_keys(self, table):
        grouped = collections.OrderedDict()
        for number, *rest in self.ask("PRAGMA foreign_key_list(%s)" % quoted(table)):
            grouped.setdefault(number, []).append(tuple(rest))
        return sorted((tuple(sorted(parts, key=repr)) for parts in grouped.values()), key=repr)

    def rows(self, table):
        left_out = {pair.lower() for pair in self.options.ignore_column}
        names = [column[1] for column in self.ask("PRAGMA table_xinfo(%s)" % quoted(table))
                 if "%s.%s" % (table.lower(), column[1].lower()) not in left_out]
        if not names:
            return collections.Counter()
        columns = ", ".join("typeof(%s), %s" % (quoted(name), quoted(name)) for name in names)
        return collections.Counter(self.ask("SELECT %s FROM %s" % (columns, quoted(table))))


def compared(first, second, what):
    """One line for each key whose value differs between two mappings."""
    for key in sorted(set(first) | set(second), key=repr):
        place = "%s %s" % (what, " ".join(str(part) for part in key))
        if key not in second:
            yield "%s: only in the first: %s" % (place, first[key])
        elif key not in first:
            yield "%s: only in the second: %s" % (place, second[key])
        elif first[key] != second[key]:
            yield "%s:\n    first:  %s\n    second: %s" % (place, first[key], second[key])


def compared_rows(first, second, table):
    ours, theirs = first.rows(table), second.rows(table)
    for label, rows in (("first", ours - theirs), ("second", theirs - ours)):
        for row, count in sorted(rows.items(), key=repr)[:5]:
            yield "rows %s: only in the %s (%d times): %s" % (table, label, count, row[1::2])
        if len(rows) > 5:
            yield "rows %s: and %d more only in the %s" % (table, len(rows) - 5, label)


def differences(first, second, options):
    yield from compared(first.definitions(), second.definitions(), "definition")
    yield from compared(first.facts(), second.facts(), "fact")
    if options.rows:
        both = set(first.tables()) & set(second.tables())
        virtual = {name for (kind, name, _), sql in first.definitions().items()
                   if kind == "view" or (sql or "").upper().startswith("CREATE VIRTUAL")}
        for table in sorted(both - virtual):
            yield from compared_rows(first, second, table)


def main():
    parser = argparse.ArgumentParser(description="compares two SQLite databases")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--ignore-table", action="append", default=[])
    parser.add_argument("--ignore-column", action="append", default=[])
    options = parser.parse_args()
    try:
        first, second = Database(options.first, options), Database(options.second, options)
        found = list(differences(first, second, options))
    except sqlite3.Error as problem:
        print("judge: %s" % problem, file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print("%d difference%s" % (len(found), "" if len(found) == 1 else "s"), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
