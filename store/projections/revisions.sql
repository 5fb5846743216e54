-- One row per revision, in the order of recording. (line, position) is its place among the first
-- parents: position counts from 1 at the root, across the lines.
CREATE TABLE revisions (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  parents TEXT NOT NULL,
  first_parent TEXT,
  depends_on TEXT NOT NULL,
  labels TEXT NOT NULL,
  author TEXT,
  message TEXT NOT NULL,
  authored TEXT,
  recorded TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  warnings TEXT NOT NULL,
  source TEXT,
  fingerprint TEXT NOT NULL,
  operation_count INTEGER NOT NULL,
  is_head INTEGER NOT NULL,
  is_archived INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  line INTEGER NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (line, position)
);
CREATE INDEX revisions_sequence ON revisions (sequence);
CREATE INDEX revisions_heads ON revisions (id) WHERE is_head;
