// Migrations that leave code behind for whoever reads their database: `spy` takes an advisory lock
// that tells whether it ran as a superuser.
extension HostileCase {
  /// The numbers of the locks.
  static let superuserLock = 4711
  static let readerLock = 4712

  private static let spy = """
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.spy(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN
      IF session_user <> 'postgres' THEN
        PERFORM pg_catalog.pg_advisory_lock(
          CASE WHEN pg_catalog.current_setting('is_superuser') = 'on' THEN \(superuserLock) ELSE
          \(readerLock) END);
      END IF;
      RETURN $1; END$$;
    CREATE FUNCTION evil.spies(name, name) RETURNS boolean LANGUAGE plpgsql AS
      $$BEGIN PERFORM evil.spy(''); RETURN $1::text OPERATOR(pg_catalog.=) $2::text; END$$;
    CREATE OPERATOR evil.= (leftarg = name, rightarg = name, procedure = evil.spies);
    CREATE FUNCTION evil.spies(oid, oid) RETURNS boolean LANGUAGE plpgsql AS
      $$BEGIN PERFORM evil.spy(''); RETURN $1::text OPERATOR(pg_catalog.=) $2::text; END$$;
    CREATE OPERATOR evil.= (leftarg = oid, rightarg = oid, procedure = evil.spies);
    CREATE FUNCTION evil.quote_ident(text) RETURNS text LANGUAGE sql AS 'SELECT evil.spy($1)';
    CREATE FUNCTION evil.pg_get_constraintdef(oid) RETURNS text LANGUAGE sql AS
      'SELECT evil.spy(''CHECK (true)'')';

    """

  static let code = [
    HostileCase(
      "operators and functions in the database's search_path",
      spy
        + """
        DO $$BEGIN EXECUTE pg_catalog.format(
        'ALTER DATABASE %I SET search_path = evil, public, pg_catalog', pg_catalog.current_database());
        END$$; CREATE TABLE b (x int CHECK (x > 1)); INSERT INTO b VALUES (2)
        """),
    HostileCase(
      "the same for every role",
      spy + "ALTER ROLE postgres SET search_path = evil, pg_catalog; INSERT INTO a VALUES (2, 'b')"),
    HostileCase(
      "a relation in the place of a catalog's",
      spy
        + """
        CREATE VIEW evil.pg_class AS SELECT evil.spy(relname::text) AS relname, oid
        FROM pg_catalog.pg_class; CREATE TABLE evil.pg_namespace (oid oid, nspname name)
        """),
    HostileCase(
      "an index on a call with a constant",
      spy + "CREATE INDEX i ON a (evil.spy('x')); INSERT INTO a VALUES (2, 'b')"),
    HostileCase(
      "an index that is partial by a call",
      spy + "CREATE INDEX i ON a (id) WHERE evil.spy('x') = 'x'; INSERT INTO a VALUES (2, 'b')"),
    HostileCase(
      "a check that calls",
      spy + "ALTER TABLE a ADD CHECK (evil.spy(x) = x AND evil.spy('c') = 'c'); "
        + "INSERT INTO a VALUES (2, 'b')"),
    HostileCase(
      "statistics on a call",
      spy + "CREATE STATISTICS s ON (evil.spy(x)) FROM a; INSERT INTO a VALUES (2, 'b'); ANALYZE a"),
  ]

  static let readers = [
    HostileCase(
      "a row policy that calls",
      spy
        + """
        ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON a USING (evil.spy(x) = x); INSERT INTO a VALUES (2, 'b')
        """),
    HostileCase(
      "a trigger, a rule and a default",
      spy
        + """
        CREATE FUNCTION evil.t() RETURNS trigger LANGUAGE plpgsql AS
          $$BEGIN PERFORM evil.spy(''); RETURN NEW; END$$;
        CREATE TRIGGER t BEFORE INSERT OR UPDATE ON a EXECUTE FUNCTION evil.t();
        ALTER TABLE a ALTER x SET DEFAULT evil.spy('d'); INSERT INTO a (id) VALUES (2)
        """),
    HostileCase(
      "a generated column",
      spy
        + "ALTER TABLE a ADD g text GENERATED ALWAYS AS (evil.spy(x)) STORED; "
        + "INSERT INTO a VALUES (2, 'b')"),
    HostileCase(
      "a view and a materialized view",
      spy
        + "CREATE VIEW v AS SELECT evil.spy(x) FROM a; CREATE MATERIALIZED VIEW m AS TABLE v"),
    HostileCase(
      "a domain and a cast",
      spy
        + """
        CREATE DOMAIN d AS text CHECK (evil.spy(VALUE) = VALUE);
        CREATE TABLE b (x d); INSERT INTO b VALUES ('b');
        CREATE TYPE pair AS (x text); CREATE FUNCTION evil.c(pair) RETURNS text LANGUAGE sql AS
          'SELECT evil.spy($1.x)'; CREATE CAST (pair AS text) WITH FUNCTION evil.c(pair) AS IMPLICIT;
        CREATE TABLE c (x pair); INSERT INTO c VALUES (ROW('c'))
        """),
    HostileCase(
      "partitions by a call",
      spy
        + """
        CREATE TABLE p (x text) PARTITION BY LIST (evil.spy(x));
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('b'); INSERT INTO p VALUES ('b')
        """),
    HostileCase(
      "an inherited table with a check",
      spy
        + """
        CREATE TABLE b (CHECK (evil.spy('k') = 'k')) INHERITS (a); INSERT INTO b VALUES (3, 'b');
        CREATE UNLOGGED TABLE u (x text CHECK (evil.spy('u') = 'u')); INSERT INTO u VALUES ('u')
        """),
    HostileCase(
      "an event trigger",
      spy
        + """
        CREATE FUNCTION evil.e() RETURNS event_trigger LANGUAGE plpgsql AS
          $$BEGIN PERFORM evil.spy(''); END$$;
        CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION evil.e()
        """),
  ]
}
