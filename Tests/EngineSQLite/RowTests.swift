import EngineSQLite
import SchemaModel
import DialectSQLite
import Testing

@Suite("Rows")
struct RowTests {
  private func restored(_ script: String) throws -> (Capture, Capture) {
    var session = try Session()
    try session.step(script)
    let other = try SQLiteEngine().makeScratch()
    let statements = SQLite.Render.baseline(session.last.schema, rows: session.last.rows)
    let executed = try other.run(script: statements.joined(separator: ";\n"))
    return (
      session.last, try other.capture(after: Capture(schema: Schema()), statements: executed)
    )
  }

  @Test("numbers come back to the bit")
  func numbers() throws {
    var random = SeededGenerator(state: 11)
    var values: [Double] = [
      0.0, -0.0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1e22,
    ]
    for _ in 0..<2000 {
      values.append(Double(bitPattern: random.next()))
      values.append(Double(Int64(random.next() % 1_000_000_000)) / 10_000)
      values.append(Double(random.next() >> 11) / 1e12)
    }
    values = values.filter { !$0.isNaN }
    let literals = values.map { SQLite.Render.literal(.real($0)) }
    var session = try Session()
    try session.step(
      "CREATE TABLE a (b); INSERT INTO a VALUES "
        + literals.map { "(\($0))" }.joined(separator: ", "))
    let read = session.last.rows.tables[.table("a")]?.rows.map { $0.first } ?? []
    for (value, found) in zip(values, read) {
      guard case .real(let number)? = found, number.bitPattern == value.bitPattern else {
        Issue.record("\(value) came back as \(String(describing: found))")
        continue
      }
    }
    #expect(read.count == values.count)
  }

  @Test("sequences, rowids, generated columns and virtual tables come back")
  func everything() throws {
    let (first, second) = try restored(
      """
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
      INSERT INTO counted (v) VALUES ('a'), ('b'), (NULL);
      DELETE FROM counted WHERE id > 1;
      CREATE TABLE plain (rowid TEXT, v INT, w AS (v + 1) STORED);
      INSERT INTO plain (_rowid_, rowid, v) VALUES (5, 'x', 1), (9, 'y', 2);
      CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
      INSERT INTO keyed VALUES ('b', 1), ('a', -9223372036854775808);
      CREATE VIRTUAL TABLE search USING fts5(title, body);
      INSERT INTO search (rowid, title, body) VALUES (3, 'fox', 'quick; brown');
      CREATE TABLE empty (a);
      CREATE TRIGGER after_keyed AFTER INSERT ON keyed BEGIN DELETE FROM plain; END;
      """)
    #expect(first == second.with(lineage: first.lineage, statements: first.statements))
    #expect(
      first.schema.paths.map(\.description) == [
        "table counted", "table empty", "table keyed", "table plain", "table search",
        "trigger after_keyed",
      ])
    #expect(
      first.rows.tables[.table("sqlite_sequence")]
        == RowSet(columns: ["name", "seq"], rows: [[.text("counted"), .integer(3)]]))
    #expect(
      first.rows.tables[.table("plain")]
        == RowSet(
          columns: ["_rowid_", "rowid", "v"],
          rows: [
            [.integer(5), .text("x"), .integer(1)], [.integer(9), .text("y"), .integer(2)],
          ]))
    #expect(first.schema.table("search")?.attributes == ["virtual": "fts5(title, body)"])
  }

  @Test("rows of another program's are not read where its statements cannot have changed them")
  func reuse() throws {
    var session = try Session()
    try session.step("CREATE TABLE a (b)")
    try SQLiteFile.run("INSERT INTO a VALUES (1)", in: session.scratch.path)
    let index = [ExecutedStatement(sql: "CREATE INDEX i ON a (b)")]
    let capture = try session.scratch.capture(after: session.last, statements: index)
    #expect(capture.rows.rowCount == 0)
    try SQLiteFile.run("INSERT INTO a VALUES (2)", in: session.scratch.path)
    let insert = [ExecutedStatement(sql: "INSERT INTO a VALUES (2)")]
    let next = try session.scratch.capture(after: capture, statements: insert)
    #expect(next.rows.rowCount == 2)
  }

  @Test("rows that a script of our own wrote are read whatever is told of it")
  func untold() throws {
    var session = try Session()
    try session.step("CREATE TABLE a (b)")
    _ = try session.scratch.run(script: "INSERT INTO a VALUES (1)")
    let capture = try session.scratch.capture(after: session.last, statements: [])
    #expect(capture.rows.rowCount == 1)
  }

  @Test("a table whose module is missing is named")
  func missingModule() throws {
    let scratch = try SQLiteEngine().makeScratch()
    try SQLiteFile.run(
      """
      PRAGMA writable_schema = 1;
      INSERT INTO sqlite_schema VALUES
        ('table', 'geo', 'geo', 0, 'CREATE VIRTUAL TABLE geo USING nowhere(a)');
      """, in: scratch.path)
    let copy = try scratch.copy()
    let error = #expect(throws: SQLiteEngineError.self) {
      try copy.capture(after: Capture(schema: Schema()), statements: [])
    }
    #expect(error?.description.contains("cannot read table geo back") == true)
  }
}

extension Capture {
  func with(lineage: Lineage, statements: [Statement]) -> Capture {
    Capture(schema: schema, rows: rows, lineage: lineage, statements: statements)
  }
}
