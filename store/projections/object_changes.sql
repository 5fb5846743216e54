-- What each revision made of each object, against the schema of its first parent. The revision is
-- the one at (line, position). A version holds on its line from position up to, not with, "until"
-- (a huge number while nothing follows).
CREATE TABLE object_changes (
  change_id INTEGER PRIMARY KEY,
  object INTEGER NOT NULL REFERENCES object_paths (object),
  line INTEGER NOT NULL,
  position INTEGER NOT NULL,
  until INTEGER NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('created', 'altered', 'dropped'))
);
CREATE UNIQUE INDEX object_changes_object ON object_changes (object, line, position);
CREATE INDEX object_changes_until ON object_changes (line, until, position);
CREATE INDEX object_changes_position ON object_changes (line, position);

-- The object as the change left it; none for what was dropped. Apart from the changes, whose rows
-- are written again when "until" becomes known.
CREATE TABLE object_texts (
  change_id INTEGER PRIMARY KEY REFERENCES object_changes (change_id),
  table_name TEXT,
  definition TEXT,
  structure TEXT NOT NULL
);

-- The same with names: who made what of which object, when.
CREATE VIEW object_versions AS
SELECT o.kind, o.namespace, o.within, o.name, c.change, r.id AS revision, r.ordinal, r.author,
  r.authored, r.recorded, r.message, r.is_archived, t.table_name, t.definition, t.structure,
  c.line, c.position, c.until
FROM object_changes AS c
JOIN object_paths AS o USING (object)
JOIN revisions AS r ON r.line = c.line AND r.position = c.position
LEFT JOIN object_texts AS t USING (change_id);
