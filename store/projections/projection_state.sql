-- One row: how far this file has followed the log. Hash in hexadecimal.
CREATE TABLE projection_state (
  version INTEGER NOT NULL,
  dialect TEXT,
  last_sequence INTEGER,
  last_hash TEXT
);
