"""Steps real Alembic over a scratch database of SQLite or PostgreSQL, one revision at a time.

The program carries this file in itself and runs it with the user's own interpreter
(Python 3.8 or newer), with PYTHONHASHSEED=0, since some migrations number rows in the order of a
set. `scan` and `locate` need the standard library only; `open` and `run`
need the alembic and sqlalchemy of that interpreter.

The protocol is JSON, one document a line. Requests come on standard input, replies go to
standard output; what a migration prints goes to standard error. Paths are absolute.

locate   {"op":"locate","path":VERSIONS-OR-SCRIPT-FOLDER-OR-INI}
         {"reply":"located","ini","scriptLocation","versions":[DIR],"recursive","prependSysPath":[DIR]}

scan     {"op":"scan","versions":[DIR],"recursive":false}
         Reads the files by parsing, never imports them. One reply for each file that assigns
         `revision` at module level, in the order of the file names:
         {"reply":"revision","id","parents":[ID],"dependsOn":[ID],"labels":[NAME],"message",
          "createDate","path","file","source","sha256"}      (dependsOn: labels resolved to ids)
         {"reply":"unparsable","path","file","line","why"}   (the scan goes on)
         and at the end {"reply":"scanned","count":N}

open     {"op":"open","versions":[DIR],"recursive":false,"scriptLocation":DIR|null,"ini":FILE|null,
          "paths":[DIR],"env":false,"namingConvention":{}|null,"transactionPerMigration":false,
          "url":URL|null}
         {"reply":"opened","alembic","sqlalchemy","python","sqlite"|"driver",
          "unimportable":[{"file","error"}]}
         A file that cannot be imported fails only when its revision is run. `url` says early which
         database product it will be, so that a missing driver is told at once.

run      {"op":"run","url":URL,"revisions":[ID],"downgrade":false,"durable":false}
         URL: sqlite:////abs.db, or postgresql:// as libpq takes it (with ?host= of a socket's folder).
         Runs exactly these revisions in this order, each in a transaction of its own, and tells of
         each one when its work is committed:
         {"reply":"ran","id","seconds","versionTable","statements":[{"sql","count"}]}
         then, after the last one too, waits for {"op":"next"} or {"op":"stop"}, and at the end
         {"reply":"finished","count":N}
         Any other request instead of `next` ends the run without `finished`. When a migration raises:
         {"reply":"failed","id","error":"Type: message","sqlstate","statement","traceback":[{"file",
          "line","function","code"}],"missingModule","hint"}
         and the run is over. SQLite runs data definition outside transactions under Python's
         driver, so a failed revision may leave a part of itself in the database: throw it away.
         `durable` false turns SQLite's fsync off (the scratch is disposable).
         What a migration leaves open is closed, and rolled back by that. Between revisions nothing
         is connected, but for PostgreSQL without `env` and not over asyncpg: there one session goes
         on from revision to revision, and from one `run` to the next of the same database, as that
         of one `alembic upgrade` does. After each revision it is made as good as new, and is idle
         under the name `strata at rest`; Strata may end it at any time.

         `statements` are in the order of execution: data definition and INSERT ... SELECT as the
         database saw them, other changes of data as templates without the bound values; equal
         neighbours are one entry with a count. Left out: SELECT (but for PostgreSQL's functions that
         may change something), PRAGMA, SET, transaction control, alembic_version.

         On PostgreSQL the driver is that of the project's own URL (in its env.py or ini), if the
         interpreter has it, else psycopg2, psycopg or asyncpg, the first that it has.

quit     {"op":"quit"} ends the program, and so do end of input (silently) and SIGTERM.

Errors of the request itself: {"reply":"error","code","message",...}, with the codes bad-request,
missing-package ("package"), bad-location, bad-graph, unknown-revision and internal.
"""
