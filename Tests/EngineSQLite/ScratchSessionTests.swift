import EngineSQLite
import SchemaModel
import Testing

@Suite("What a script sets for its session")
struct ScratchSessionTests {
  /// The rows of a table whose parent went, after scripts that a tool runs.
  private func orphans(_ tool: ToolConnection, _ setting: String, _ inTransaction: Bool) throws
    -> Int
  {
    let scratch = try SQLiteScratch()
    scratch.connect(as: tool)
    var statements = try scratch.run(
      script: """
        CREATE TABLE a (i INTEGER PRIMARY KEY); CREATE TABLE b (i REFERENCES a ON DELETE CASCADE);
        INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)
        """)
    statements += try scratch.run(script: setting, inTransaction: inTransaction)
    // As the import does before each script.
    scratch.connect(as: tool)
    statements += try scratch.run(script: "DELETE FROM a")
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: statements)
    return capture.rows.tables[.table("b")]?.rows.count ?? 0
  }

  @Test("holds for the next one where the tool runs all in one session, and not where it does not")
  func foreignKeys() throws {
    let one = ToolConnection(keepsSession: true)
    for setting in [
      "PRAGMA foreign_keys=ON", "PRAGMA main.foreign_keys = 1", "pragma foreign_keys(yes)",
    ] {
      #expect(try orphans(one, setting, false) == 0, "\(setting)")
      #expect(try orphans(ToolConnection(), setting, false) == 1, "\(setting)")
      // Within a transaction SQLite takes no notice of it.
      #expect(try orphans(one, setting, true) == 1, "\(setting)")
    }
    let enforcing = ToolConnection(enforcesForeignKeys: true, keepsSession: true)
    #expect(try orphans(enforcing, "PRAGMA foreign_keys=OFF", false) == 1)
    #expect(try orphans(enforcing, "PRAGMA user_version=2", false) == 0)
  }
}
