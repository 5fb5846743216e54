import EngineSQLite
import SchemaModel
import DialectSQLite
import Testing

/// A scratch database with what was captured last.
struct Session {
  let scratch: SQLiteScratch
  var last = Capture(schema: Schema())

  init() throws { scratch = try SQLiteEngine().makeScratch() }

  /// Runs a script and gives what it did, folded and checked both ways.
  @discardableResult
  mutating func step(_ script: String, _ location: SourceLocation = #_sourceLocation) throws
    -> [Operation]
  {
    let statements = try scratch.run(script: script)
    let before = last
    last = try scratch.capture(after: before, statements: statements)
    let operations = try SchemaDiff.operations(
      from: before.schema, to: last.schema, lineage: last.lineage)
    var folded = before.schema
    try folded.fold(operations)
    #expect(folded == last.schema, sourceLocation: location)
    try folded.fold(operations.reversed().compactMap(\.inverse))
    #expect(folded == before.schema, sourceLocation: location)
    return operations
  }

  mutating func summaries(
    _ script: String, _ location: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    try step(script, location).map(\.summary).filter { !$0.hasPrefix("rewrite text") }
  }
}

@Suite("A capture")
struct CaptureTests {
  @Test("keeps names apart that only Unicode takes for the same, and follows one to the other")
  func unicodeForms() throws {
    var session = try Session()
    try session.step("CREATE TABLE \"\u{e9}\" (a); CREATE TABLE \"e\u{301}\" (a)")
    try session.step("CREATE TABLE t (\"\u{e9}\", \"e\u{301}\")")
    #expect(session.last.schema.objects.count == 3)
    #expect(
      try session.summaries("ALTER TABLE t RENAME \"\u{e9}\" TO x") == [
        "rename column t.\u{e9} to x"
      ])
    #expect(
      try session.summaries("ALTER TABLE t RENAME \"e\u{301}\" TO \"\u{e9}\"")
        == ["rename column t.e\u{301} to \u{e9}"])
    #expect(
      try session.summaries("DROP TABLE \"\u{e9}\"; ALTER TABLE \"e\u{301}\" RENAME TO \"\u{e9}\"")
        == ["drop table \u{e9}", "rename table e\u{301} to \u{e9}"])
    try session.step("CREATE VIEW v AS SELECT '\u{e9}' AS a")
    #expect(
      try session.summaries("DROP VIEW v; CREATE VIEW v AS SELECT 'e\u{301}' AS a")
        == ["alter view v: another definition"])
    try session.step("CREATE INDEX \"i\u{e9}\" ON t (x)")
    #expect(
      try session.summaries("DROP INDEX \"i\u{e9}\"; CREATE INDEX \"ie\u{301}\" ON t (x)")
        == ["rename index i\u{e9} to ie\u{301}", "alter index ie\u{301}: another text"])
  }

  @Test(
    "nothing of a script with a NUL character runs, wherever it stands",
    arguments: [
      "CREATE TABLE u (a);\n-- note \0\nCREATE TABLE w (a)",
      "CREATE TABLE u (a); \0 CREATE TABLE w (a)",
      "CREATE TABLE u (a DEFAULT 'x\0y')", "CREATE TABLE u (a) /* \0 */; CREATE TABLE w (a)",
    ])
  func nul(script: String) throws {
    var session = try Session()
    #expect(throws: SQLiteEngineError.self) { try session.step(script) }
    try session.step("")
    #expect(session.last.schema.objects.isEmpty)
  }

  @Test("takes a table that only has the name of a tool's own for its user's, rows and all")
  func namesOfTools() throws {
    var session = try Session()
    for name in RunnerTables.known.sorted() {
      try session.step(
        """
        CREATE TABLE "\(name)" (version TEXT PRIMARY KEY, note); CREATE INDEX "i\(name)" ON "\(name)" (note);
        INSERT INTO "\(name)" VALUES ('1', 2);
        CREATE TRIGGER "t\(name)" AFTER INSERT ON "\(name)" BEGIN SELECT 1; END
        """)
    }
    #expect(session.last.runners == [])
    #expect(session.last.schema.objects.count == 3 * RunnerTables.known.count)
    #expect(session.last.rows.tables.count == RunnerTables.known.count)
    #expect(session.last.warnings == [])
  }

  @Test("has each tool's own table with its shape, and says what migrations do to it")
  func tablesOfTools() throws {
    for tool in MigrationTool.allCases {
      var session = try Session()
      try session.scratch.makeTable(of: tool)
      try session.scratch.makeTable(of: tool)
      let name = tool.tableName
      try session.step("CREATE TABLE t (x)")
      #expect(session.last.schema.objects.count == 1, "\(tool)")
      #expect(session.last.runners.map(\.name) == [name])
      #expect(session.last.warnings == [], "\(tool)")
      try session.step(
        """
        CREATE TRIGGER own AFTER INSERT ON \(name) BEGIN INSERT INTO t VALUES (1); END;
        ALTER TABLE \(name) ADD note TEXT; CREATE INDEX more ON \(name) (note); DELETE FROM \(name)
        """)
      #expect(
        session.last.warnings.compactMap { $0.split(separator: ",").first.map(String.init) } == [
          "it alters \(name)", "it makes trigger own on \(name)", "it makes index more on \(name)",
          "it writes rows to \(name)",
        ], "\(tool)")
      try session.step("CREATE TABLE u (x)")
      #expect(session.last.warnings == [], "\(tool)")
    }
  }

  @Test("tells every feature of a table")
  func everyFeature() throws {
    var session = try Session()
    try session.step(
      #"""
      CREATE TABLE "User's" (id INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT);
      CREATE TABLE everything (
        a INTEGER NOT NULL ON CONFLICT IGNORE DEFAULT (1 + 2), -- a comment, with (parens
        "b ""q""" TEXT COLLATE NOCASE CONSTRAINT one UNIQUE ON CONFLICT FAIL,
        [c d] TEXT GENERATED ALWAYS AS (upper("b ""q""")) STORED,
        e INT AS (a + 1) VIRTUAL CHECK (e > 0),
        f INT REFERENCES "User's" ON DELETE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT pk PRIMARY KEY (a DESC, "b ""q""" COLLATE BINARY),
        CHECK ((a > 0) /* why */ OR a < -1)
        FOREIGN KEY (a) REFERENCES "User's" (id) ON UPDATE CASCADE
      ) WITHOUT ROWID, STRICT
      """#)
    let table = try #require(session.last.schema.table("everything"))
    #expect(
      table.columns.map(\.description) == [
        "a INTEGER NOT NULL DEFAULT 1 + 2 [not null on conflict: IGNORE]",
        #"b "q" TEXT COLLATE NOCASE NOT NULL"#,
        #"c d TEXT GENERATED AS (upper("b ""q""")) STORED"#,
        "e INT GENERATED AS (a + 1) VIRTUAL",
        "f INT",
      ])
    #expect(
      table.constraints.map(\.description) == [
        #"pk: PRIMARY KEY (a DESC, b "q" COLLATE BINARY)"#,
        #"one: UNIQUE (b "q") [on conflict: FAIL]"#,
        "FOREIGN KEY (a) REFERENCES User's (id) ON UPDATE CASCADE",
        "FOREIGN KEY (f) REFERENCES User's MATCH FULL ON DELETE SET NULL"
          + " [deferrable: initially deferred]",
        "CHECK ((a > 0) /* why */ OR a < -1)",
        "CHECK (e > 0)",
      ])
    #expect(table.attributes == ["strict": "", "without rowid": ""])
    let user = try #require(session.last.schema.table("User's"))
    #expect(
      user.constraints.map(\.attributes) == [["autoincrement": "", "on conflict": "REPLACE"]])
  }
}
