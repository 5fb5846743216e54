-- The edges of the graph; position 0 is the first parent.
CREATE TABLE revision_parents (
  revision TEXT NOT NULL,
  position INTEGER NOT NULL,
  parent TEXT NOT NULL,
  PRIMARY KEY (revision, position)
) WITHOUT ROWID;
CREATE INDEX revision_parents_parent ON revision_parents (parent);
