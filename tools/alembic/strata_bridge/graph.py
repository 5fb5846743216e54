"""The revisions of a folder, as Alembic sees them."""
import gc
import os
import types

from .failures import described
from .protocol import RequestError
from .reading import read_revision, revision_files


class Graph:
    """The script directory of a session, which reads the folder that Strata has found."""

    def __init__(self, session, request):
        self.session = session
        self.recursive = bool(request.get("recursive"))
        self.broken = {}
        self.is_loaded = False
        # What was wrong with the folder, of which env.py may make something else.
        self.problem = None
        graph = self

        class Directory(session.alembic.script.ScriptDirectory):
            def _load_revisions(self):
                return graph.scripts()

        self.script = Directory(session.script_location, version_locations=session.versions)

    def load(self):
        """Imports the version files, once. Alembic does so when env.py first runs the migrations: what
        env.py sets up before that, they find. Raises RequestError."""
        if self.is_loaded:
            return
        # What the migrations import can be a large application: it stays, and need not be gone
        # through again and again for what could be let go.
        gc.disable()
        try:
            self.script.revision_map.heads
            list(self.script.walk_revisions())
        except Exception as problem:
            raise RequestError("bad-graph", described(problem))
        finally:
            gc.freeze()
            gc.enable()
        self.is_loaded = True

    def load_for(self, revisions):
        """For revisions that are to run now, beneath env.py."""
        try:
            self.load()
            self.check(revisions)
        except RequestError as problem:
            self.problem = problem
            raise

    def take_problem(self):
        problem, self.problem = self.problem, None
        return problem

    def check(self, revisions):
        """Raises RequestError for what is no revision of the folder, once it is loaded."""
        if not self.is_loaded:
            return
        for revision in revisions:
            try:
                found = self.script.get_revision(revision)
            except Exception as problem:
                raise RequestError("unknown-revision", described(problem), id=revision)
            if found is None or found.revision != revision:
                raise RequestError(
                    "unknown-revision", "no revision %s in the versions folder" % revision, id=revision)

    def scripts(self):
        alembic = self.session.alembic
        for path in revision_files(self.session.versions, self.recursive):
            try:
                module = alembic.util.load_python_file(os.path.dirname(path), os.path.basename(path))
            except Exception as problem:
                module = self._stand_in(path, problem)
            revision = getattr(module, "revision", None)
            if revision is not None:
                module.__dict__.setdefault("down_revision", None)
                yield alembic.script.Script(module, revision, path)

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

        module.upgrade = fail
        return module
