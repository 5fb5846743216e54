import EngineSQLite
import Foundation
import SchemaModel
import DialectSQLite
import Testing

/// `STRATA_RANDOM_DDL` is the number of scripts, `STRATA_RANDOM_DDL_SEED` the first seed.
@Suite("A capture by what changed")
struct DifferenceTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let scriptsEach = 100
  private static let count = environment["STRATA_RANDOM_DDL"].flatMap { Int($0) } ?? 1600
  private static let first = environment["STRATA_RANDOM_DDL_SEED"].flatMap { UInt64($0) } ?? 40
  static let seeds = (0..<UInt64(max(1, count / scriptsEach))).map { first &+ $0 }

  @Test("is the one that reading everything gives, on random histories", arguments: seeds)
  func laws(seed: UInt64) throws {
    var session = try Session()
    session.scratch.connect(
      as: ToolConnection(enforcesForeignKeys: seed % 2 == 0, sendsWholeScripts: seed % 3 == 0))
    var generator = RandomDDL(random: SeededGenerator(state: seed))
    for number in 0..<Self.scriptsEach {
      let script = generator.anyScript(over: session.last.schema)
      let place = "STRATA_RANDOM_DDL_SEED=\(seed), script \(number): \(script)"
      let before = session.last
      do {
        let statements = try session.scratch.run(script: script)
        session.last = try session.scratch.capture(after: before, statements: statements)
        try Self.check(session, before, statements, place)
      } catch SQLiteEngineError.failed {
        session.last = try session.scratch.capture(after: before, statements: [])
        try Self.check(session, before, [], place)
      } catch SQLiteEngineError.unreadable {
        // A blob that was made a text.
        return
      } catch {
        Issue.record("\(place): \(error)")
        return
      }
    }
  }

  /// Holds the last capture against one from nothing, of a copy of the file.
  private static func check(
    _ session: Session, _ before: Capture, _ statements: [ExecutedStatement], _ place: String
  ) throws {
    let found = session.last
    let whole = try SQLiteScratch(at: session.scratch.path).capture(
      after: Capture(schema: Schema()),
      statements: [ExecutedStatement(sql: "INSERT INTO x VALUES (1)")])
    let differing = Set(found.schema.paths).union(whole.schema.paths).filter {
      found.schema.objects[$0] != whole.schema.objects[$0]
    }
    #expect(differing.isEmpty, "\(place)")
    let rows = Set(found.rows.tables.keys).union(whole.rows.tables.keys).filter {
      found.rows.tables[$0] != whole.rows.tables[$0]
    }
    #expect(rows.isEmpty, "\(place)")
    let lineage = SQLite.StatementLineage(statements, before: before.schema, after: whole.schema)
    #expect(found.lineage == lineage.lineage, "\(place)")
    #expect(found.statements == lineage.dataStatements, "\(place)")
    guard let changes = found.changes else { return }
    #expect(changes.since === before.mark)
    let changed = Set(before.schema.paths).union(found.schema.paths).filter {
      before.schema.objects[$0] != found.schema.objects[$0]
    }
    #expect(changes.paths == changed, "\(place)")
  }

  @Test(
    "follows what no statement names",
    arguments: [
      // What a key does to the rows of other tables, and a DROP TABLE to rows and keys.
      "DELETE FROM parent WHERE id = 1", "DROP TABLE parent", "REPLACE INTO parent VALUES (1, 'z')",
      "UPDATE parent SET id = id + 10",
      // Triggers, of tables and of views.
      "INSERT INTO noted VALUES (5)", "INSERT INTO seen (a) VALUES (6)",
      // The same text in the place of the same text.
      "DROP TABLE noted; CREATE TABLE noted (a)",
      "ALTER TABLE one RENAME TO t; ALTER TABLE two RENAME TO one; ALTER TABLE t RENAME TO two",
      // What stands in other texts.
      "ALTER TABLE noted RENAME COLUMN a TO b", "ALTER TABLE parent RENAME TO elder",
      // What has no text.
      "PRAGMA user_version = 7", "INSERT INTO counted DEFAULT VALUES",
      "DELETE FROM sqlite_sequence", "DROP TABLE counted", "ANALYZE",
      // What gives rows other rowids.
      "VACUUM",
      "vacuum main", "/* all */ VACUUM",
      // Virtual tables, and tables that are one's of their name.
      "INSERT INTO words VALUES ('x', 'y')", "DROP TABLE words",
      "DELETE FROM texts; INSERT INTO texts VALUES (9, 'nine')",
      "CREATE VIRTUAL TABLE more USING fts5(a)", "ALTER TABLE words RENAME TO terms",
      // What came to nothing.
      "BEGIN; CREATE TABLE x (a); ROLLBACK; INSERT INTO one VALUES (8)",
      "SAVEPOINT s; DROP TABLE one; ROLLBACK TO s; RELEASE s; CREATE INDEX i ON one (a)",
      "CREATE TEMP TABLE one (a); INSERT INTO one VALUES (1)",
    ])
  func untold(script: String) throws {
    var session = try Session()
    session.scratch.connect(as: ToolConnection(enforcesForeignKeys: true))
    try session.step(
      """
      CREATE TABLE parent (id INTEGER PRIMARY KEY, v);
      CREATE TABLE child (a REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE TABLE weak (a REFERENCES parent (id) ON DELETE SET NULL ON UPDATE SET NULL);
      CREATE TABLE noted (a); CREATE TABLE echo (a); CREATE TABLE one (a); CREATE TABLE two (a);
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v);
      CREATE VIEW seen AS SELECT a FROM noted;
      CREATE TRIGGER heard AFTER INSERT ON noted BEGIN INSERT INTO echo VALUES (new.a); END;
      CREATE TRIGGER watched INSTEAD OF INSERT ON seen BEGIN INSERT INTO two VALUES (3); END;
      CREATE INDEX by_a ON noted (a) WHERE a > 0;
      CREATE VIRTUAL TABLE words USING fts5(a, b);
      CREATE TABLE texts (id INTEGER PRIMARY KEY, body);
      CREATE VIRTUAL TABLE found USING fts5(body, content='texts', content_rowid='id');
      INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1), (2);
      INSERT INTO weak VALUES (1), (2); INSERT INTO one VALUES (1); INSERT INTO two VALUES (2);
      INSERT INTO counted DEFAULT VALUES; INSERT INTO texts VALUES (1, 'first');
      INSERT INTO echo VALUES (1), (2), (3); DELETE FROM echo WHERE rowid = 2;
      """)
    // So that it is known, and followed.
    try session.step("CREATE TABLE later (a); INSERT INTO words VALUES ('a', 'b')")
    let before = session.last
    let statements = try session.scratch.run(script: script)
    session.last = try session.scratch.capture(after: before, statements: statements)
    try Self.check(session, before, statements, script)
  }

  @Test("sees what another connection did, and goes on from there")
  func others() throws {
    var session = try Session()
    try session.step("CREATE TABLE a (b); CREATE TABLE c (d)")
    for script in [
      "INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN e", "DROP TABLE c",
      "CREATE VIEW v AS SELECT b FROM a", "CREATE TABLE c (d)",
    ] {
      try SQLiteFile.run(script, in: session.scratch.path)
      let before = session.last
      let statements = [ExecutedStatement(sql: script)]
      session.last = try session.scratch.capture(after: before, statements: statements)
      try Self.check(session, before, statements, script)
    }
  }

  @Test("names what changed, and nothing else")
  func changes() throws {
    var session = try Session()
    try session.step("CREATE TABLE a (b); CREATE TABLE c (d); CREATE INDEX i ON a (b)")
    #expect(session.last.changes == nil)
    try session.step("ALTER TABLE c ADD COLUMN e; INSERT INTO a VALUES (1)")
    #expect(session.last.changes?.paths == [.table("c")])
    try session.step("CREATE VIEW v AS SELECT b FROM a")
    #expect(session.last.changes?.paths == [ObjectPath(.view, name: "v")])
    try session.step("UPDATE a SET b = 2")
    #expect(session.last.changes?.paths == [])
  }
}

extension RandomDDL {
  /// A script as in other random histories, or one whose effects it does not name.
  mutating func anyScript(over schema: Schema) -> String {
    guard chance(45), let name = tableName(schema), let table = schema.table(name) else {
      return script(over: schema)
    }
    let other = tableName(schema) ?? name
    let column = q(columnName(table))
    let effects = [
      "DELETE FROM \(q(name)) WHERE rowid % 2 = 0", "UPDATE \(q(name)) SET \(column) = 1",
      "INSERT OR REPLACE INTO \(q(name)) (\(column)) VALUES (1)",
      "CREATE TRIGGER \(q("on " + name)) AFTER INSERT ON \(q(name)) BEGIN "
        + "DELETE FROM \(q(other)); END",
      "CREATE TABLE \(q("of " + name)) (a REFERENCES \(q(name)) ON DELETE CASCADE)",
      "INSERT INTO \(q("of " + name)) SELECT rowid FROM \(q(name))",
      "DROP TABLE \(q(name)); \(table.definition ?? "SELECT 1")",
      "ALTER TABLE \(q(name)) RENAME TO swapped; ALTER TABLE \(q(other)) RENAME TO \(q(name)); "
        + "ALTER TABLE swapped RENAME TO \(q(other))",
      "PRAGMA user_version = \(random.next() % 100)", "VACUUM", "ANALYZE", "REINDEX",
      "CREATE VIRTUAL TABLE \(q("fts " + name)) USING fts5(a, b)",
      "INSERT INTO \(q("fts " + name)) VALUES ('x', 'y')", "DROP TABLE \(q("fts " + name))",
      "BEGIN; DROP TABLE \(q(name)); ROLLBACK; INSERT INTO \(q(other)) DEFAULT VALUES",
      "BEGIN; ALTER TABLE \(q(name)) ADD COLUMN later; DELETE FROM \(q(other)); COMMIT",
      "SAVEPOINT a; DROP TABLE \(q(name)); ROLLBACK TO a; RELEASE a",
      "CREATE TEMP TABLE \(q(name)) (a); INSERT INTO \(q(name)) VALUES (1)",
      "DELETE FROM sqlite_sequence WHERE name <> \(SQLite.Render.literal(.text(name)))",
      "CREATE TABLE \(q("copy " + name)) AS SELECT * FROM \(q(name))",
    ]
    return pick(effects)
  }
}
