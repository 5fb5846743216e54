import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// One after the other: roles are the whole server's, and a script that fails takes those away again that
/// were made meanwhile.
@Suite("Roles, extensions and servers of other people", .serialized)
struct RoleTests {
  @Test("a role that is missing is made in a temporary cluster, whatever it is called")
  func missing() throws {
    let scratch = try Shared.engine().makeScratch()
    _ = try scratch.run(
      script: """
        CREATE TABLE a (b int);
        GRANT SELECT ON a TO missing_one, "missing ""two\""\";
        ALTER TABLE a OWNER TO "missing\nthree";
        """)
    #expect(scratch.createdRoles == ["missing_one", "missing \"two\"", "missing\nthree"])
    #expect(
      try scratch.column("SELECT tableowner FROM pg_tables WHERE tablename = 'a'")
        == ["missing\nthree"])
    #expect(try scratch.copy().createdRoles == scratch.createdRoles)
  }

  @Test("a role that one scratch database's script made is no obstacle to another's")
  func shared() throws {
    let engine = try Shared.engine()
    let script = "CREATE ROLE twice_made NOLOGIN; CREATE SCHEMA s AUTHORIZATION twice_made;"
    let first = try engine.makeScratch()
    _ = try first.run(script: script)
    let second = try engine.makeScratch()
    _ = try second.run(script: script)
    #expect(try second.column("SELECT nspname FROM pg_namespace WHERE nspname = 's'") == ["s"])
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try second.run(script: "CREATE ROLE twice_made")
    }
    #expect(error?.failure?.code == "42710")
  }

  @Test("an extension that is not there is named, with its package")
  func extensions() throws {
    let scratch = try Shared.engine().makeScratch()
    let version = try Shared.engine().majorVersion()
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: "SELECT 1;\nCREATE EXTENSION no_such_thing;")
    }
    guard case .missingExtension("no_such_thing", let server, let failure) = error else {
      Issue.record("expected a missing extension, found \(String(describing: error))")
      return
    }
    #expect(server.version == version)
    #expect(failure.line == 2)
    let vector = PostgreSQLEngineError.missingExtension(
      name: "vector", server: ServerBuild(version: 16), failure: failure)
    #expect(vector.description.contains("apt install postgresql-16-pgvector"))
    let unpacked = PostgreSQLEngineError.missingExtension(
      name: "vector", server: ServerBuild(version: 16, folder: "/opt/pg/bin"), failure: failure)
    #expect(
      unpacked.description.contains("PostgreSQL 16 (/opt/pg/bin), found none; let STRATA_PG_BIN"))
  }

  @Test("on a server of the user's nothing beyond the scratch database is touched")
  func foreign() throws {
    let scratch = try Shared.foreignEngine().makeScratch()
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: "CREATE TABLE a (b int);\nGRANT SELECT ON a TO nobody_there")
    }
    guard case .missingRole("nobody_there", _, let failure) = error else {
      Issue.record("expected a missing role, found \(String(describing: error))")
      return
    }
    #expect(failure.line == 2)
    for script in [
      "DROP DATABASE postgres", "ALTER SYSTEM SET work_mem = 64", "ALTER ROLE postgres NOLOGIN",
      "drop user if exists postgres", "COPY pg_class TO '/tmp/x'",
      "REASSIGN OWNED BY postgres TO postgres", "DROP OWNED BY postgres",
      "ALTER DATABASE postgres SET work_mem = 64",
    ] {
      let error = #expect(throws: PostgreSQLEngineError.self) {
        try scratch.run(script: "SELECT 1;\n\(script)")
      }
      #expect(error?.description.hasPrefix("line 2: ") == true)
    }
  }

  @Test("roles that scripts made on a server of the user's go with the last of its databases")
  func dropped() throws {
    let roles = "SELECT rolname FROM pg_roles WHERE rolname = 'made_for_a_while'"
    do {
      let scratch = try Shared.foreignEngine().makeScratch()
      _ = try scratch.run(
        script: "CREATE ROLE made_for_a_while; ALTER ROLE made_for_a_while SET work_mem = 64")
      #expect(try Shared.connection().query(roles).count == 1)
      scratch.discard()
    }
    #expect(try Shared.connection().query(roles).isEmpty)
  }

  @Test("a role that may not create databases is refused, and told what it needs")
  func rights() throws {
    try Shared.connection().execute("CREATE ROLE without_rights LOGIN PASSWORD 'geheim'")
    let engine = try Shared.foreignEngine {
      $0.parameters["user"] = "without_rights"
      $0.parameters["password"] = "geheim"
    }
    let error = #expect(throws: PostgreSQLEngineError.self) { try engine.makeScratch() }
    #expect(
      error?.description.hasPrefix(
        "expected a role that may create databases, found without_rights on "
          + "postgresql://without_rights@/postgres?host=") == true)
    #expect(error?.description.contains("geheim") == false)
    try Shared.connection().execute("ALTER ROLE without_rights CREATEDB")
    let scratch = try engine.makeScratch()
    _ = try scratch.run(script: "CREATE TABLE a (b int)")
    #expect(try scratch.copy().tables() == ["a"])
    #expect(scratch.url.contains("geheim") && !"\(scratch.location)".contains("geheim"))
  }

  @Test(
    "a database with a subscription goes, too",
    .enabled(
      if: ServerTraits.missing(for: "create subscription").isEmpty,
      "the server has no libpqwalreceiver"))
  func subscription() throws {
    let scratch = try Shared.foreignEngine().makeScratch()
    let name = try #require(scratch.location.database)
    _ = try scratch.run(
      script: "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)")
    scratch.discard()
    #expect(
      try Shared.connection().query(
        "SELECT FROM pg_database WHERE datname = $1", parameters: [name]
      ).isEmpty)
  }

  @Test("databases that a dead process left on a server of the user's go; others stay")
  func leftovers() throws {
    let server = try Shared.connection()
    let live = try Shared.foreignEngine().makeScratch()
    let name = try #require(live.location.database)
    // The machine, the process and its start have eight digits each.
    let prefix = "strata_scratch_"
    let mark = name.dropFirst(prefix.count).prefix(24)
    let names = [
      prefix + mark.prefix(16) + "0000000000000000",
      prefix + "00000000" + mark.dropFirst(8) + "0a0a0a0a",
      prefix + "mine",
    ]
    for name in names {
      // Other tests sweep, too, and end the session that makes a dead process's database.
      try server.execute("CREATE DATABASE to_\(name)")
      try server.execute("ALTER DATABASE to_\(name) RENAME TO \(name)")
    }
    _ = try Shared.foreignEngine().makeScratch()
    let left = Set(
      try server.query("SELECT datname FROM pg_database").compactMap { $0.first ?? nil })
    #expect(!left.contains(names[0]))
    #expect(left.isSuperset(of: [names[1], names[2], name]))
    for name in names.dropFirst() { try server.execute("DROP DATABASE \(name)") }
  }
}
