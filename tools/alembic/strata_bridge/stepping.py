"""Runs the revisions that are asked for, one after the other."""
import collections
import contextlib

from . import environment, following, settings
from .failures import failure
from .protocol import RequestError
from .statements import Transcript
from .walls import places


class Run:
    """The revisions that a `run` asks for, and what is told of them."""

    def __init__(self, bridge, request):
        self.channel = bridge.channel
        self.session = bridge.session
        self.noted_tables = []
        self.take(request)

    def take(self, request):
        self.url = request["url"]
        self.revisions = request["revisions"]
        self.is_together = bool(request.get("together"))
        self.session.commits.text = request.get("beforeCommit")
        self.count = 0
        self.is_stopped = False

    @property
    def version_tables(self):
        return self.noted_tables or ["alembic_version"]

    def note_version_table(self, name):
        if name not in self.noted_tables:
            self.noted_tables.append(name)

    @property
    def revision(self):
        """The one to run; None at the end."""
        return None if self.is_stopped or self.count == len(self.revisions) else self.revisions[self.count]

    def begin(self):
        self.has_begun = self.is_done = False
        # How often the migration began: for each schema, where env.py loops over them.
        self.times = 0
        # What the migration left set in its session.
        self.left = []
        # Whether env.py has one transaction for all revisions of an upgrade.
        self.is_one_transaction = False
        self.session.walls.beside = None
        self.session.transcript = Transcript(self.session.database.pattern)

    def tell(self):
        """Tells that the revision ran, and hears how it goes on."""
        statements = self.session.transcript.statements(self.version_tables)
        own = [entry["sql"] for entry in self.session.transcript.own]
        self.session.transcript = None
        self.channel.send(
            "ran", id=self.revision, versionTables=self.version_tables, statements=statements, own=own,
            told=self.session.walls.told() + self.looked_beside() + settings.told(self.left), times=self.times)
        self.count += 1
        answer = self.channel.receive()
        operation = answer and answer.get("op")
        if operation not in ("next", "stop"):
            self.is_stopped = True
            self.channel.put_back(answer)
            return
        self.is_stopped = operation == "stop"
        if self.revision is None:
            self.channel.send("finished")

    def looked_beside(self):
        line = self.session.walls.beside
        if line is None or not self.is_one_transaction:
            return []
        return ["%s: the migration looks through a connection of its own. `alembic upgrade` of several revisions "
                "runs them in one transaction here, of which that sees nothing; it was recorded as if they were "
                "upgraded one by one" % places.described(line)]

    def goes_on_with_another(self, connection):
        """Whether the next request is a run on the same database, whose session is still there."""
        request = self.channel.receive()
        if (request and request.get("op") == "run" and request.get("url") == self.url
                and request.get("revisions")
                and are_known(self.session, request["revisions"])
                and self.session.database.is_alive(connection)):
            self.take(request)
            return True
        self.channel.put_back(request)
        return False


def opened(bridge, request):
    if bridge.session is None:
        raise RequestError("bad-request", "%s before open" % request["op"])
    bridge.session.use(request["url"])
    return bridge.session


@contextlib.contextmanager
def whole(run):
    """One run of env.py from its begin to its end, of which a failure is told."""
    run.begin()
    try:
        yield
    except RequestError:
        raise
    except (Exception, SystemExit) as problem:
        run.channel.send("failed", **failure(problem, run, run.session))
    finally:
        run.session.transcript = None


def prepare(bridge, request):
    session = opened(bridge, request)
    run = Run(bridge, dict(request, revisions=[]))
    with whole(run):
        if session.uses_env:
            session.prepare(run)
            session.refuse_stamp(run)
        bridge.channel.send(
            "prepared", versionTables=run.version_tables, told=session.walls.told(),
            engineName=session.passes.engine_name, otherProduct=session.other_product(),
            statements=session.transcript.statements(run.version_tables))


class Upgrade(Run):
    """An `alembic upgrade` that runs as a whole."""

    def __init__(self, bridge, request):
        super().__init__(bridge, dict(request, revisions=[]))
        self.begun = collections.Counter()
        self.current = None

    @property
    def revision(self):
        return self.current

    def enter(self, revision):
        self.has_begun = True
        self.begun[revision] += 1
        self.current = revision
        self.times = max(self.begun.values())


def upgrade(bridge, request):
    session = opened(bridge, request)
    run = Upgrade(bridge, request)
    with whole(run):
        environment.upgrade(session, run, request["revision"])
        bridge.channel.send(
            "upgraded", versionTables=run.version_tables, told=session.walls.told(), times=run.times,
            own=[entry["sql"] for entry in session.transcript.own], statements=session.transcript.statements(run.version_tables))


def run_revisions(bridge, request):
    session = opened(bridge, request)
    session.graph.check(request["revisions"])
    run = Run(bridge, request)
    if run.revision is None:
        bridge.channel.send("finished")
    while run.revision is not None:
        try:
            following.follow(session, run)
        except (Exception, SystemExit) as problem:
            # What env.py made of it is not what is wrong.
            refused = session.graph.take_problem()
            if refused is not None or isinstance(problem, RequestError):
                raise refused or problem
            if run.revision is not None:
                bridge.channel.send("failed", **failure(problem, run, session))
            return
        finally:
            told, session.transcript = session.transcript, None
        if told is not None:
            session.transcript = told
            run.tell()


def are_known(session, revisions):
    try:
        session.graph.check(revisions)
    except RequestError:
        return False
    return True
