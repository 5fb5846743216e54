import SchemaModel
import Testing

@testable import EnginePostgreSQL

@Suite("A script without a transaction on a server of the user's")
struct ForeignScriptTests {
  @Test(
    "runs in its database, of which no copy is made",
    arguments: [
      "CREATE INDEX CONCURRENTLY i ON users (a)",
      "DROP INDEX CONCURRENTLY j; CREATE INDEX CONCURRENTLY j ON users (b)",
      "REINDEX TABLE CONCURRENTLY users", "CREATE TABLE groups (a int); VACUUM users",
      "INSERT INTO users VALUES (1); CREATE UNIQUE INDEX CONCURRENTLY k ON users (a)",
    ])
  func inPlace(script: String) throws {
    let scratch = try Shared.foreignEngine().makeScratch()
    defer { scratch.discard() }
    _ = try scratch.run(script: "CREATE TABLE users (a int, b int); CREATE INDEX j ON users (a)")
    let session = try scratch.open().backendPID
    _ = try scratch.run(script: script, inTransaction: false)
    // Whoever copies a database ends its sessions.
    #expect(try scratch.open().backendPID == session)
  }

  @Test(
    "leaves no database where it fails",
    arguments: [
      "CREATE UNIQUE INDEX CONCURRENTLY i ON users (a)",
      "CREATE TABLE t (a int); CREATE INDEX CONCURRENTLY i ON t (a); SELECT oops",
      "DROP INDEX CONCURRENTLY j; DROP INDEX CONCURRENTLY j",
    ])
  func failing(script: String) throws {
    let scratch = try Shared.foreignEngine().makeScratch()
    defer { scratch.discard() }
    _ = try scratch.run(
      script: "CREATE TABLE users (a int); CREATE INDEX j ON users (a); "
        + "INSERT INTO users VALUES (1), (1)")
    #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: script, inTransaction: false)
    }
    #expect(throws: PostgreSQLEngineError.self) { try scratch.column("SELECT 1") }
  }

  @Test("that makes a role of an earlier script's is tried once more, on what was there before")
  func knownRole() throws {
    let engine = try Shared.foreignEngine()
    let (one, two) = (try engine.makeScratch(), try engine.makeScratch())
    defer { [one, two].forEach { $0.discard() } }
    _ = try one.run(script: "CREATE ROLE foreign_script_role")
    let statements = try two.run(
      script: "CREATE TABLE t (a int); CREATE ROLE foreign_script_role; CREATE TABLE u (a int)",
      inTransaction: false)
    #expect(statements.count == 3)
    #expect(try two.tables() == ["t", "u"])
  }

  @Test(
    "may make roles where ROLE, USER or GROUP follows CREATE, or what is no word",
    arguments: [
      "CREATE ROLE x", "do $$ begin create  user x; end $$", "CREATE\n\tGROUP g",
      "CREATE /* a */ ROLE x", "EXECUTE 'CREATE ' || kind || ' x'", "format('create %s x', 'role')",
      "op.execute(f\"CREATE {kind} x\")", "op.execute('CREATE ' 'ROLE x')", "CREATE USER",
    ])
  func roles(script: String) { #expect(PostgreSQLEngine.mayMakeRoles(script)) }

  @Test(
    "makes none where it only has the words",
    arguments: [
      "CREATE TABLE users (user_id int, role text)", "CREATE INDEX ON \"group\" (role)",
      "op.create_table('role')", "CREATE USER MAPPING FOR me SERVER s", "GRANT a TO role",
      "CREATE POLICY p ON t TO role", "recreate role x", "CREATE TABLE user (created date)",
    ])
  func noRoles(script: String) { #expect(!PostgreSQLEngine.mayMakeRoles(script)) }
}
