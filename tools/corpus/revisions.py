"""Tells the revisions of an Alembic versions folder, as Alembic itself sees them.

    PYTHON revisions.py DIR

Prints a JSON object, oldest revision first: the id of each, with those of all that come before it.
(PYTHON has alembic.)
"""
import json
import sys

from alembic.script import ScriptDirectory


def main():
    folder = sys.argv[1]
    before = {}
    for revision in reversed(list(ScriptDirectory(folder, version_locations=[folder]).walk_revisions())):
        parents = set(revision._all_down_revisions)
        before[revision.revision] = parents.union(*(before[parent] for parent in parents))
    print(json.dumps({id: sorted(ids) for id, ids in before.items()}))


if __name__ == "__main__":
    main()
