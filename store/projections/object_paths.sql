-- Every name that a schema object ever had. "within" is set where names are unique only within a
-- table (PostgreSQL's triggers, policies and rules), and is empty elsewhere.
CREATE TABLE object_paths (
  object INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  within TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (name, kind, namespace, within)
);
