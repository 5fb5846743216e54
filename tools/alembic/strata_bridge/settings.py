"""What a migration leaves set in its session: in one run of Alembic the next one has that, too."""
import contextlib
import copy

from .server_sessions import dbapi_connection, is_idle

# What no migration makes other objects or rows by.
HARMLESS = frozenset(
    "application_name client_min_messages deadlock_timeout idle_in_transaction_session_timeout lock_timeout "
    "maintenance_work_mem statement_timeout temp_buffers transaction_timeout work_mem".split())
CUSTOM = """
SELECT name, value FROM pg_catalog.unnest(ARRAY[%s]) AS names (name),
  pg_catalog.current_setting(name, true) AS value WHERE value <> ''"""


def copied(memo):
    """Of its own: SQLAlchemy adds to the sets in one."""
    return {key: copy.copy(value) for key, value in memo.items()}


class Remembered:
    """What revisions left in their sessions: a copy of a revision's database goes on with it, too, as one
    run of Alembic does that comes to another child later."""

    def __init__(self, session):
        self.session = session
        # By revision: what its tables' types were, and what was set, by the order of env.py's runs.
        self.memos, self.kept = {}, {}

    def note(self, run, settings, memo):
        """Of the last revision that was asked for, where its database holds it and its ancestors alone."""
        revision, index, kept = run.revision, settings.index, settings.kept
        if revision != run.revisions[-1]:
            return
        if not set(settings.heads).union(run.revisions) <= self._ancestors(revision) | {revision}:
            return
        self.memos[revision] = copied(memo)
        self.kept[revision, index] = dict(kept)

    def memo(self, heads):
        return copied(self.memos.get(self._last(heads), {}))

    def settings(self, heads, index):
        return dict(self.kept.get((self._last(heads), index), {}))

    def _last(self, heads):
        """The one that ran last in a database: all the others come before it."""
        for head in heads:
            if head in self.memos and set(heads) <= self._ancestors(head) | {head}:
                return head
        return None

    def _ancestors(self, revision):
        script, found, waiting = self.session.script, set(), [revision]
        while waiting:
            for earlier in script.get_revision(waiting.pop())._all_down_revisions:
                if earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
        return found


class Settings:
    """Those of one session: what env.py sets, and on top of it what migrations left set in the sessions
    before, since one run of Alembic has one for all of them."""

    def __init__(self, session, connection, index, heads):
        self.database, self.connection, self.index, self.heads = session.database, connection, index, heads
        key = (session.database.url, index)
        if key not in session.settings:
            session.settings[key] = session.remembered.settings(heads, index)
        self.kept = session.settings[key]
        self.own = self.read(session.transcript.custom)

    def read(self, custom=()):
        with self._cursor() as cursor:
            cursor.execute(self.database.settings_query)
            found = dict(cursor.fetchall())
            if custom and self.database.is_server:
                cursor.execute(CUSTOM % ", ".join("'%s'" % name for name in sorted(custom)))
                found.update(cursor.fetchall())
            return found

    @contextlib.contextmanager
    def _cursor(self):
        session = self.database.session
        told, session.transcript = session.transcript, None
        own = dbapi_connection(self.connection)
        was_idle = self.database.is_server and is_idle(own)
        try:
            with contextlib.closing(own.cursor()) as cursor:
                yield cursor
            # What env.py began is env.py's to end.
            if was_idle:
                own.commit()
        finally:
            session.transcript = told

    def put_on(self):
        """Sets what earlier migrations left."""
        self.before = self.own
        if self.kept:
            with self._cursor() as cursor:
                for name, value in sorted(self.kept.items(), key=lambda item: (item[0] == "role", item[0])):
                    cursor.execute(self.database.setting(name, value))
            # SQLite takes no notice of some within a transaction.
            self.before = self.read([name for name in self.kept if "." in name])

    def left(self, transcript, is_one_transaction):
        """The names of what the migration set otherwise, for longer than its transaction; where that is the
        whole run's, what it set for the transaction, too."""
        if not transcript.may_set:
            return []
        after = self.read(transcript.custom.union(name for name in self.kept if "." in name))
        over = set() if is_one_transaction else transcript.local
        changed = sorted(
            name for name in set(self.before) | set(after)
            if self.before.get(name) != after.get(name) and name.lower() not in HARMLESS | over
            and not name.startswith("log_"))
        for name in changed:
            self.kept[name] = after.get(name)
            if self.kept[name] == self.own.get(name):
                del self.kept[name]
        return [name for name in changed if name in self.kept]


def told(names):
    if not names:
        return []
    return ["it leaves %s set for the session: the revisions after it were run with that, as in one run of "
            "`alembic upgrade`; a database that gets them in a later run has them without it" % ", ".join(names)]
