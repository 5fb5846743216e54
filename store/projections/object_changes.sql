-- What each revision made of each object, against the schema of its first parent. A version holds
-- on its line from position up to, not with, "until" (a huge number while nothing follows).
CREATE TABLE object_changes (
  change_id INTEGER PRIMARY KEY,
  object INTEGER NOT NULL REFERENCES object_paths (object),
  line INTEGER NOT NULL,
  position INTEGER NOT NULL,
  until INTEGER NOT NULL,
  revision TEXT NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('created', 'altered', 'dropped')),
  table_name TEXT,
  definition TEXT,
  structure TEXT
);
CREATE UNIQUE INDEX object_changes_object ON object_changes (object, line, position);
CREATE INDEX object_changes_line ON object_changes (line, until, position);
CREATE INDEX object_changes_revision ON object_changes (revision);

-- The same with names: who made what of which object, when.
CREATE VIEW object_versions AS
SELECT o.kind, o.namespace, o.within, o.name, c.change, c.revision, r.ordinal, r.author,
  r.authored, r.recorded, r.message, r.is_archived, c.table_name, c.definition, c.structure,
  c.line, c.position, c.until
FROM object_changes AS c
JOIN object_paths AS o USING (object)
JOIN revisions AS r ON r.id = c.revision;
