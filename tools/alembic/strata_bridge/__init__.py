"""Steps real Alembic over a scratch database of SQLite or PostgreSQL, one revision at a time.

The program carries this file in itself and runs it with the user's own interpreter
(Python 3.8 or newer), with PYTHONHASHSEED=0, since some migrations number rows in the order of a
set. `scan` needs the standard library only; `order`, `open` and `run` need the alembic and
sqlalchemy of that interpreter.

The protocol is JSON, one document a line. Requests come on standard input, replies go to
standard output; what a migration prints goes to standard error. Paths are absolute: Strata has
found the parts of the project (its alembic.ini, its folders) before it asks.

scan     {"op":"scan","files":[FILE]}
         Reads the files by parsing, never imports them. One reply for each file that assigns
         `revision` at module level, in the order of the request:
         {"reply":"revision","file","id","parents":[ID],"dependsOn":[ID or LABEL],"labels":[NAME],
          "message","createDate"}
         {"reply":"unparsable","file","line","why","isBroken"}  (the scan goes on)
         and at the end {"reply":"scanned"}

order    {"op":"order","graph":[{"id","parents":[ID],"dependsOn":[ID]}],"merges":[PLACE],
          "allow":[FILE or HOST:PORT]}
         What `alembic upgrade` to a merge runs in an empty database. `graph` has ancestors first, with
         full ids; PLACE counts in it from 0. No file is read, and no code of a project runs.
         {"reply":"ordered","orders":[[PLACE]]}
         One order for each merge: an ancestor, all that an upgrade to which runs comes first and in the
         same order, and then what is left before the merge. `allow` as below.

open     {"op":"open","versions":[DIR],"recursive":false,"scriptLocation":DIR|null,"ini":FILE|null,
          "toml":FILE|null,"section":NAME,"prependSysPath":[DIR],"paths":[DIR],"env":false,
          "database":NAME|null,"x":[ARGUMENT],"app":MODULE|null,"namingConvention":{}|null,
          "transactionPerMigration":false,"url":URL|null,"allow":[FILE or HOST:PORT]}
         {"reply":"opened","alembic","sqlalchemy","python","sqlite"|"driver"}
         With `env` the project's env.py runs, once for each revision, and the version files are
         imported when it first runs the migrations, as under `alembic upgrade`: what is wrong with
         the folder is then told by the first `run`. Where it runs them on several databases,
         `database` says on which one they run here; without it nothing is told as `ran`. `x` is what
         Alembic's -x gives to env.py, `app` the application in whose context it runs, as Flask's --app
         names it; where env.py asks for one, the one that Flask finds.
         A file that cannot be imported fails only when its revision is run. `url` says early which
         database product it will be, so that a missing driver is told at once. The tests take single
         walls down: "walls":[NAME] says which stand.
         Another `open` ends what the one before it has opened: each folder has a process of its own,
         forked from the first, with modules of its own. Its `allow` must be that of the first one.

prepare  {"op":"prepare","url":URL,"beforeCommit":SQL|null}
         Runs env.py on the database without a migration, and so makes what env.py makes by itself:
         {"reply":"prepared","versionTables":[NAME],"statements":[{"sql","count"}],"told":[TEXT],
          "engineName":TEXT|null,"otherProduct":TEXT|null}
         (`engineName`: what env.py calls the database to its migrations; `otherProduct`: the database
         that its URL means, where that is of another product than the scratch)
         or `failed` as below, without an id. Nothing is run without `env`.

upgrade  {"op":"upgrade","url":URL,"revision":"heads" or ID,"beforeCommit":SQL|null}
         Runs `alembic upgrade` as its command does, with env.py's own transactions:
         {"reply":"upgraded","versionTables":[NAME],"statements":[{"sql","count"}],"told":[TEXT],"times":1}
         or `failed` as below. `times`: how often a migration ran at most; more than once where env.py
         runs them for each schema of a database.

run      {"op":"run","url":URL,"revisions":[ID],"together":false,"beforeCommit":SQL|null}
         URL: sqlite:////abs.db, or postgresql:// as libpq takes it (with ?host= of a socket's folder).
         Runs exactly these revisions in this order, each in a transaction of its own, and tells of
         each one when its work is committed:
         {"reply":"ran","id","versionTables":[NAME],"statements":[{"sql","count"}],"told":[TEXT],"times":1}
         then, after the last one too, waits for {"op":"next"} or {"op":"stop"}, and at the end
         {"reply":"finished"}
         With `together` nobody looks between them: on a server, one run of env.py may do them all, as
         one `alembic upgrade` does, before the first is told of.
         Any other request instead of `next` ends the run without `finished`. When a migration raises:
         {"reply":"failed","id","error":"Type: message","sqlstate","statement","traceback":[{"file",
          "line","function","code"}],"hint","environment":FILE|null}
         (`environment`: the env.py that failed before any migration began)
         and the run is over. SQLite runs data definition outside transactions under Python's
         driver, so a failed revision may leave a part of itself in the database: throw it away.
         `told` is what was refused or opened on purpose beside the scratch. `beforeCommit` runs in
         each transaction before its COMMIT.
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

The end of input ends the program silently, and so does SIGTERM.

Errors of the request itself: {"reply":"error","code","message",...}, with the codes bad-request,
missing-package ("package"), bad-location, bad-graph, unknown-revision, several-databases ("names",
"environment") and internal.
"""
