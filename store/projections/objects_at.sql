-- The schema at any revision: for each object the last change along the revision's first parents.
-- (A merge's own changes hold all that it brought in from its other parents.) Ask with
-- WHERE revision = '...': SQLite then looks at that revision alone.
CREATE VIEW objects_at AS
SELECT v.revision, v.is_head, v.kind, v.namespace, v.within, v.name, t.table_name,
  r.id AS changed_by, t.definition, t.structure
FROM (
  -- With max() SQLite takes the other columns from the row that has the maximum.
  SELECT p.revision, p.is_head, o.kind, o.namespace, o.within, o.name, c.change_id, c.change,
    c.line, max(c.position) AS position
  FROM revision_path AS p
  CROSS JOIN object_changes AS c
    ON c.line = p.line AND c.position <= p.position AND c.until > p.position
  JOIN object_paths AS o USING (object)
  GROUP BY p.revision, p.is_head, o.kind, o.namespace, o.within, o.name
) AS v
JOIN object_texts AS t USING (change_id)
JOIN revisions AS r ON r.line = v.line AND r.position = v.position
WHERE v.change <> 'dropped';

CREATE VIEW tables_at AS
SELECT revision, is_head, namespace, name, definition, changed_by,
  json_array_length(structure, '$.columns') AS column_count,
  json_extract(structure, '$.comment') AS comment,
  json_extract(structure, '$.attributes') AS attributes
FROM objects_at
WHERE kind = 'table';

CREATE VIEW columns_at AS
SELECT t.revision, t.is_head, t.namespace, t.name AS table_name, c.key + 1 AS position,
  json_extract(c.value, '$.name') AS name,
  json_extract(c.value, '$.type') AS type,
  json_extract(c.value, '$.nullable') AS is_nullable,
  json_extract(c.value, '$.default') AS default_expression,
  json_extract(c.value, '$.collation') AS collation,
  json_extract(c.value, '$.generated.expression') AS generated_expression,
  json_extract(c.value, '$.identity') AS identity,
  json_extract(c.value, '$.comment') AS comment,
  json_extract(c.value, '$.attributes') AS attributes
FROM objects_at AS t, json_each(t.structure, '$.columns') AS c
WHERE t.kind = 'table';

CREATE VIEW constraints_at AS
SELECT t.revision, t.is_head, t.namespace, t.name AS table_name,
  json_extract(c.value, '$.kind') AS kind,
  json_extract(c.value, '$.name') AS name,
  json_extract(c.value, '$.columns') AS columns,
  json_extract(c.value, '$.expression') AS expression,
  json_extract(c.value, '$.references.table') AS references_table,
  json_extract(c.value, '$.references.columns') AS references_columns,
  json_extract(c.value, '$.references.on_delete') AS on_delete,
  json_extract(c.value, '$.references.on_update') AS on_update,
  json_extract(c.value, '$.text') AS text
FROM objects_at AS t, json_each(t.structure, '$.constraints') AS c
WHERE t.kind = 'table';

CREATE VIEW indexes_at AS
SELECT revision, is_head, namespace, name, table_name,
  json_extract(structure, '$.unique') AS is_unique,
  json_extract(structure, '$.parts') AS parts,
  json_extract(structure, '$.predicate') AS predicate,
  definition, changed_by
FROM objects_at
WHERE kind = 'index';

CREATE VIEW definitions_at AS
SELECT revision, is_head, kind, namespace, name, table_name, definition,
  json_extract(structure, '$.members') AS members, changed_by
FROM objects_at
WHERE kind NOT IN ('table', 'index');
