"""Runs revisions through env.py: each in a run of its own, or several in one, as one `alembic upgrade`
does."""
from .protocol import RequestError
from .sequences import Sequences
from .settings import Settings, copied
from .statements import Transcript
from .walls.policy import NotTogether


def follow(session, run):
    """Runs the run's next revision, and those after it as long as they can share a session or a run."""
    if run.is_together and session.uses_env and session.database.is_server and run.count < len(run.revisions) - 1:
        Together(session, run).follow()
    else:
        follow_singly(session, run)


def follow_singly(session, run):
    def steps(heads, context):
        enter(session, run, context, [run.revision], heads)
        # It ran in this one already: env.py may run the migrations for each schema of a database.
        if run.has_begun and run.revision in heads:
            return
        if session.goes_on():
            session.database.begin(context.connection)
        settings = Settings(session, context.connection, run.times, heads)
        while True:
            yield from step(session, run, settings)
            if not session.goes_on() or not session.database.settle(context.connection):
                return
            run.tell()
            if run.revision is None and not run.goes_on_with_another(context.connection):
                return
            run.begin()

    run.begin()
    session.through_environment(steps, run.revision)
    if not run.has_begun:
        raise RuntimeError(session.nothing_ran())
    if not run.is_done:
        raise RuntimeError(
            "the migration ends the program before it is done (sys.exit): `alembic upgrade` never gets past it")


def enter(session, run, context, revisions, heads):
    """Beneath env.py, before the first step of one of its runs."""
    session.graph.load_for(revisions)
    run.note_version_table(context.version_table)
    run.is_one_transaction = session.uses_env and context.impl.transactional_ddl and not getattr(
        context, "_transaction_per_migration", False)
    # One upgrade of many revisions remembers which types its tables have made; some
    # histories rely on that, so the steps on one database remember it too.
    url = session.database.url
    if url not in session.memos:
        session.memos[url] = session.remembered.memo(heads)
    context.impl.memo = session.memos[url]


def step(session, run, settings):
    run.has_begun, run.is_done = True, False
    run.times += 1
    settings.put_on()
    session.walls.is_in_migration = True
    try:
        yield session.alembic.runtime.migration.MigrationStep.upgrade_from_script(
            session.script.revision_map, session.script.get_revision(run.revision))
    finally:
        session.walls.is_in_migration = False
    run.left = settings.left(session.transcript, run.is_one_transaction)
    session.remembered.note(run, settings, session.memos[session.database.url])
    run.is_done = True


class Part:
    """What is to be told of one revision."""

    def __init__(self, transcript):
        self.transcript, self.beside = transcript, None
        self.times, self.left = 0, []


class Together:
    """Revisions between which nobody looks, in one run of env.py.

    What fails so may do singly, as a value of an enum that an earlier one adds; where nothing was
    committed, all is as before, and they are run one by one."""

    def __init__(self, session, run):
        self.session, self.run, self.first = session, run, run.count
        self.revisions = run.revisions[run.count:]
        self.parts, self.number, self.finished, self.committed = [], 0, 0, 0
        self.passes, self.commits, self.began = 0, session.commit_count, 0
        self.memory = {url: copied(memo) for url, memo in session.memos.items()}
        self.settings = {key: dict(kept) for key, kept in session.settings.items()}
        # Of those that were there before: no rollback takes them back.
        self.sequences = Sequences(session)

    def follow(self):
        session, run = self.session, self.run
        run.is_together = False
        run.begin()
        try:
            session.through_environment(self.steps, self.revisions[-1])
        except (Exception, SystemExit) as problem:
            if session.graph.problem is not None or isinstance(problem, RequestError):
                raise
            if not self.goes_on_singly():
                raise
            return
        finally:
            session.walls.is_together = False
        if not self.parts:
            raise RuntimeError(session.nothing_ran())
        # One of them may have ended the program, as env.py's own command does well with.
        if self.finished == len(self.revisions):
            self.tell(len(self.parts))
        elif not self.goes_on_singly():
            raise RuntimeError(session.nothing_ran())

    def goes_on_singly(self):
        """After a failure: whether the database is as some of them left it, so that the rest can run."""
        session, run = self.session, self.run
        if session.commit_count == self.commits:
            self.forget()
            return True
        failed = session.transcript
        is_clean = session.commit_count == self.began and self.finished == self.committed and self.passes == 1
        self.tell(self.committed if self.passes == 1 else 0)
        if is_clean:
            return True
        run.count, run.has_begun, session.transcript = self.first + self.number, True, failed
        return False

    def forget(self):
        session, run = self.session, self.run
        session.memos, session.settings = self.memory, self.settings
        session.walls.refused, session.walls.opened = [], []
        session.transcript, run.count = None, self.first
        self.sequences.put_back()

    def steps(self, heads, context):
        session, run = self.session, self.run
        enter(session, run, context, self.revisions, heads)
        if self.finished and self.revisions[-1] in heads:
            return
        if not self.passes:
            # What env.py commits before is done again.
            self.commits = session.commit_count
            self.sequences.note(context.connection)
        self.passes += 1
        settings = Settings(session, context.connection, self.passes - 1, heads)
        for number in range(len(self.revisions)):
            self.number, run.count, self.began = number, self.first + number, session.commit_count
            if number == len(self.parts):
                # What env.py did before is told with the first.
                self.parts.append(Part(Transcript(session.database.pattern) if self.parts else session.transcript))
            part, walls = self.parts[number], session.walls
            session.transcript, run.times, walls.beside = part.transcript, part.times, part.beside
            walls.is_together = number > 0 and context.connection.in_transaction()
            yield from step(session, run, settings)
            part.times, part.left, part.beside = run.times, run.left, walls.beside
            # The migration may have made nothing of the refusal.
            if walls.is_together and part.beside:
                raise NotTogether
            walls.is_together = False
            self.finished = max(self.finished, number + 1)
            if self.passes == 1 and not context.connection.in_transaction():
                self.committed = number + 1

    def tell(self, count):
        """Tells of the first ones."""
        run, session = self.run, self.session
        run.count = self.first
        for part in self.parts[:count]:
            session.transcript, session.walls.beside = part.transcript, part.beside
            run.times, run.left = part.times, part.left
            run.tell()
            if run.is_stopped:
                return
