"""What env.py asks of Alembic: to run the migrations once, once for each schema of a database, or on
several databases."""
import os

from .protocol import RequestError
from .walls import targets

# Alembic's own, where env.py names no other.
USUAL_TOKEN, TOKEN_END = "upgrades", "_upgrades"


def configuration(session):
    """The project's configuration, as the command `alembic` makes it."""
    config_class = session.alembic.config.Config
    if session.toml is None:
        return config_class(session.ini, ini_section=session.section)
    # The command names an ini, whether there is one or not.
    ini = session.ini or os.path.join(os.path.dirname(session.toml), "alembic.ini")
    try:
        return config_class(ini, toml_file=session.toml, ini_section=session.section)
    except TypeError:
        if session.ini:
            return config_class(session.ini, ini_section=session.section)
        raise RequestError(
            "bad-location", "%s: expected Alembic 1.16 or later, which reads [tool.alembic], found %s; update it, "
            "or write an alembic.ini" % (session.toml, session.alembic.__version__))


class Pass:
    """One run of the migrations that env.py asks for."""

    def __init__(self, context, options):
        url = getattr(getattr(context.connection, "engine", None), "url", None)
        try:
            self.target = targets.url_target(url)
        except Exception:
            self.target = None
        token = context.opts.get("upgrade_token") or USUAL_TOKEN
        engine_name = options.get("engine_name")
        self.database = os.path.basename(getattr(self.target, "database", None) or "")
        stem = os.path.splitext(self.database)[0] if self.target and self.target.product == "sqlite" else self.database
        # A loop over the schemas of one database has neither a token nor a name of an engine.
        self.key = self.target, token, engine_name if isinstance(engine_name, str) else None
        # Flask-Migrate's first database has an empty one.
        if isinstance(engine_name, str) and engine_name:
            self.name = engine_name
        elif token not in (USUAL_TOKEN, TOKEN_END):
            self.name = token[:-len(TOKEN_END)] if token.endswith(TOKEN_END) else token
        else:
            self.name = stem
        self.names = {self.name, self.database, engine_name}
        self.engine_name = engine_name if isinstance(engine_name, str) else None


class Passes:
    """Those of one run of env.py. A history is of one database: of several, the user names one."""

    def __init__(self, session):
        self.session = session
        self.wanted = session.request.get("database")
        self.found, self.taken = {}, None
        # Those of the runs that were taken: a loop over schemas may have one each.
        self.version_tables = []

    def install(self):
        """Stands before every MigrationContext's run: another database's is passed over, so that it
        waits for nothing that the one holds."""
        context_class = self.session.alembic.runtime.migration.MigrationContext
        real, passes = context_class.run_migrations, self

        def run_migrations(context, **options):
            if passes.session.walls.is_in_migration or passes.takes(Pass(context, options)):
                if context.version_table not in passes.version_tables:
                    passes.version_tables.append(context.version_table)
                context.on_version_apply_callbacks = [
                    passes.apart(callback) for callback in context.on_version_apply_callbacks]
                return real(context, **options)
            return None

        context_class.run_migrations = run_migrations

    def apart(self, callback):
        """What env.py does behind each migration is none of the migration's work."""

        def call(**arguments):
            transcript = self.session.transcript
            if transcript is None:
                return callback(**arguments)
            transcript.is_own = True
            try:
                return callback(**arguments)
            finally:
                transcript.is_own = False

        return call

    def begin(self):
        self.found, self.taken = {}, None

    def takes(self, one):
        self.found.setdefault(one.key, one)
        if self.wanted is None:
            self.taken = self.taken or one.key
        elif self.taken is None and self.wanted in one.names:
            self.taken = one.key
        return self.taken == one.key

    @property
    def engine_name(self):
        """What env.py calls the database to its migrations; None where it says nothing."""
        taken = self.found.get(self.taken)
        return taken and taken.engine_name

    def check(self):
        """Raises RequestError where it is not said of which database the history is."""
        names = list(dict.fromkeys(one.name for one in self.found.values()))
        if self.wanted is None and len(self.found) > 1:
            self.refuse("runs the migrations on %d databases" % len(self.found), names)
        if self.wanted is not None and self.found and self.taken is None:
            self.refuse("does not run the migrations on the database '%s', but on" % self.wanted, names)

    def refuse(self, what, names):
        raise RequestError("several-databases", what, names=names, environment=self.session.environment_file())


def upgrade(session, run, revision):
    """`alembic upgrade`, whole, as its command does it: with env.py's own transactions."""
    alembic = session.alembic
    real = alembic.script.ScriptDirectory

    class Directory(real):
        def _upgrade_revs(self, destination, current):
            for step in super()._upgrade_revs(destination, current):
                run.enter(step.revision.revision)
                session.walls.is_in_migration = True
                try:
                    yield step
                finally:
                    session.walls.is_in_migration = False

        @classmethod
        def from_config(cls, _config):
            options = {"recursive_version_locations": True} if session.request.get("recursive") else {}
            return cls(session.script_location, version_locations=session.versions, **options)

    alembic.command.ScriptDirectory = alembic.script.ScriptDirectory = Directory
    try:
        session.drive(lambda: alembic.command.upgrade(session.config(revision), revision))
    finally:
        alembic.command.ScriptDirectory = alembic.script.ScriptDirectory = real
    for table in session.passes.version_tables:
        run.note_version_table(table)
    if not session.passes.found:
        raise RuntimeError(session.nothing_ran())
