"""Every way that a project's code could reach another database than the scratch."""
import importlib.util


RUN = """
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


RUN_ASYNC = """
import asyncio
def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
async def main():
    async with engine.connect() as connection:
        await connection.run_sync(work)
        await connection.commit()
asyncio.run(main())
"""


# How env.py comes by its engine. {url} and {async_url} are the project's own database's, {connect}
# is a call of its driver.
ENV_WAYS = {
    "sqlalchemy.create_engine": "from sqlalchemy import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.engine.create_engine":
        "from sqlalchemy.engine import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.future.create_engine":
        "from sqlalchemy.future import create_engine\nengine = create_engine({url!r})" + RUN,
    "sqlalchemy.engine.create.create_engine":
        "from sqlalchemy.engine.create import create_engine\nengine = create_engine({url!r})" + RUN,
    "engine_from_config":
        "from sqlalchemy import engine_from_config\nengine = engine_from_config({{'sqlalchemy.url': {url!r}}})" + RUN,
    "create_async_engine":
        "from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine({async_url!r})" + RUN_ASYNC,
    "sqlalchemy.ext.asyncio.engine.create_async_engine":
        "from sqlalchemy.ext.asyncio.engine import create_async_engine\nengine = create_async_engine({async_url!r})"
        + RUN_ASYNC,
    "async_engine_from_config":
        "from sqlalchemy.ext.asyncio import async_engine_from_config\n"
        "engine = async_engine_from_config({{'sqlalchemy.url': {async_url!r}}})" + RUN_ASYNC,
    "creator=":
        "import {driver}, sqlalchemy\nengine = sqlalchemy.create_engine({url!r}, creator=lambda: {connect})" + RUN,
    "pool=":
        "import {driver}, sqlalchemy\nfrom sqlalchemy.pool import StaticPool\n"
        "engine = sqlalchemy.create_engine({url!r}, pool=StaticPool(lambda: {connect}))" + RUN,
    "a do_connect listener of its own":
        "import {driver}, sqlalchemy\nfrom sqlalchemy import event\nengine = sqlalchemy.create_engine({url!r})\n"
        "event.listen(engine, 'do_connect', lambda *_: {connect})" + RUN,
    "an engine that was made before the walls": "from strata_test_before import ENGINE as engine" + RUN,
    "create_engine that was imported before the walls":
        "from strata_test_before import create_engine\nengine = create_engine({url!r})" + RUN,
    "a creator that was made before the walls": "from strata_test_before import CREATOR as engine" + RUN,
    "a class of engines of its own":
        "import sqlalchemy\nfrom sqlalchemy.engine import Engine\nclass Own(Engine): pass\n"
        "made = sqlalchemy.create_engine({url!r})\nengine = Own(made.pool, made.dialect, made.url)" + RUN,
    "a thread":
        "import sqlalchemy, threading\nengine = sqlalchemy.create_engine({url!r})\nfailed = []\n"
        "def run():\n    try:\n        with engine.begin() as c: c.exec_driver_sql('CREATE TABLE by_thread (x int)')\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]" + RUN,
    "a MigrationContext of its own":
        "import sqlalchemy\nfrom alembic.runtime.migration import MigrationContext\n"
        "engine = sqlalchemy.create_engine({url!r})\nwith engine.connect() as connection:\n"
        "    MigrationContext.configure(connection)._ensure_version_table()\n" + RUN,
}


# How a migration reaches for the project's own database past op. {sql} changes it.
SQLITE_WAYS = {
    "the application's engine": "from shop import ENGINE\nwith ENGINE.begin() as c: c.exec_driver_sql({sql!r})",
    "a session of the application":
        "from shop import ENGINE\nfrom sqlalchemy import text\nfrom sqlalchemy.orm import Session\n"
        "with Session(ENGINE) as s: s.execute(text({sql!r})); s.commit()",
    "an engine of another file": "import sqlalchemy\nwith sqlalchemy.create_engine({other!r}).begin() as c: c.exec_driver_sql({sql!r})",
    "sqlite3.connect": "import sqlite3\nc = sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.connect with a URI":
        "import sqlite3\nc = sqlite3.connect('file:' + {file!r} + '?mode=rw', uri=True); c.execute({sql!r}); c.commit()",
    "sqlite3.Connection": "import sqlite3\nc = sqlite3.Connection({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.dbapi2.connect": "from sqlite3.dbapi2 import connect\nc = connect({file!r}); c.execute({sql!r}); c.commit()",
    "_sqlite3.connect": "import _sqlite3\nc = _sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()",
    "sqlite3.connect, imported before the walls":
        "from strata_test_before import connect\nc = connect({file!r}); c.execute({sql!r}); c.commit()",
    "aiosqlite":
        "import asyncio, aiosqlite\nasync def main():\n    async with aiosqlite.connect({file!r}) as c:\n"
        "        await c.execute({sql!r}); await c.commit()\nasyncio.run(main())",
    "a thread":
        "import sqlite3, threading\nfailed = []\ndef run():\n    try:\n        c = sqlite3.connect({file!r}); c.execute({sql!r}); c.commit()\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]",
    "ATTACH": "op.execute(\"ATTACH '{file}' AS o\")\nop.execute('CREATE TABLE o.made (x)')",
    "ATTACH past an authorizer of its own":
        "import sqlite3\nc = sqlite3.connect(':memory:'); c.set_authorizer(lambda *_: 0); c.execute(\"ATTACH '{file}' AS o\"); "
        "c.execute('CREATE TABLE o.made (x)')",
    "ATTACH by a connection of a class of its own":
        "import sqlite3\nkind = type(sqlite3.connect(':memory:'))\nc = sqlite3.connect(':memory:', factory=type('Own', (kind,), {{}}))\n"
        "c.set_authorizer(lambda *_: 0); c.execute(\"ATTACH '{file}' AS o\"); c.execute('CREATE TABLE o.made (x)')",
    "ATTACH in a database in memory":
        "import sqlite3\nc = sqlite3.connect(':memory:'); c.execute('ATTACH ? AS o', ({file!r},)); c.execute('CREATE TABLE o.made (x)')",
    "VACUUM INTO": "import sqlite3\nc = op.get_bind().connection.dbapi_connection\nc.rollback(); c.execute(\"VACUUM INTO '{file}.copy'\")",
    "subprocess": "import subprocess\nsubprocess.run(['sqlite3', {file!r}, {sql!r}], check=True)",
    "a Python in a subprocess":
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"import sqlite3; c = sqlite3.connect({file!r}); "
        "c.execute('CREATE TABLE made (x)'); c.commit()\"], check=True)",
    "os.system": "import os\nif os.system(\"sqlite3 '{file}' 'CREATE TABLE made (x)'\"): raise OSError('refused')",
    "os.posix_spawn":
        "import os, shutil\nos.waitpid(os.posix_spawn(shutil.which('sqlite3') or '/usr/bin/sqlite3', ['sqlite3', {file!r}, {sql!r}], {{}}), 0)",
    "os.fork":
        "import os, sqlite3\nchild = os.fork()\nif child == 0:\n    try:\n        c = sqlite3.Connection({file!r}); c.execute({sql!r}); c.commit()\n"
        "    finally:\n        os._exit(0)\nos.waitpid(child, 0)",
    "os.fork and os.execv":
        "import os, shutil\nchild = os.fork()\nif child == 0:\n    try:\n        os.execv(shutil.which('sqlite3') or '/usr/bin/sqlite3', ['sqlite3', {file!r}, {sql!r}])\n"
        "    finally:\n        os._exit(0)\nos.waitpid(child, 0)",
    "_posixsubprocess":
        "import multiprocessing.util as u, sys, os\npid = u.spawnv_passfds(os.fsencode(sys.executable), [sys.executable, '-c', "
        "\"import sqlite3; c = sqlite3.connect({file!r}); c.execute('CREATE TABLE made (x)'); c.commit()\"], [])\nos.waitpid(pid, 0)",
    "libc's system": "import ctypes\nctypes.CDLL(None).system(b\"sqlite3 '{file}' 'CREATE TABLE made (x)'\")",
}


POSTGRESQL_WAYS = {
    "the application's engine": SQLITE_WAYS["the application's engine"],
    "a session of the application": SQLITE_WAYS["a session of the application"],
    "an engine of another database": SQLITE_WAYS["an engine of another file"],
    "psycopg2.connect": "import psycopg2\nc = psycopg2.connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2.connect with words": "import psycopg2\nc = psycopg2.connect(**{words!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2._connect": "import psycopg2\nc = psycopg2._connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "psycopg2.extensions.connection":
        "import psycopg2.extensions\nc = psycopg2.extensions.connection({dsn!r}); c.cursor().execute({sql!r}); c.commit()",
    "a pool of psycopg2's":
        "import psycopg2.pool\nc = psycopg2.pool.SimpleConnectionPool(1, 2, {dsn!r}).getconn(); c.cursor().execute({sql!r}); c.commit()",
    "psycopg.connect": "import psycopg\nc = psycopg.connect({dsn!r}); c.execute({sql!r}); c.commit()",
    "psycopg.AsyncConnection":
        "import asyncio, psycopg\nasync def main():\n    c = await psycopg.AsyncConnection.connect({dsn!r})\n"
        "    await c.execute({sql!r}); await c.commit(); await c.close()\nasyncio.run(main())",
    "asyncpg.connect":
        "import asyncio, asyncpg\nasync def main():\n    c = await asyncpg.connect({dsn!r})\n    await c.execute({sql!r})\n    await c.close()\n"
        "asyncio.run(main())",
    "a pool of asyncpg's":
        "import asyncio, asyncpg\nasync def main():\n    async with asyncpg.create_pool({dsn!r}, min_size=1) as pool:\n"
        "        await pool.execute({sql!r})\nasyncio.run(main())",
    "pymysql": "import pymysql\npymysql.connect(host='127.0.0.1', port={port}, user='root', connect_timeout=3)",
    "a socket":
        "import socket\ns = socket.create_connection(('127.0.0.1', {port}), timeout=3); s.sendall(b'x')",
    "a socket of Unix": "import socket\ns = socket.socket(socket.AF_UNIX); s.connect({socket!r}); s.sendall(b'x')",
    "asyncio.open_connection":
        "import asyncio\nasync def main():\n    r, w = await asyncio.open_connection('127.0.0.1', {port})\n    w.write(b'x')\nasyncio.run(main())",
    "urllib": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/', timeout=3)",
    "libpq past its driver, over TCP":
        "import psycopg\nc = psycopg.pq.PGconn.connect({tcp!r}.encode())\nif c.status != 0: raise OSError(c.error_message)\n"
        "c.exec_({sql!r}.encode())",
    "psycopg.pq": "import psycopg\nc = psycopg.pq.PGconn.connect({dsn!r}.encode())\nif c.status != 0: raise OSError(c.error_message)\n"
        "c.exec_({sql!r}.encode())",
    "sendmsg that connects": "import socket\ns = socket.socket(); s.sendmsg([b'x'], [], getattr(socket, 'MSG_FASTOPEN', 0), ('127.0.0.1', {port}))",
    "psql": "import subprocess\nsubprocess.run(['psql', {dsn!r}, '-c', {sql!r}], check=True)",
    "a thread":
        "import psycopg2, threading\nfailed = []\ndef run():\n    try:\n        c = psycopg2.connect({dsn!r}); c.cursor().execute({sql!r}); c.commit()\n"
        "    except Exception as problem: failed.append(problem)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\nif failed: raise failed[0]",
}


NEEDS = ("aiosqlite", "psycopg2", "psycopg", "asyncpg", "pymysql")


def is_there(code):
    return all(importlib.util.find_spec(name) for name in NEEDS if "import %s\n" % name in code.replace(".", "\n")
               or "import asyncio, %s" % name in code)


def only(ways, *names):
    return {way: code for way, code in ways.items() if any(name in way for name in names)}
