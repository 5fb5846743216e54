import Foundation
import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// One after the other: a new database gives the migrations' role of the cluster back what it was.
@Suite("What the owner of a database may do in a temporary PostgreSQL", .serialized)
struct OwnerRightsTests {
  /// One cluster for all of them: each has a database of its own.
  nonisolated(unsafe) private static let started: Result<PostgreSQLCluster, any Error> =
    Result { try PostgreSQLCluster(rights: .databaseOwner) }

  private static func engine() throws -> PostgreSQLEngine {
    PostgreSQLEngine(cluster: try started.get())
  }

  /// What managed services run, as they are written in real histories.
  static let usual: [String] = [
    "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language'",
    "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog",
    "CREATE EXTENSION \"uuid-ossp\"; CREATE TABLE u (id uuid DEFAULT uuid_generate_v4())",
    "CREATE EXTENSION pg_trgm WITH SCHEMA public; COMMENT ON EXTENSION pg_trgm IS 'text'",
    "CREATE EXTENSION pg_stat_statements", "CREATE EXTENSION hstore; CREATE EXTENSION unaccent",
    "CREATE SCHEMA ext; CREATE EXTENSION bloom SCHEMA ext; DROP EXTENSION bloom",
    "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC",
    "ALTER SCHEMA public OWNER TO postgres; COMMENT ON SCHEMA public IS 'standard'",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO postgres",
    "CREATE ROLE made_here NOLOGIN; CREATE SCHEMA s AUTHORIZATION made_here",
    "CREATE ROLE set_here; SET ROLE set_here; RESET ROLE",
    "CREATE ROLE granted_here; GRANT SELECT ON ALL TABLES IN SCHEMA public TO granted_here",
    """
    CREATE ROLE owner_here; GRANT CREATE ON SCHEMA public TO owner_here; CREATE TABLE t (a int);
    ALTER TABLE t OWNER TO owner_here
    """,
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC",
    "CREATE ROLE later_here; ALTER DEFAULT PRIVILEGES FOR ROLE later_here REVOKE ALL ON TABLES FROM PUBLIC",
    "CREATE TABLE t (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t",
    """
    CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE POLICY p ON t USING (false);
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY
    """,
    """
    DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''UTC''', current_database()); END$$
    """,
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE COLLATION c (provider = libc, locale = 'C'); CREATE TYPE r AS RANGE (subtype = float8)",
    "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple); SELECT lo_create(0)",
    "SELECT count(*) FROM pg_stat_activity; SELECT pg_database_size(current_database())",
    "GRANT pg_read_all_settings TO postgres; GRANT CONNECT ON DATABASE @SELF TO PUBLIC",
    "SELECT pg_advisory_lock(1); SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE false",
    "CREATE ROLE gone_here; DROP ROLE gone_here; CREATE USER back_here PASSWORD 'x'",
  ]

  @Test(
    "migrations that a managed service runs, run", arguments: ServerTraits.runnable(usual) { $0 })
  func runs(_ script: String) throws {
    let scratch = try Self.engine().makeScratch()
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: [])
    let text = script.split(separator: "@SELF", omittingEmptySubsequences: false)
      .joined(separator: scratch.location.database ?? "")
    _ = try scratch.capture(after: capture, statements: scratch.run(script: text))
  }

  @Test("settings that managed services let their users change can be changed")
  func settings() throws {
    guard try Self.engine().majorVersion() >= 15 else { return }
    let scratch = try Self.engine().makeScratch()
    _ = try scratch.run(
      script: """
        CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES t);
        SET session_replication_role = replica; INSERT INTO u VALUES (1); SET log_statement = 'none'
        """)
  }

  @Test("rows are read whatever policies their tables have, and whoever owns them")
  func rows() throws {
    let scratch = try Self.engine().makeScratch()
    let before = try scratch.capture(after: Capture(schema: Schema()), statements: [])
    let statements = try scratch.run(
      script: """
        CREATE ROLE hider; CREATE SCHEMA h AUTHORIZATION hider; SET ROLE hider;
        CREATE TABLE h.t (a int); INSERT INTO h.t VALUES (1);
        ALTER TABLE h.t ENABLE ROW LEVEL SECURITY; ALTER TABLE h.t FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON h.t USING (false); REVOKE ALL ON h.t FROM hider; RESET ROLE
        """)
    let capture = try scratch.capture(after: before, statements: statements)
    let rows = capture.rows.tables[ObjectPath(.table, namespace: "h", name: "t")]
    #expect(rows?.rows == [[.text("1")]])
  }

  @Test("a schema is the same whether its migrations' role was a superuser or not")
  func sameAsSuperuser() throws {
    let script = """
      CREATE SCHEMA app; CREATE TABLE app.t (id serial PRIMARY KEY, mail text NOT NULL);
      CREATE VIEW app.v AS SELECT mail FROM app.t;
      \(ServerTraits.missing(for: "create extension citext").isEmpty ? "CREATE EXTENSION citext;" : "")
      GRANT SELECT ON app.t TO PUBLIC; COMMENT ON SCHEMA public IS 'mine';
      INSERT INTO app.t (mail) VALUES ('a@b'); ALTER TABLE app.t OWNER TO postgres;
      """
    func capture(_ engine: PostgreSQLEngine) throws -> (Capture, String?) {
      let scratch = try engine.makeScratch()
      let before = try scratch.capture(after: Capture(schema: Schema()), statements: [])
      let after = try scratch.capture(after: before, statements: scratch.run(script: script))
      return (after, try scratch.dump())
    }
    let (owner, owned) = try capture(Self.engine())
    let (superuser, dumped) = try capture(Shared.engine())
    #expect(owner.schema == superuser.schema)
    #expect(owner.rows == superuser.rows)
    #expect(owned == dumped && owned?.contains("CREATE VIEW app.v") == true)
  }

  @Test("what only a superuser may do is refused in PostgreSQL's words, with the way to do it")
  func refused() throws {
    for (script, words) in [
      ("SELECT 1;\nCREATE EXTENSION dblink", "the extension dblink connects to other servers"),
      ("SELECT 1;\nCREATE EXTENSION file_fdw", "reads or writes the server's files"),
      ("SELECT 1;\nCREATE PUBLICATION p FOR ALL TABLES", "--superuser"),
      ("SELECT 1;\nCOPY pg_class TO '/tmp/x'", "--superuser"),
    ] where ServerTraits.missing(for: script).isEmpty {
      let error = #expect(throws: PostgreSQLEngineError.self) {
        try Self.engine().makeScratch().run(script: script)
      }
      guard case .needsSuperuser(let failure, _) = error else {
        Issue.record("expected a lack of rights, found \(String(describing: error))")
        continue
      }
      #expect(failure.line == 2 && failure.code == "42501")
      #expect(error?.nextStep?.contains(words) == true)
      #expect(error?.nextStep?.contains("--superuser") == true)
    }
  }

  @Test("nobody becomes Strata's superuser without its password, and no file of the cluster has it")
  func password() throws {
    let cluster = try Self.started.get()
    var location = cluster.administration
    let removed = location.parameters.removeValue(forKey: "password")
    let password = try #require(removed)
    #expect(password.utf8.count == 32)
    #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLConnection(location) }
    location.parameters["password"] = "x"
    #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLConnection(location) }
    #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLConnection(cluster.location) }
    let found = try FileManager.default.contentsOfDirectory(atPath: cluster.path + "/data").filter {
      let text = FileManager.default.contents(atPath: cluster.path + "/data/" + $0) ?? Data()
      return String(decoding: text, as: UTF8.self).contains(password)
    }
    #expect(found == [])
    #expect(!cluster.location.url.contains(password))
  }

  @Test("what a migration sets for its role does not reach the next empty database")
  func renewed() throws {
    let cluster = try PostgreSQLCluster(rights: .databaseOwner)
    let engine = PostgreSQLEngine(cluster: cluster)
    _ = try engine.makeScratch().run(
      script: "ALTER ROLE postgres SET search_path = nowhere"
        // From 16 on a role may not change its own attributes without ADMIN to itself.
        + (ServerTraits.version < 16 ? "; ALTER ROLE postgres NOLOGIN" : ""))
    let next = try engine.makeScratch()
    _ = try next.run(script: "CREATE TABLE t (a int)")
    #expect(try next.tables() == ["t"])
  }

  @Test("a database that waits for a later branch goes on where it was")
  func resting() throws {
    let scratch = try Self.engine().makeScratch()
    _ = try scratch.run(script: "CREATE TABLE t (a int)")
    let copy = try scratch.copy()
    #expect(throws: PostgreSQLEngineError.self) {
      try copy.run(script: "DROP DATABASE \(scratch.location.database ?? "")")
    }
    _ = try scratch.run(script: "ALTER TABLE t ADD b int; DROP SCHEMA public CASCADE")
    _ = try copy.run(script: "ALTER TABLE t ADD c int")
    #expect(
      try copy.column(
        "SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum"
      ) == ["a", "c"])
    // Piece by piece, so that a copy is kept until it is through, and put back when it fails.
    #expect(throws: PostgreSQLEngineError.self) {
      try copy.run(script: "ALTER TABLE t ADD d int; COMMIT; SELECT 1/0")
    }
    _ = try copy.run(script: "ALTER TABLE t ADD d int")
  }
}
