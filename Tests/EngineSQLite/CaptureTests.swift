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
  @Test("refuses names that only Unicode takes for the same")
  func lookalikes() throws {
    var session = try Session()
    #expect(throws: (any Error).self) {
      try session.step("CREATE TABLE \"\u{e9}\" (a); CREATE TABLE \"e\u{301}\" (a)")
    }
    #expect(throws: (any Error).self) {
      try session.step("CREATE TABLE t (\"\u{e9}\", \"e\u{301}\")")
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
