import EngineSQLite
import SchemaModel
import Testing

@Suite("A database that lay about")
struct ScratchProofTests {
  private static let versionTable = RunnerTable(
    name: "alembic_version",
    definition: "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
  private static let toolTable = RunnerTable(
    name: "schema_migrations", definition: "CREATE TABLE schema_migrations (version)")

  private static let script = """
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT UNIQUE, n REAL);
    CREATE INDEX users_n ON users (n) WHERE n > 0;
    CREATE TRIGGER gone AFTER DELETE ON users BEGIN SELECT 1; END;
    CREATE VIEW mails AS SELECT mail FROM users;
    INSERT INTO users (mail, n) VALUES ('a@b', 1.5), ('c@d', 2.5), (NULL, NULL);
    PRAGMA user_version = 3;
    \(versionTable.definition);
    INSERT INTO alembic_version VALUES ('abc');
    \(toolTable.definition);
    """

  /// Whether the database is held to be the recorded one after `harm`.
  private func isProved(after harm: String, _ version: String = "abc") throws -> Bool {
    var session = try Session()
    let tables = RunnerTables(noted: [Self.versionTable.name, Self.toolTable.name])
    session.scratch.runnerTables = tables
    try session.step(Self.script)
    _ = try session.scratch.copy()
    try SQLiteFile.run(harm, in: session.scratch.path)
    let kept = try SQLiteScratch(at: session.scratch.path)
    kept.runnerTables = tables
    let capture = kept.proved(
      as: session.last, runners: [Self.versionTable, Self.toolTable], version: version)
    if let capture {
      #expect(capture.schema == session.last.schema)
      #expect(capture.rows == session.last.rows)
      #expect(capture.runners == [Self.versionTable, Self.toolTable])
    }
    return capture != nil
  }

  @Test("is used where it shows all that was recorded, and nothing else")
  func proved() throws {
    #expect(try isProved(after: ""))
    #expect(try isProved(after: "VACUUM"))
    #expect(try isProved(after: "PRAGMA journal_mode = WAL"))
  }

  @Test(
    "is not used where anything differs, or cannot be seen",
    arguments: [
      "UPDATE users SET mail = 'a@B' WHERE id = 1",
      "UPDATE users SET n = 1.5000000000000002 WHERE id = 1",
      "UPDATE users SET mail = '' WHERE mail IS NULL",
      "UPDATE users SET mail = CAST('a@b' AS BLOB) WHERE id = 1",
      "UPDATE sqlite_sequence SET seq = 9",
      "UPDATE alembic_version SET version_num = 'abd'",
      "INSERT INTO alembic_version VALUES ('abd')",
      "DELETE FROM alembic_version",
      "CREATE TRIGGER t AFTER UPDATE ON alembic_version BEGIN DELETE FROM users; END",
      "CREATE INDEX i ON alembic_version (version_num)",
      "ALTER TABLE alembic_version ADD x DEFAULT 1",
      "INSERT INTO schema_migrations VALUES (1)",
      "CREATE TABLE flyway_schema_history (x)",
      "CREATE VIEW _sqlx_migrations AS SELECT 1",
      "ANALYZE",
      "CREATE VIRTUAL TABLE f USING fts5 (x)",
      "PRAGMA user_version = 4",
      "PRAGMA application_id = 1",
      "DROP TRIGGER gone",
      "DROP INDEX users_n",
      "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = sql || ' '",
      "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'users_n'",
    ])
  func refused(harm: String) throws {
    #expect(try !isProved(after: harm))
  }

  @Test("is not used for another revision than its own")
  func otherVersion() throws {
    #expect(try !isProved(after: "", "abd"))
  }
}
