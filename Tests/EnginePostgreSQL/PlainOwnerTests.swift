import DialectPostgreSQL
import SchemaModel
import Testing

@testable import EnginePostgreSQL

@Suite("A baseline by a role that is no superuser")
struct PlainOwnerTests {
  private static let roles = ["app", "ann", "\"Bob B\"", "carol"]

  /// Owners in schemas of their own and of others, with the right to make things there and without;
  /// grants that were handed on; default privileges.
  private static let schema = """
    CREATE SCHEMA shop AUTHORIZATION app; CREATE SCHEMA plain; CREATE SCHEMA mixed;
    GRANT USAGE ON SCHEMA plain TO "Bob B", carol; GRANT USAGE ON SCHEMA shop TO carol, ann;
    GRANT USAGE, CREATE ON SCHEMA mixed TO PUBLIC;
    GRANT CREATE ON SCHEMA public TO ann WITH GRANT OPTION; GRANT CREATE ON SCHEMA public TO app;
    CREATE TABLE public.first (id serial PRIMARY KEY, name text);
    INSERT INTO public.first (name) VALUES ('one'); ALTER TABLE public.first OWNER TO ann;
    CREATE TABLE shop.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      first int REFERENCES public.first (id), note text);
    INSERT INTO shop.orders (first) VALUES (1); ALTER TABLE shop.orders OWNER TO app;
    CREATE INDEX ON shop.orders (note);
    CREATE TABLE plain.parts (id int, at date) PARTITION BY RANGE (at);
    CREATE TABLE plain.parts_1 PARTITION OF plain.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    ALTER TABLE plain.parts OWNER TO app; ALTER TABLE plain.parts_1 OWNER TO "Bob B";
    CREATE TYPE plain.mood AS ENUM ('a', 'b'); ALTER TYPE plain.mood OWNER TO "Bob B";
    CREATE TYPE mixed.pair AS (a int, b text); ALTER TYPE mixed.pair OWNER TO carol;
    CREATE TYPE mixed.span AS RANGE (subtype = int4); ALTER TYPE mixed.span OWNER TO ann;
    CREATE DOMAIN plain.few AS int CHECK (VALUE < 9); ALTER DOMAIN plain.few OWNER TO ann;
    CREATE SEQUENCE shop.counter; ALTER SEQUENCE shop.counter OWNER TO ann;
    CREATE VIEW shop.seen AS SELECT id FROM shop.orders; ALTER VIEW shop.seen OWNER TO app;
    CREATE MATERIALIZED VIEW mixed.kept AS SELECT 1 AS a; ALTER MATERIALIZED VIEW mixed.kept OWNER TO carol;
    CREATE FUNCTION plain.twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a * 2';
    ALTER FUNCTION plain.twice(int) OWNER TO "Bob B";
    CREATE PROCEDURE shop.work() LANGUAGE sql AS ''; ALTER PROCEDURE shop.work() OWNER TO carol;
    CREATE AGGREGATE mixed.total(int) (sfunc = int4pl, stype = int); ALTER AGGREGATE mixed.total(int) OWNER TO app;
    CREATE OPERATOR mixed.=== (leftarg = int, rightarg = int, function = int4eq);
    ALTER OPERATOR mixed.=== (int, int) OWNER TO ann;
    CREATE STATISTICS mixed.first_stats ON first, note FROM shop.orders; ALTER STATISTICS mixed.first_stats OWNER TO app;
    CREATE TEXT SEARCH CONFIGURATION plain.words (COPY = simple);
    ALTER TEXT SEARCH CONFIGURATION plain.words OWNER TO carol;
    CREATE COLLATION plain.c (locale = 'C'); ALTER COLLATION plain.c OWNER TO app;
    CREATE TRIGGER kept BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
    CREATE POLICY own ON shop.orders USING (note = current_user); ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
    SET ROLE ann; GRANT SELECT, INSERT ON public.first TO app WITH GRANT OPTION;
    GRANT UPDATE (name) ON public.first TO app WITH GRANT OPTION; GRANT USAGE ON SEQUENCE shop.counter TO app;
    SET ROLE app; GRANT SELECT ON public.first TO "Bob B" WITH GRANT OPTION;
    GRANT UPDATE (name) ON public.first TO carol; GRANT SELECT ON shop.orders TO carol;
    SET ROLE "Bob B"; GRANT SELECT ON public.first TO PUBLIC; RESET ROLE;
    REVOKE EXECUTE ON FUNCTION plain.twice(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION plain.twice(int) TO carol;
    ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA shop GRANT SELECT ON TABLES TO carol;
    ALTER DEFAULT PRIVILEGES FOR ROLE ann REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO "Bob B";
    """

  @Test(
    "gives the same owners and privileges where it owns the database", arguments: [15, 16, 17, 18])
  func sameOwners(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    let server = try PostgreSQLConnection(cluster.location)
    let roles = Self.roles.joined(separator: ", ")
    // Default privileges stand in the order in which the server made their roles.
    try server.execute("CREATE ROLE deployer LOGIN")
    try server.execute(Self.roles.map { "CREATE ROLE \($0)" }.joined(separator: "; "))
    try server.execute("GRANT \(roles) TO deployer")
    try server.execute("CREATE DATABASE made OWNER deployer")
    let scratch = try PostgreSQLEngine(cluster: cluster).makeScratch()
    let original = try scratch.capture(
      after: Capture(schema: Schema()), statements: scratch.run(script: Self.schema))
    let prelude = PostgreSQL.Render.prelude(version: major)
    let statements = try PostgreSQL.Render.baseline(original.schema, rows: original.rows)
    var target = cluster.location.with(database: "made")
    target.parameters["user"] = "deployer"
    try PostgreSQLTarget.create(baseline: prelude + statements, into: target.url)
    let made = try CatalogState().capture(
      target, beside: PostgreSQLConnection(target), after: Capture(schema: Schema()),
      statements: [])
    let path = ObjectPath(.namespace, name: "public")
    #expect(original.schema.objects[path]?.grants == made.schema.objects[path]?.grants)
    #expect(BaselineCheck.difference(original.schema, made.schema) == [])
    #expect(try BaselineCheck.difference(original.rows, made.rows) == [])
  }

  @Test(
    "asks for no more than the role has: without owners and grants it needs no other role",
    arguments: [15, 18])
  func withoutRoles(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    let server = try PostgreSQLConnection(cluster.location)
    try server.execute(Self.roles.map { "CREATE ROLE \($0)" }.joined(separator: "; "))
    try server.execute("CREATE ROLE deployer LOGIN")
    try server.execute("CREATE DATABASE made OWNER deployer")
    let scratch = try PostgreSQLEngine(cluster: cluster).makeScratch()
    let original = try scratch.capture(
      after: Capture(schema: Schema()), statements: scratch.run(script: Self.schema))
    let statements = try PostgreSQL.Render.baseline(
      original.schema, rows: original.rows,
      options: PostgreSQL.Render.Options(owners: false, grants: false))
    var target = cluster.location.with(database: "made")
    target.parameters["user"] = "deployer"
    try PostgreSQLTarget.create(
      baseline: PostgreSQL.Render.prelude(version: major) + statements, into: target.url)
  }
}
