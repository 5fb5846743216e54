"""Who makes a history's real databases: plain Alembic, or psql over a folder of SQL.

A peer tells the ids of the history (`revisions`) and what comes before each (`before`), brings a
database from one of them to another (`upgrade`), and gives the options by which Strata imports the
same folder (`import_options`). It shares no code with Strata.
"""
import glob
import json
import os
import subprocess

import projects

HERE = os.path.dirname(os.path.abspath(__file__))


class AlembicPeer:
    """Plain Alembic over the package's versions folder, or its whole project with env.py."""

    def __init__(self, corpus):
        self.corpus = corpus
        self.verb = "alembic"
        self.known = None
        self.environment = dict(os.environ, PYTHONHASHSEED="0", **corpus.get("environment", {}))

    def graph(self):
        """Each revision with all that come before it, oldest first, as Alembic itself tells them."""
        if not self.known:
            done = subprocess.run(
                [self.corpus["python"], os.path.join(HERE, "revisions.py"), self.corpus["versions"]],
                stdout=subprocess.PIPE, text=True, env=self.environment, check=True)
            self.known = json.loads(done.stdout)
        return self.known

    def revisions(self):
        return list(self.graph())

    def before(self, target):
        """All that come before a revision; all there are before `heads`."""
        return self.graph()[target] if target != "heads" else self.revisions()

    def upgrade(self, url, target, folder, _start=None):
        words = [self.corpus["python"], os.path.join(HERE, "upgrade.py"), "--target", target,
                 "--path", self.corpus["path"], "--transaction-per-migration",
                 *projects.upgrade_options(self.corpus, folder, url)]
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment)
        if done.returncode != 0:
            raise RuntimeError(f"plain Alembic to {target} failed: {done.stdout[-2000:]}")

    def import_options(self):
        return projects.import_options(self.corpus)


class SQLPeer:
    """psql over a folder of numbered files, a transaction each."""

    def __init__(self, corpus, server):
        self.server = server
        self.verb = "sql"
        self.environment = dict(os.environ)
        # The order of the untouched folder; Strata's ids are the parts of the names before `_`,
        # where these are unique, else the whole names.
        self.names = self.files(corpus["versions"])
        heads = [name.split("_")[0] for name in self.names]
        self.ids = [head if heads.count(head) == 1 else name[:-len(".sql")] for head, name in zip(heads, self.names)]

    @staticmethod
    def files(folder):
        return sorted(os.path.basename(path) for path in glob.glob(os.path.join(folder, "*.sql")))

    def revisions(self):
        return self.ids

    def before(self, target):
        return self.ids[:self.ids.index(target)] if target != "heads" else self.ids

    def upgrade(self, url, target, versions, start=None):
        last = len(self.names) - 1 if target == "heads" else self.ids.index(target)
        first = self.ids.index(start) if start else -1
        for name in self.files(versions):
            if not first < self.names.index(name) <= last:
                continue
            with open(os.path.join(versions, name), encoding="utf-8") as file:
                self.server.psql_url(url, file.read(), in_transaction=True)

    def import_options(self):
        return ["--layout", "plain"]
