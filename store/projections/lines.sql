-- A line is a run of revisions along first parents. It begins at a root, or where a second child
-- forks off at (parent_line, parent_position).
CREATE TABLE lines (
  line INTEGER PRIMARY KEY,
  parent_line INTEGER REFERENCES lines (line),
  parent_position INTEGER
);
