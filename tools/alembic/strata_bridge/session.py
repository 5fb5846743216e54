"""One opened migrations folder."""
import argparse
import importlib
import logging.config
import os

from .application import Application
from .commits import CommitCheck
from .environment import Passes, configuration
from .graph import Graph
from .packages import keep_insertion_order, set_import_path
from .postgresql import PostgreSQLScratch
from .protocol import EnvironmentProblem, RequestError
from .settings import Remembered
from .sqlite import SQLiteScratch
from .statements import created, is_insert, touches_table
from .walls import engines, kernel, places, proof, targets

# Those that a scratch can be of.
PRODUCTS = ("sqlite", "postgresql")
STAMP = "stamp"
# Where env.py names no other.
USUAL_TABLES = ("alembic_version",)


class Session:
    """One opened migrations folder: its script directory, its environment and the scratch it runs on."""

    def __init__(self, ground, request):
        self.request = request
        self.database = None
        # The database that the ini means.
        self.ini_target = None
        ground.session = self
        self.walls = ground.walls
        self.commits = CommitCheck(self.walls)
        self.alembic, self.sqlalchemy = ground.packages
        self.transcript = None
        self.uses_env = bool(request.get("env"))
        self.ini, self.toml = request.get("ini"), request.get("toml")
        self.section = request.get("section") or "alembic"
        self.versions = request["versions"]
        # Alembic wants one that is there; without env.py it looks for nothing in it. None is made, since
        # whoever is killed leaves it behind.
        self.script_location = request.get("scriptLocation") or self.versions[0]
        if self.uses_env and not os.path.isfile(self.environment_file()):
            raise RequestError(
                "bad-location", "no env.py in %s; leave --env out, or name the folder that holds it" % self.script_location)
        self.paths = list(request.get("paths") or [])
        set_import_path(self.paths, request.get("prependSysPath") or [], request.get("scriptLocation"))
        self.application = Application(self, request.get("app"))
        if self.ini or self.toml:
            os.chdir(self.application.folder())
        if request.get("url"):
            self.use(request["url"])
        self._put_walls_up()
        self._listen()
        keep_insertion_order(self.sqlalchemy)
        self.passes = Passes(self)
        if self.uses_env:
            # The ini's logging is for people, and an ini need not be there.
            logging.config.fileConfig = lambda *_, **__: None
            self.passes.install()
        else:
            # Nearly every env.py imports the project's models, and with them this; migrations rely on it.
            importlib.import_module("sqlalchemy.orm")
        # What env.py made by itself, with its line.
        self.own = {}
        # By database; the settings that migrations left also by the order of env.py's runs on it.
        self.memos, self.settings, self.engines = {}, {}, {}
        self.remembered = Remembered(self)
        # Of all sessions on a scratch.
        self.commit_count = 0
        self.graph = Graph(self, request)
        self.script = self.graph.script
        if not self.uses_env:
            self.graph.load()

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
        self.walls.lead_to(self.database.target())

    def _put_walls_up(self):
        walls = self.walls
        walls.is_one_chosen = self.request.get("database") is not None
        walls.folders = self.versions + self.paths + [self.script_location]
        if self.ini or self.toml:
            walls.folders.append(os.path.dirname(self.ini or self.toml))
        if self.ini:
            self._learn_own_database()
        places.remember_starters(lambda: walls.folders)
        engines.Wall(walls, self.sqlalchemy, lambda: self.database).install()
        proof.install(walls, self.alembic, lambda: self.database, lambda: not self.uses_env)
        kernel.install(walls, self.database.ports() if self.database else [])

    def _learn_own_database(self):
        """The project's own database, where its ini says which one it is."""
        try:
            url = configuration(self).get_main_option("sqlalchemy.url")
            target = targets.url_target(self.sqlalchemy.engine.url.make_url(url))
        except Exception:
            return  # env.py has it from somewhere else
        if target.database:
            self.walls.own.add(target)
        self.ini_target = target

    def other_product(self):
        """What env.py's own URL means, where that is of another product than the scratch: its engine got
        the scratch's URL then."""
        taken, other = self.passes.found.get(self.passes.taken), self.walls.other_product or self.ini_target
        if taken is None or other is None or taken.target != self.database.target():
            return None
        is_other = other.product in PRODUCTS and other.product != self.walls.product
        return targets.described(other) if is_other else None

    def environment_file(self):
        return os.path.join(self.script_location, "env.py")

    # The database

    def _listen(self):
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        event.listen(Engine, "before_cursor_execute", self._before_cursor_execute)
        event.listen(Engine, "after_cursor_execute", self._after_cursor_execute)
        event.listen(Engine, "handle_error", self._after_error)
        event.listen(Engine, "commit", self._before_commit)

    def traced(self, sql):
        if self.transcript is not None and isinstance(sql, str):
            self.transcript.traced(sql)

    def _before_cursor_execute(self, conn, *rest):
        if self.transcript is not None and conn.info.get("strata_scratch"):
            self.transcript.before_cursor_execute(conn, *rest)
            self.commits.before_cursor_execute(conn, rest[1])
            if self.uses_env and not self.walls.is_in_migration:
                self._note_own(rest[1])

    def _note_own(self, sql):
        """Remembers which line of env.py makes what, and which one stamps."""
        made = created(sql)
        if is_insert(sql) and touches_table(self.passes.version_tables or USUAL_TABLES).search(sql):
            made = STAMP
        if made and made not in self.own:
            self.own[made] = places.user_line([self.script_location])

    def refuse_stamp(self, run):
        """No migration would run in a database that env.py stamps as it comes to it."""
        if self.transcript.stamps(run.version_tables):
            raise EnvironmentProblem(
                "it writes down a revision in an empty database by itself (%s), as `alembic stamp` does: no "
                "migration makes what is there then" % places.quoted(self.own.get(STAMP)))

    def _before_commit(self, conn):
        if conn.info.get("strata_scratch"):
            self.commit_count += 1
            self.commits.before_commit(conn)

    def _after_error(self, error):
        self.commits.after_cursor_execute(error.original_exception)
        if self.transcript is not None:
            self.transcript.after_cursor_execute()

    def _after_cursor_execute(self, *_):
        self.commits.after_cursor_execute()
        if self.transcript is not None:
            self.transcript.after_cursor_execute()

    # One step

    def prepare(self, run):
        """Runs env.py without a migration: what it makes by itself is no revision's.

        What it does behind the migrations may need them, and is then told when they run."""

        def steps(_heads, context):
            run.note_version_table(context.version_table)
            return ()

        try:
            self.through_environment(steps, "heads")
        except (Exception, SystemExit) as problem:
            if isinstance(problem, RequestError) or not self.passes.found:
                raise

    def config(self, revision):
        config = configuration(self)
        upgrade = self.alembic.command.upgrade
        config.cmd_opts = argparse.Namespace(
            cmd=(upgrade, ["revision"], ["sql", "tag"]), x=self.request.get("x") or None, config=self.ini,
            name=self.section, raiseerr=True, sql=False, tag=None, revision=revision)
        config.set_main_option("script_location", self.script_location.replace("%", "%%"))
        config.set_main_option("sqlalchemy.url", self.database.url.replace("%", "%%"))
        return self.application.configured(config) if self.uses_env else config

    def through_environment(self, steps, revision):
        context_class = self.alembic.runtime.environment.EnvironmentContext

        def work():
            with context_class(
                    self.config(revision), self.script, fn=steps, as_sql=False, starting_rev=None,
                    destination_rev=revision, tag=None) as environment:
                self._run(environment)

        self.drive(work)

    def drive(self, work):
        self.passes.begin()

        def to_its_end():
            try:
                work()
            except SystemExit as end:
                # The command ends well with it, and what was migrated stays.
                if end.code not in (None, 0):
                    raise

        try:
            with self.application.context():
                self.database.drive(to_its_end)
        except (Exception, SystemExit):
            self.passes.check()
            raise
        finally:
            self.database.disconnect()
        self.passes.check()

    def nothing_ran(self):
        return ("env.py in %s did not run the migrations (a loop over what the database holds runs none in an "
                "empty one)" % self.script_location)

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
