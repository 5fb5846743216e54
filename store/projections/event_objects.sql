CREATE TABLE event_object_keys (
  object INTEGER NOT NULL REFERENCES object_paths (object),
  sequence INTEGER NOT NULL,
  PRIMARY KEY (object, sequence)
) WITHOUT ROWID;

-- All objects that an event touches, old names and new.
CREATE VIEW event_objects AS
SELECT k.sequence, o.kind, o.namespace, o.within, o.name
FROM event_object_keys AS k JOIN object_paths AS o USING (object);
