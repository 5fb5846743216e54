import EngineSQLite
import Foundation
import SchemaModel
import DialectSQLite
import Testing

@Suite("A target and a scratch")
struct TargetTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("a baseline goes into a new file and is refused by one that holds anything")
  func create() throws {
    try withFolder { folder in
      let path = folder + "/app.db"
      try SQLiteTarget.create(
        baseline: ["CREATE TABLE a (b)", "INSERT INTO a VALUES (1)"], into: path,
        runnerStatements: ["CREATE TABLE alembic_version (v)"])
      let error = #expect(throws: SQLiteTarget.Failure.self) {
        try SQLiteTarget.create(baseline: ["CREATE TABLE c (d)"], into: path)
      }
      #expect(
        error == .notEmpty(path: path, objects: ["a", "alembic_version"], count: 2))
      let scratch = try SQLiteScratch(at: path)
      scratch.keepOut(runnerTable: "alembic_version")
      let capture = try scratch.capture(
        after: Capture(schema: Schema()),
        statements: [ExecutedStatement(sql: "INSERT INTO a VALUES (1)")])
      #expect(capture.schema.paths == [.table("a")])
      #expect(capture.rows.rowCount == 1)
    }
  }

  @Test("a baseline that fails leaves no file, and names the statement")
  func failure() throws {
    try withFolder { folder in
      let path = folder + "/app.db"
      let error = #expect(throws: SQLiteTarget.Failure.self) {
        try SQLiteTarget.create(
          baseline: ["CREATE TABLE a (b)", "CREATE INDEX i ON a (zz)"], into: path)
      }
      #expect(
        error
          == .engine(
            .failed(
              sql: "CREATE INDEX i ON a (zz)", line: nil, message: "no such column: zz"))
      )
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("a script that fails leaves the scratch as it was, with transactions of its own too")
  func rollback() throws {
    var session = try Session()
    try session.step("CREATE TABLE a (b)")
    for script in [
      "CREATE TABLE c (d);\n\nBOGUS", "BEGIN; CREATE TABLE c (d); COMMIT;\nBOGUS;",
    ] {
      let error = #expect(throws: SQLiteEngineError.self) {
        try session.scratch.run(script: script)
      }
      let line = script.hasPrefix("BEGIN") ? 2 : 3
      #expect(
        error == .failed(sql: "BOGUS", line: line, message: "near \"BOGUS\": syntax error"))
      #expect(try session.summaries("SELECT 1").isEmpty)
    }
    #expect(try session.summaries("BEGIN; CREATE TABLE c (d); COMMIT") == ["create table c (d)"])
  }

  @Test("a script that runs for too long is stopped")
  func timeout() throws {
    let scratch = try SQLiteEngine(timeout: 0.1).makeScratch()
    let error = #expect(throws: SQLiteEngineError.self) {
      try scratch.run(
        script: """
          CREATE TABLE a AS WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x)
          SELECT max(n) FROM x
          """)
    }
    guard case .timedOut = error else {
      Issue.record("expected a timeout, found \(String(describing: error))")
      return
    }
  }

  @Test("a scratch is copied, kept and opened again, whatever journal a script asked for")
  func copies() throws {
    try withFolder { folder in
      var session = try Session()
      try session.step("CREATE TABLE a (b); INSERT INTO a VALUES (1)")
      _ = try session.scratch.run(script: "PRAGMA journal_mode = WAL; INSERT INTO a VALUES (2)")
      let copy = try session.scratch.copy()
      try session.scratch.persist(to: folder + "/cache.db")
      try session.step("DROP TABLE a")
      let insert = [ExecutedStatement(sql: "INSERT INTO a VALUES (2)")]
      for scratch in [copy, try SQLiteScratch(at: folder + "/cache.db")] {
        let capture = try scratch.capture(after: Capture(schema: Schema()), statements: insert)
        #expect(capture.rows.rowCount == 2)
        #expect(scratch.url.hasPrefix("sqlite:////"))
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["cache.db"])
    }
  }

  @Test("a NUL character does not cut a script short")
  func nul() throws {
    let scratch = try SQLiteEngine().makeScratch()
    for script in [
      "CREATE TABLE a (x);\n\0CREATE TABLE b (y);", "CREATE TABLE a (x DEFAULT 'q\0r')",
    ] {
      let error = #expect(throws: SQLiteEngineError.self) { _ = try scratch.run(script: script) }
      #expect(error?.description.contains("found a NUL character") == true)
    }
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: [])
    #expect(capture.schema.objects.isEmpty)
  }

  @Test(
    "a baseline that reaches beyond its database is refused, and leaves nothing",
    arguments: [
      "ATTACH'@D/o.db'AS o", "VACUUM INTO '@D/o.db'", "PRAGMA writable_schema = 1",
      "SELECT load_extension('@D/o')", "PRAGMA temp_store_directory = '@D'",
    ])
  func reaching(statement: String) throws {
    try withFolder { folder in
      let sql = statement.replacing("@D", with: folder)
      let error = #expect(throws: SQLiteTarget.Failure.self) {
        try SQLiteTarget.create(baseline: ["CREATE TABLE a (b)", sql], into: folder + "/new.db")
      }
      let text = error?.description ?? ""
      #expect(text.contains("stays inside its own database") || statement.hasPrefix("VACUUM"))
      #expect(text.hasSuffix("Nothing was changed"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("a URL names its file as SQLAlchemy has it")
  func urls() throws {
    #expect(try SQLiteLocation.path(of: "sqlite:///a/b.db") == "a/b.db")
    #expect(try SQLiteLocation.path(of: "sqlite:////a/b.db?timeout=3") == "/a/b.db")
    #expect(try SQLiteLocation.path(of: "sqlite+aiosqlite:///b.db") == "b.db")
    #expect(try SQLiteLocation.path(of: "./what?.db") == "./what?.db")
    #expect(throws: SQLiteLocation.Failure.memory) { try SQLiteLocation.path(of: "sqlite://") }
    #expect(throws: SQLiteLocation.Failure.otherDatabase(scheme: "postgresql")) {
      try SQLiteLocation.path(of: "postgresql+psycopg2://me@host/db")
    }
  }
}
