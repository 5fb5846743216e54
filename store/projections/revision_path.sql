-- The lines that lead to each revision, with the position up to which each counts: its own line
-- first, then where that forked off, and so on. Few rows, whatever the length of the history.
CREATE VIEW revision_path AS
SELECT r.id AS revision, r.is_head, json_extract(step.value, '$[0]') AS line,
  json_extract(step.value, '$[1]') AS position
FROM revisions AS r, json_each((
  WITH RECURSIVE path (line, position) AS (
    VALUES (r.line, r.position)
    -- Not ALL: lines that lead back to themselves would be followed without end.
    UNION
    SELECT l.parent_line, l.parent_position
    FROM path JOIN lines AS l USING (line)
    WHERE l.parent_line IS NOT NULL
  )
  SELECT json_group_array(json_array(line, position)) FROM path
)) AS step;
