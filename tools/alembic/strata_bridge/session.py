"""One opened migrations folder."""
import argparse
import gc
import logging.config
import os
import shutil
import tempfile
import types

from .commits import CommitCheck
from .failures import described
from .packages import keep_insertion_order, set_import_path
from .postgresql import PostgreSQLScratch
from .protocol import RequestError
from .reading import read_revision, revision_files
from .sqlite import SQLiteScratch
from .walls import engines, kernel, places, proof, targets


class Session:
    """One opened migrations folder: its script directory, its environment and the scratch it runs on."""

    def __init__(self, ground, request):
        self.request = request
        self.database = None
        ground.session = self
        self.walls = ground.walls
        self.commits = CommitCheck(self.walls)
        self.alembic, self.sqlalchemy = ground.packages
        self.transcript = None
        self.temporary = None
        self.uses_env = bool(request.get("env"))
        self.ini = request.get("ini")
        self.versions = request["versions"]
        self.script_location = request.get("scriptLocation") or self._temporary_location()
        if self.uses_env and not os.path.isfile(os.path.join(self.script_location, "env.py")):
            raise RequestError("bad-location", "no env.py in %s" % self.script_location)
        self.paths = list(request.get("paths") or [])
        set_import_path(self.paths, request.get("prependSysPath") or [], request.get("scriptLocation"))
        if self.ini:
            os.chdir(os.path.dirname(self.ini))
        if request.get("url"):
            try:
                self.use(request["url"])
            except RequestError:
                self.close()
                raise
        self._put_walls_up()
        self._listen()
        keep_insertion_order(self.sqlalchemy)
        if self.uses_env:
            # The ini's logging is for people, and an ini need not be there.
            logging.config.fileConfig = lambda *_, **__: None
        self.recursive = bool(request.get("recursive"))
        self.broken = {}
        self.memos = {}
        self.engines = {}
        # What the migrations import can be a large application: it stays, and need not be gone
        # through again and again for what could be let go.
        gc.disable()
        try:
            self.script = self._load()
        finally:
            gc.freeze()
            gc.enable()

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
        walls.folders = self.versions + self.paths + [self.script_location]
        if self.ini:
            walls.folders.append(os.path.dirname(self.ini))
            self._learn_own_database()
        places.remember_starters(lambda: walls.folders)
        engines.Wall(walls, self.sqlalchemy, lambda: self.database).install()
        proof.install(walls, self.alembic, lambda: self.database, lambda: not self.uses_env)
        kernel.install(walls, self.database.ports() if self.database else [])

    def _learn_own_database(self):
        """The project's own database, where its ini says which one it is."""
        try:
            url = self.alembic.config.Config(self.ini).get_main_option("sqlalchemy.url")
            target = targets.url_target(self.sqlalchemy.engine.make_url(url))
        except Exception:
            return  # env.py has it from somewhere else
        if target.database:
            self.walls.own.add(target)

    def _temporary_location(self):
        self.temporary = tempfile.mkdtemp(prefix="strata-alembic-")
        return self.temporary

    def close(self):
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)

    # The graph

    def _load(self):
        script_module, session = self.alembic.script, self

        class Directory(script_module.ScriptDirectory):
            def _load_revisions(self):
                return session._scripts()

        script = Directory(self.script_location, version_locations=self.versions)
        try:
            script.revision_map.heads
            list(script.walk_revisions())
        except Exception as problem:
            raise RequestError("bad-graph", described(problem))
        return script

    def _scripts(self):
        for path in revision_files(self.versions, self.recursive):
            try:
                module = self.alembic.util.load_python_file(os.path.dirname(path), os.path.basename(path))
            except Exception as problem:
                module = self._stand_in(path, problem)
            revision = getattr(module, "revision", None)
            if revision is not None:
                module.__dict__.setdefault("down_revision", None)
                yield self.alembic.script.Script(module, revision, path)

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

    def _before_commit(self, conn):
        if conn.info.get("strata_scratch"):
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

    def config(self, revision):
        config = self.alembic.config.Config(self.ini, ini_section="alembic")
        upgrade = self.alembic.command.upgrade
        config.cmd_opts = argparse.Namespace(
            cmd=(upgrade, ["revision"], ["sql", "tag"]), x=None, config=self.ini, name="alembic", raiseerr=True, sql=False, tag=None, revision=revision)
        config.set_main_option("script_location", self.script_location.replace("%", "%%"))
        config.set_main_option("sqlalchemy.url", self.database.url.replace("%", "%%"))
        return config

    def follow(self, run):
        """Runs the run's next revision, and those after it as long as one session can go on."""
        migration = self.alembic.runtime.migration.MigrationStep

        def steps(_heads, context):
            run.version_table = context.version_table
            if run.has_begun:
                return
            # One upgrade of many revisions remembers which types its tables have made; some
            # histories rely on that, so the steps on one database remember it too.
            context.impl.memo = self.memos.setdefault(self.database.url, {})
            if self.goes_on():
                self.database.begin(context.connection)
            while True:
                run.has_begun = True
                self.walls.is_in_migration = True
                try:
                    yield migration.upgrade_from_script(
                        self.script.revision_map, self.script.get_revision(run.revision))
                finally:
                    self.walls.is_in_migration = False
                if not self.goes_on() or not self.database.settle(context.connection):
                    return
                run.tell()
                if run.revision is None and not run.goes_on_with_another(context.connection):
                    return
                run.begin()

        run.begin()
        environment = self.alembic.runtime.environment.EnvironmentContext(
            self.config(run.revision), self.script, fn=steps, as_sql=False, starting_rev=None,
            destination_rev=run.revision, tag=None)
        try:
            with environment:
                self.database.drive(lambda: self._run(environment))
        finally:
            self.database.disconnect()
        if not run.has_begun:
            raise RuntimeError("env.py in %s did not run the migrations" % self.script_location)

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
