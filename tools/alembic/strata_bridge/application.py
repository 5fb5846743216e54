"""The application that env.py runs in, where its own command sets one up: `flask db`."""
import contextlib
import os
import re


class Application:
    """Flask's, as `flask db` pushes it; nothing where env.py asks for none.

    Flask's command takes the application of `--app`, else of FLASK_APP, else of a wsgi.py or app.py in
    the working directory, after it has read .env and .flaskenv where python-dotenv is there
    (flask/cli.py: ScriptInfo.load_app, load_dotenv, with_appcontext)."""

    def __init__(self, session, name):
        self.session, self.name = session, name
        self.made, self.is_loaded = None, False

    def folder(self):
        """The working directory of the project's command. Flask-Migrate's ini lies in the script
        folder and names no script location; its command is run above that."""
        ini = self.session.ini or self.session.toml
        folder = os.path.dirname(ini)
        if os.path.realpath(folder) == os.path.realpath(self.session.script_location) and self._is_asked_for():
            return os.path.dirname(os.path.realpath(folder))
        return folder

    def _is_asked_for(self):
        """Whether env.py uses the application that is current, or the user names one."""
        if self.name:
            return True
        try:
            with open(self.session.environment_file(), encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            return False
        return re.search(r"\bflask\b", text) is not None and re.search(r"\bcurrent_app\b", text) is not None

    def _load(self):
        """Nil where Flask finds none and none was named: env.py may set up its own."""
        if self.is_loaded:
            return self.made
        from flask import cli
        if getattr(cli, "get_load_dotenv", lambda: True)():
            cli.load_dotenv()
        name = self.name or os.environ.get("FLASK_APP")
        try:
            self.made = cli.ScriptInfo(app_import_path=name).load_app()
        except cli.NoAppException as problem:
            if name or "While importing" in str(problem):
                raise
        self.is_loaded = True
        return self.made

    @contextlib.contextmanager
    def context(self):
        application = self._load() if self.session.uses_env and self._is_asked_for() else None
        if application is None:
            yield
            return
        with application.app_context():
            yield

    def configured(self, config):
        """The configuration as Flask-Migrate's callbacks leave it."""
        extension = getattr(self.made, "extensions", {}).get("migrate")
        call = getattr(getattr(extension, "migrate", None), "call_configure_callbacks", None)
        return call(config) if call else config
