-- Every event of the log, one readable line each. The object is the first that it touches;
-- event_objects has all of them.
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision TEXT,
  summary TEXT NOT NULL,
  object_kind TEXT,
  namespace TEXT,
  name TEXT,
  is_archived INTEGER NOT NULL
);
CREATE INDEX events_revision ON events (revision);
