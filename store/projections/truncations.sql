-- One row per truncation; is_restored once its segment was put back.
CREATE TABLE truncations (
  sequence INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  reason TEXT NOT NULL,
  time TEXT NOT NULL,
  actor TEXT NOT NULL,
  segment TEXT NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  revision_count INTEGER NOT NULL,
  is_restored INTEGER NOT NULL DEFAULT 0
);
