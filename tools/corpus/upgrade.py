"""Upgrades a database with plain Alembic: over a versions folder without env.py, or a whole project.

    python upgrade.py --versions DIR [--versions DIR]... --url URL [--target REV|heads]
                      [--naming-convention JSON] [--path DIR]... [--each COMMAND]
                      [--transaction-per-migration]
    python upgrade.py --ini FILE --url URL [--target REV|heads] [--path DIR]... [--url-variable NAME]

With `--ini`, `alembic upgrade` itself, with the project's own env.py. Without, what `alembic upgrade
TARGET` does, with the least environment that works. It is the other side of every comparison, so it
shares no code with the bridge. `--each COMMAND` runs a shell command after each revision, with the revision in $REVISION; it steps one revision at a time.
`--url-variable` names the environment variable from which env.py takes the URL.
URLs are SQLAlchemy's; postgresql:// with ?host= and &port= reaches a socket.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, pool


def arguments():
    parser = argparse.ArgumentParser(description="plain Alembic upgrade over a versions folder")
    parser.add_argument("--versions", action="append", default=[])
    parser.add_argument("--ini")
    parser.add_argument("--url", required=True)
    parser.add_argument("--target", default="heads")
    parser.add_argument("--naming-convention", type=json.loads)
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--url-variable")
    parser.add_argument("--transaction-per-migration", action="store_true")
    parser.add_argument("--each", help="shell command after each revision")
    return parser.parse_args()


def upgrade(script, options, fn, target):
    config = Config()
    config.set_main_option("sqlalchemy.url", options.url.replace("%", "%%"))
    metadata = None
    if options.naming_convention:
        metadata = MetaData(naming_convention=options.naming_convention)
    engine = create_engine(options.url, poolclass=pool.NullPool)
    with EnvironmentContext(config, script, fn=fn, as_sql=False, destination_rev=target) as environment:
        with engine.connect() as connection:
            environment.configure(
                connection=connection, target_metadata=metadata,
                transaction_per_migration=options.transaction_per_migration)
            with environment.begin_transaction():
                environment.run_migrations()
    engine.dispose()


def upgrade_project(options):
    config = Config(options.ini)
    config.set_main_option("sqlalchemy.url", options.url.replace("%", "%%"))
    # A relative script_location begins here, as where its users run the command.
    os.chdir(os.path.dirname(os.path.abspath(options.ini)))
    if not config.get_main_option("script_location"):
        config.set_main_option("script_location", ".")
    command.upgrade(config, options.target)


def upgrade_in_one_go(script, options):
    upgrade(script, options, lambda heads, _: script._upgrade_revs(options.target, heads), options.target)


def upgrade_stepping(script, options):
    """The same plan, one revision in each connection, with the command in between."""
    while True:
        ran = []

        def first_step(heads, _):
            steps = script._upgrade_revs(options.target, heads)
            ran.extend(step.revision.revision for step in steps[:1])
            return steps[:1]

        upgrade(script, options, first_step, options.target)
        if not ran:
            return
        environment = dict(os.environ, REVISION=ran[0])
        subprocess.run(options.each, shell=True, check=True, env=environment)


def main():
    options = arguments()
    sys.path[:0] = options.path
    if options.url_variable:
        os.environ[options.url_variable] = options.url
    if options.ini:
        return upgrade_project(options)
    with tempfile.TemporaryDirectory() as location:
        script = ScriptDirectory(location, version_locations=[os.path.abspath(v) for v in options.versions])
        if options.each:
            upgrade_stepping(script, options)
        else:
            upgrade_in_one_go(script, options)


if __name__ == "__main__":
    main()
