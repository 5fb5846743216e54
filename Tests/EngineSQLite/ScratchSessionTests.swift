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

  /// What is in `t` after scripts of a tool.
  private func rows(_ tool: ToolConnection, _ scripts: [String], _ inTransaction: Bool) throws
    -> [RowValue]
  {
    let scratch = try SQLiteScratch()
    var statements: [ExecutedStatement] = []
    for script in scripts {
      scratch.connect(as: tool)
      statements += try scratch.run(script: script, inTransaction: inTransaction)
    }
    let copy = try scratch.copy()
    let capture = try copy.capture(after: Capture(schema: Schema()), statements: statements)
    return capture.rows.tables[.table("t")]?.rows.compactMap(\.first) ?? []
  }

  @Test(
    "holds for whatever decides about later rows",
    arguments: [
      ("case_sensitive_like", "UPDATE t SET v = 'b' WHERE v LIKE 'a'", ["b"], ["A"]),
      ("ignore_check_constraints", "INSERT OR IGNORE INTO t VALUES ('x')", ["A"], ["A", "x", "x"]),
      (
        "recursive_triggers", "INSERT INTO t VALUES ('y')", ["A", "y", "y"], ["A", "y", "y", "y"]
      ),
    ])
  func others(_ name: String, _ statement: String, _ alone: [String], _ after: [String]) throws {
    let make = """
      CREATE TABLE t (v TEXT CHECK (v <> 'x')); INSERT INTO t VALUES ('A');
      CREATE TRIGGER r AFTER INSERT ON t WHEN (SELECT count(*) FROM t) < 4
        BEGIN INSERT INTO t VALUES (NEW.v); END;
      """
    for inTransaction in [true, false] {
      for spelling in ["PRAGMA \(name)=ON", "pragma main.\(name)(1)"] {
        let scripts = [make, spelling, statement]
        let one = try rows(ToolConnection(keepsSession: true), scripts, inTransaction)
        #expect(one == after.map { .text($0) }, "\(spelling)")
        #expect(try rows(ToolConnection(), scripts, inTransaction) == alone.map { .text($0) })
      }
    }
  }
}
