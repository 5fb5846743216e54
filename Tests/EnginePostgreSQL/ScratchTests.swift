import EnginePostgreSQL
import Foundation
import SchemaModel
import Testing

@Suite("A scratch database on PostgreSQL")
struct ScratchTests {
  private func failure(
    of script: String, on scratch: PostgreSQLScratch, inTransaction: Bool = true
  ) -> PostgreSQLEngineError? {
    #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: script, inTransaction: inTransaction)
    }
  }

  @Test("a NUL, at which PostgreSQL stops reading, is an error with its line")
  func nul() throws {
    let scratch = try Shared.engine().makeScratch()
    let error = failure(of: "CREATE TABLE a (b int);\n\u{0}CREATE TABLE c (d int);", on: scratch)
    guard case .refused(let line, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(line == 2)
    #expect(reason.contains("NUL"))
    #expect(try scratch.tables() == [])
  }

  @Test("a script is one transaction, and its failure leaves nothing of it")
  func wrapped() throws {
    let scratch = try Shared.engine().makeScratch()
    let statements = try scratch.run(
      script: """
        -- first
        CREATE TABLE a (b int);
        COPY a FROM stdin;
        1
        2
        \\.
        SET search_path = nowhere;
        """)
    #expect(
      statements.map(\.sql)
        == ["CREATE TABLE a (b int)", "COPY a FROM stdin", "SET search_path = nowhere"])
    // The next script finds a session as new.
    try #require(try scratch.run(script: "INSERT INTO a VALUES (3)").count == 1)
    #expect(try scratch.column("SELECT b FROM a") == ["1", "2", "3"])
    let error = failure(
      of: "CREATE TABLE c (d int);\nDROP TABLE a;\n\n  SELECT 1,\n    oops;", on: scratch)
    #expect(error?.failure?.line == 5)
    #expect(error?.failure?.sql == "SELECT 1,\n    oops")
    #expect(try scratch.tables() == ["a"])
  }

  @Test(
    "a script that controls its transactions, or runs without one, leaves nothing when it fails",
    arguments: [
      "BEGIN; CREATE TABLE c (d int); COMMIT; DROP TABLE a; SELECT oops;",
      "BEGIN; CREATE TABLE c (d int); DROP TABLE a; SELECT oops; COMMIT;",
      "CREATE TABLE c (d int); CREATE INDEX CONCURRENTLY i ON a (b); SELECT oops;",
      "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b);",
      "DROP TABLE a; BEGIN; CREATE TABLE c (d int);",
      "CREATE TABLE c (d int); VACUUM; DO $$ BEGIN PERFORM 1/0; END $$",
    ])
  func restored(script: String) throws {
    let scratch = try Shared.engine().makeScratch()
    _ = try scratch.run(script: "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1)")
    _ = failure(of: script, on: scratch)
    #expect(try scratch.column("SELECT b FROM a") == ["1", "1"])
    #expect(
      try scratch.column("SELECT count(*) FROM pg_class WHERE relname IN ('c', 'i')") == ["0"])
    _ = try scratch.run(script: "BEGIN; CREATE TABLE e (f int); COMMIT;")
    #expect(try scratch.tables() == ["a", "e"])
  }

  @Test("statements that no transaction may hold run by themselves")
  func piecemeal() throws {
    let scratch = try Shared.engine().makeScratch()
    _ = try scratch.run(
      script: """
        CREATE TYPE mood AS ENUM ('ok');
        CREATE TABLE a (b int, m mood);
        CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); END $$;
        """)
    _ = try scratch.run(
      script: "CREATE INDEX CONCURRENTLY i ON a (b); REINDEX TABLE CONCURRENTLY a")
    _ = try scratch.run(script: "ALTER TYPE mood ADD VALUE 'sad'; INSERT INTO a VALUES (9, 'sad')")
    _ = try scratch.run(script: "DELETE FROM a; CALL fill();")
    #expect(try scratch.column("SELECT b FROM a") == ["1", "2"])
    let error = failure(
      of: "CREATE TABLE c (d int); SELECT oops", on: scratch, inTransaction: false)
    #expect(error?.failure?.code == "42703")
    #expect(try scratch.tables() == ["a"])
  }

  @Test("a transaction that is left open is refused, with its line")
  func leftOpen() throws {
    let scratch = try Shared.engine().makeScratch()
    let error = failure(of: "CREATE TABLE a (b int);\nBEGIN;\nDROP TABLE a;\n", on: scratch)
    #expect(error == .transactionLeftOpen(line: 2))
    #expect(
      error?.description
        == "expected the script to end its transactions, found one left open (begun on line 2); "
        + "add the COMMIT")
    #expect(try scratch.tables().isEmpty)
  }

  @Test("a script has one limit of time, and who holds the lock that it waits for is named")
  func timeout() throws {
    let scratch = try Shared.engine(timeout: 3).makeScratch()
    _ = try scratch.run(script: "CREATE TABLE a (b int)")
    let holder = try PostgreSQLConnection(scratch.location)
    try holder.execute("BEGIN")
    try holder.execute("LOCK TABLE a")
    let error = failure(of: "SELECT pg_sleep(1);\nDROP TABLE a", on: scratch)
    guard case .timedOut("DROP TABLE a", 2, 3, let blockers) = error else {
      Issue.record("expected a timeout, found \(String(describing: error))")
      return
    }
    #expect(blockers.first?.contains("LOCK TABLE a") == true)
    try holder.execute("ROLLBACK")
    #expect(try scratch.tables() == ["a"])
  }

  @Test("commands to psql are refused before anything runs")
  func commands() throws {
    let scratch = try Shared.engine().makeScratch()
    let error = failure(of: "CREATE TABLE a (b int);\n\\i other.sql\n", on: scratch)
    #expect(error?.description.hasPrefix("line 2: \\i: it reads another file") == true)
    #expect(try scratch.tables().isEmpty)
  }

  @Test("a copy has what the original had, both go their own ways, and neither is left behind")
  func copies() throws {
    let names = try copyAndDiscard()
    for name in names {
      let rows = try Shared.connection().query(
        "SELECT 1 FROM pg_database WHERE datname = $1", parameters: [name])
      #expect(rows.isEmpty)
    }
  }

  private func copyAndDiscard() throws -> [String] {
    let scratch = try Shared.engine().makeScratch()
    _ = try scratch.run(script: "CREATE TABLE a (b int); INSERT INTO a VALUES (1)")
    // A tool's connection that is left open must not be in the way.
    let tool = try PostgreSQLConnection(url: scratch.url)
    let copy = try scratch.copy()
    #expect(throws: PostgreSQLEngineError.self) { try tool.query("SELECT 1") }
    let oid = "SELECT 'a'::regclass::oid"
    let (one, other) = (try copy.column(oid), try scratch.column(oid))
    #expect(one == other)
    _ = try copy.run(script: "DROP TABLE a")
    #expect(try copy.tables().isEmpty)
    #expect(try scratch.tables() == ["a"])
    copy.discard()
    copy.discard()
    return try [scratch, copy].map { try #require($0.location.database) }
  }

  @Test("what is there is read back the same after a copy, and after a failure that was undone")
  func captures() throws {
    let scratch = try Shared.engine().makeScratch()
    let first = try scratch.capture(
      after: Capture(schema: Schema()),
      statements: try scratch.run(
        script: "CREATE TABLE a (b int PRIMARY KEY); INSERT INTO a VALUES (1)"))
    #expect(first.schema.paths == [.table("a", namespace: "public")])
    #expect(first.rows.rowCount == 1)
    #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: "BEGIN; ALTER TABLE a RENAME b TO c; COMMIT; SELECT oops")
    }
    let copy = try scratch.copy()
    for database in [scratch, copy] {
      #expect(try database.capture(after: first, statements: []).schema == first.schema)
      let statements = try database.run(script: "ALTER TABLE a RENAME b TO d")
      let second = try database.capture(after: first, statements: statements)
      #expect(
        second.lineage.columns == [.table("a", namespace: "public"): ["d": "b"]])
    }
  }

  @Test("the walls around a temporary server keep nothing from it that its counts need")
  func counts() throws {
    let cluster = try Shared.cluster()
    let answer = try PostgreSQLConnection(cluster.location).query(
      "SELECT pg_stat_get_db_xact_commit(oid) >= 0 FROM pg_database WHERE datname = 'postgres'")
    #expect(answer == [["t"]])
    let log = try String(contentsOfFile: cluster.path + "/log", encoding: .utf8)
    #expect(!log.contains("disabling statistics collector"))
    #expect(!log.contains("using stale statistics"))
  }

  @Test("names may hold quotes, lines, emoji, and 63 bytes")
  func names() throws {
    let scratch = try Shared.engine().makeScratch()
    let names = [
      "say \"hi\"", "it's", "two\nlines", "🦊", "é", "e\u{301}", "back\\slash", "select", "a;b--c",
      String(repeating: "n", count: 63), "$1", "%s",
    ]
    let quoted = names.map {
      "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    _ = try scratch.run(script: quoted.map { "CREATE TABLE \($0) (\($0) int);\n" }.joined())
    let found = try scratch.tables()
    #expect(Set(found.map { Array($0.utf8) }) == Set(names.map { Array($0.utf8) }))
    let error = failure(of: "SELECT 1;\n\n DROP TABLE \(quoted[2]), \"no\nsuch\";", on: scratch)
    #expect(error?.failure?.message == "table \"no\nsuch\" does not exist")
    #expect(error?.failure?.line == 3)
  }
}
