"""Reads migration files without importing them."""
import ast
import os
import re

from .failures import described
from .protocol import NotLiteral, RequestError

VERSIONING_NAMES = ("revision", "down_revision", "depends_on", "branch_labels")
CREATE_DATE = re.compile(r"^[ \t]*Create Date:[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


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
    """The absolute path of every file that Alembic would load, by name."""
    for directory in directories:
        if not os.path.isdir(directory):
            raise RequestError("bad-location", "no versions folder at %s" % directory)
        for folder, subfolders, names in os.walk(directory):
            subfolders[:] = sorted(
                name for name in subfolders
                if recursive and name != "__pycache__" and not name.startswith("."))
            for name in sorted(names):
                if name.endswith(".py") and not name.startswith((".", "__init__")):
                    yield os.path.join(folder, name)


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
        createDate=created.group(1) if created else None)
    return fields


def scan(channel, request):
    for path in request["files"]:
        try:
            fields = read_revision(path)
        except (NotLiteral, SyntaxError, ValueError, OSError, RecursionError) as problem:
            line = getattr(problem, "line", None) or getattr(problem, "lineno", None)
            broken = isinstance(problem, SyntaxError)
            why = "expected Python, found %s" % problem.msg if broken else described(problem)
            channel.send("unparsable", file=path, line=line, why=why, isBroken=broken)
            continue
        if fields is not None:
            channel.send("revision", file=path, **fields)
    channel.send("scanned")
