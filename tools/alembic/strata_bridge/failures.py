"""What is told of a failure."""
import os
import sys
import traceback

from .protocol import EnvironmentProblem, NotLiteral, RequestError
from .statements import created
from .walls import places
from .walls.policy import Refused


TEXT_MAX = 8000


def described(problem):
    """Its words, as far as anybody reads them."""
    text = whole_description(problem)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + " ..."


def whole_description(problem):
    if isinstance(problem, (RequestError, NotLiteral, EnvironmentProblem)):
        return str(problem)
    # SQLAlchemy's own text repeats the statement, and with it the values bound to it.
    if isinstance(problem, Refused):
        return str(problem)
    original = getattr(problem, "orig", None)
    if isinstance(original, BaseException) and isinstance(getattr(problem, "statement", ""), (str, type(None))):
        return "%s: %s" % (type(problem).__name__, str(original).strip())
    return "%s: %s" % (type(problem).__name__, problem)


def user_frames(problem, session):
    """The frames of the user's own files, innermost last; a syntax error's place counts as one."""
    ours = [os.path.dirname(os.path.abspath(__file__)) + os.sep, os.path.dirname(os.__file__) + os.sep, "<frozen", "<string>"]
    drivers = [sys.modules[name] for name in ("psycopg2", "psycopg", "asyncpg") if getattr(sys.modules.get(name), "__file__", None)]
    for package in [session.alembic, session.sqlalchemy] + drivers:
        ours.append(os.path.dirname(package.__file__) + os.sep)
    frames = []
    for frame in traceback.extract_tb(problem.__traceback__):
        in_project = any(frame.filename.startswith(folder + os.sep)
                         for folder in session.versions + session.paths)
        if in_project or not any(frame.filename.startswith(place) for place in ours):
            frames.append({"file": frame.filename, "line": frame.lineno,
                           "function": frame.name, "code": frame.line})
    if isinstance(problem, SyntaxError) and problem.filename:
        frames.append({"file": problem.filename, "line": problem.lineno, "function": "<module>",
                       "code": (problem.text or "").strip()})
    return frames


def missing_module(problem):
    while problem is not None:
        if isinstance(problem, ModuleNotFoundError) and problem.name:
            return problem.name
        problem = problem.__cause__ or problem.__context__
    return None


def refusal(problem):
    """What a wall refused, if that is why it failed."""
    seen = 0
    while problem is not None and seen < 20:
        for error in (problem, getattr(problem, "orig", None)):
            if isinstance(error, Refused):
                return error
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
    return None


def sqlstate(problem):
    """The five letters by which PostgreSQL names an error; None for any other error."""
    seen = 0
    while problem is not None and seen < 20:
        for error in (problem, getattr(problem, "orig", None)):
            for name in ("sqlstate", "pgcode"):
                code = getattr(error, name, None)
                if isinstance(code, str) and len(code) == 5:
                    return code
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
    return None


def missing_variable(problem):
    """The variable of the environment that was asked for in vain, if that is why it failed."""
    seen = 0
    while problem is not None and seen < 20:
        if isinstance(problem, KeyError) and problem.args and isinstance(problem.args[0], str):
            frames = traceback.extract_tb(problem.__traceback__)
            if frames and frames[-1].filename in (os.__file__, "<frozen os>"):
                return problem.args[0]
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
    return None


def made_by_environment(problem, statement, run, session):
    """What env.py had made already, if that is why a migration failed."""
    made = created(statement) if run.has_begun else None
    if made not in session.own or "already exists" not in str(problem):
        return None
    return EnvironmentProblem(
        "it makes %s by itself (%s), and so does the migration: %s" % (
            made, places.quoted(session.own[made]), described(problem)))


def environment_advice(problem):
    """What env.py may want, where it cannot run. Without it a history lacks what it sets."""
    without = ("--no-env leaves env.py out, and with it its naming convention, schemas, transactions "
               "and search_path")
    if isinstance(problem, EnvironmentProblem):
        return ("a history is of what migrations make: have env.py leave that out here, by a variable of the "
                "environment (--env-var NAME=VALUE) or an argument (-x ARGUMENT) that it reads. %s" % without)
    variable = missing_variable(problem)
    if variable is not None:
        return ("set the variable %s as for `alembic upgrade`, or give --env-var %s=VALUE; a database that "
                "it names is not reached. %s" % (variable, variable, without))
    if "application context" in str(problem):
        return ("name the application with --app MODULE or MODULE:NAME, as `flask --app` has it, or set "
                "FLASK_APP: env.py runs in its context, as under `flask db`. %s" % without)
    return ("give env.py what it has under `alembic upgrade` (--env-var NAME=VALUE, --path DIR, -x ARGUMENT), "
            "or correct it. %s" % without)


def failure(problem, run, session):
    module = missing_module(problem)
    statement = getattr(problem, "statement", None)
    if not isinstance(statement, str):
        statement = session.transcript.last_statement(run.version_tables) if session.transcript else None
    frames = user_frames(problem, session)
    blamed = made_by_environment(problem, statement, run, session)
    state, problem = sqlstate(problem), blamed or problem
    # What a database says at the end may be of the migration: a constraint that is deferred.
    is_own = bool(frames) and frames[-1]["file"] == session.environment_file()
    is_beside = not run.has_begun or ((run.is_done or is_own) and not hasattr(problem, "orig"))
    environment = session.environment_file() if session.uses_env and (blamed or is_beside) else None
    hint = environment_advice(problem) if environment else None
    if module:
        hint = ("%s has no module %s: use --python with the interpreter of the project's environment, "
                "or --path with the folder that holds it" % (sys.executable, module))
        if environment:
            hint += ", or leave env.py out with --no-env"
    refused = refusal(problem)
    told = [one for one in session.walls.told() if one not in described(problem)]
    if refused is not None and refused.allow:
        hint = "leave it to the scratch database, or open it on purpose with --allow %s" % refused.allow
    elif told and (hint is None or environment):
        hint = "; ".join(["before it failed: " + "; ".join(told)] + ([hint] if hint else []))
    return {"id": run.revision, "environment": environment, "error": described(problem),
            "sqlstate": state, "statement": statement, "traceback": frames,
            "hint": hint, "times": run.times}
