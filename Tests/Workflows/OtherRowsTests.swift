import DialectRegistry
import EnginePostgreSQL
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

extension TestFolder {
  /// A migration of dbmate's layout, which runs in no transaction of its tool.
  fileprivate func step(_ number: Int, _ text: String) throws {
    try write(
      "-- migrate:up transaction:false\n\(text)\n-- migrate:down\n", to: "m/\(number)_step.sql")
  }
}

/// A cut promises the same database, rows too. Where migrations that stay make others on the baseline,
/// and would not on the whole folder, the cut is to blame.
@Suite("Rows that a cut folder would make otherwise")
struct OtherRowsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var steps: [String]
    var cause: String
    var dialect = Dialects.usual
    var testDescription: String { name }
  }

  private static let cases = [
    Case(
      name: "a pragma that a cascade needs",
      steps: [
        """
        CREATE TABLE p (a INTEGER PRIMARY KEY);
        CREATE TABLE c (a INTEGER REFERENCES p ON DELETE CASCADE);
        INSERT INTO p VALUES (1), (2);
        INSERT INTO c VALUES (1), (2);
        PRAGMA foreign_keys=ON;
        """, "DELETE FROM p WHERE a = 1;",
      ], cause: "1 leaves foreign_keys=1 set"),
    Case(
      name: "how LIKE compares",
      steps: [
        "CREATE TABLE a (x text);\nINSERT INTO a VALUES ('A'), ('a');",
        "PRAGMA case_sensitive_like=ON;", "DELETE FROM a WHERE x LIKE 'A';",
      ], cause: "2 leaves case_sensitive_like=1 set"),
    Case(
      name: "a setting of the application's own",
      steps: [
        "CREATE TABLE a (x text);\nSET app.tenant='7';",
        "INSERT INTO a VALUES (current_setting('app.tenant', true));",
      ], cause: "1 leaves app.tenant set", dialect: Dialect("postgresql")),
    Case(
      name: "the time zone of what is cast",
      steps: [
        "CREATE TABLE a (x timestamptz);", "SET TIME ZONE 'Asia/Tokyo';",
        "INSERT INTO a VALUES ('2024-05-01 12:00');",
      ], cause: "2 leaves TimeZone set", dialect: Dialect("postgresql")),
  ]

  @Test("is not made, and says what they come from", arguments: Self.cases)
  func refused(_ one: Case) throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: one.dialect, by: "Ada")
    let migrations = folder.path + "/m"
    for (number, step) in one.steps.enumerated() { try folder.step(number + 1, step) }
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    let cut = HistoryTruncation(at: String(one.cause.prefix(1)), source: .sql(migrations))
    let files = try folder.names("m")
    let error = failure { _ = try cut.run(in: history, by: "Ada") }
    #expect(error?.fault == .refused)
    let text = error?.description ?? ""
    #expect(text.contains(one.cause) && text.contains("leaves other rows"), "\(text)")
    #expect(try folder.names("m") == files && history.segments().isEmpty)
    var plan = cut
    plan.isDryRun = true
    let planned = try plan.run(in: history, by: "Ada")
    #expect(planned.warnings.contains { $0.contains(one.cause) }, "\(planned.warnings)")
    // Behind what reads it, it is proved as ever.
    let behind = HistoryTruncation(at: "\(one.steps.count)", source: .sql(migrations))
    #expect(try behind.run(in: history, by: "Ada").proof.count == 2)
  }

  @Test(
    "is not made where a file that came late runs before the baseline, and reads what that makes")
  func late() throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    let migrations = folder.path + "/m"
    for number in [10, 20, 30] {
      try folder.write("CREATE TABLE t\(number) (x);", to: "m/\(number)_t.up.sql")
    }
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    try folder.write(
      "CREATE TABLE s AS SELECT count(*) AS n FROM sqlite_master WHERE name LIKE 't_0';",
      to: "m/25_s.up.sql")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    let error = failure {
      _ = try HistoryTruncation(at: "30", source: .sql(migrations)).run(in: history, by: "Ada")
    }
    #expect(error?.fault == .refused)
    let text = error?.description ?? ""
    #expect(text.contains("leaves other rows than were recorded in s"), "\(text)")
    #expect(text.contains("what comes after 30 reads what the baseline does not leave"), "\(text)")
  }

  @Test(
    "is not made where a file that stays was edited, or rows have a clock of their own besides",
    arguments: ["edited", "clock", "count"])
  func besides(kind: String) throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    let migrations = folder.path + "/m"
    try folder.step(
      1, "CREATE TABLE a (x text);\nINSERT INTO a VALUES ('P');\nPRAGMA case_sensitive_like=ON;")
    switch kind {
    case "edited": try folder.step(2, "CREATE TABLE q AS SELECT 'P' LIKE 'p' AS x;")
    case "clock": try folder.step(2, "CREATE TABLE q AS SELECT 'P' LIKE 'p' AS x, random() AS r;")
    default:
      try folder.step(
        2,
        "CREATE TABLE q AS SELECT x, random() AS r FROM a WHERE x = 'P' "
          + "UNION ALL SELECT x, random() FROM a WHERE x LIKE 'p';")
    }
    try folder.step(3, "CREATE TABLE z (x);")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    if kind == "edited" { try folder.step(3, "CREATE TABLE z (x); -- seen") }
    let error = failure {
      _ = try HistoryTruncation(at: "1", source: .sql(migrations)).run(in: history, by: "Ada")
    }
    #expect(error?.fault == .refused)
    #expect(
      error?.description.contains("in q, and other ones than the whole folder does") == true,
      "\(error as Any)")
  }

  @Test(
    "is made before a file that came late: the whole folder's rows are those of its tool's order")
  func beforeLate() throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    let migrations = folder.path + "/m"
    try folder.write("CREATE TABLE a (i INTEGER PRIMARY KEY, x);", to: "m/1_a.up.sql")
    for number in [2, 4, 3] {
      try folder.write("INSERT INTO a (x) VALUES ('\(number)');", to: "m/\(number)_r.up.sql")
      if number != 2 { _ = try SQLImport(folder: migrations).run(in: history, by: "Ada") }
    }
    let cut = try HistoryTruncation(at: "2", source: .sql(migrations)).run(in: history, by: "Ada")
    #expect(
      cut.warnings.contains { $0.contains("in a: the whole folder does, too") }, "\(cut.warnings)")
  }

  @Test(
    "are the doing of a setting that they were recorded without, and not of chance",
    // Of a table that was recorded empty there are no rows to settle.
    arguments: cases.filter { !$0.name.contains("LIKE") })
  func unset(_ one: Case) throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: one.dialect, by: "Ada")
    let migrations = folder.path + "/m"
    func cut(_ number: Int) throws -> TruncationResult {
      try HistoryTruncation(at: "\(number)", source: .sql(migrations)).run(in: history, by: "Ada")
    }
    let last = one.steps.count
    for (number, step) in one.steps.dropLast().enumerated() { try folder.step(number + 1, step) }
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    _ = try cut(last - 1)
    let random = one.dialect == Dialects.usual ? "random()" : "gen_random_uuid()"
    try folder.step(last, one.steps[last - 1] + "\nCREATE TABLE r AS SELECT \(random) AS x;")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    let text = failure { _ = try cut(last) }?.description ?? ""
    #expect(
      text.contains(" than were recorded: \(one.cause) for the session, and what comes"), "\(text)")
    #expect(text.contains("r each time they run (random values, the clock)"), "\(text)")
  }

  @Test("A third run may leave what two others leave room for, and no more")
  func allowed() {
    func rows(_ rows: [[RowValue]]) -> RowSet { RowSet(columns: ["a", "b"], rows: rows) }
    let one = rows([[.integer(1), .text("x")], [.integer(2), .text("y")]])
    let other = rows([[.integer(1), .text("p")], [.integer(2), .text("q")]])
    let third = rows([[.integer(2), .text("r")], [.integer(1), .text("s")]])
    #expect(VaryingTable(one, other).allows(third))
    #expect(VaryingTable(one, one).allows(one) && !VaryingTable(one, one).allows(third))
    #expect(!VaryingTable(one, other).allows(rows([[.integer(1), .text("x")]])))
    #expect(
      !VaryingTable(one, other).allows(
        rows([[.integer(1), .text("x")], [.integer(3), .text("y")]]))
    )
    #expect(!VaryingTable(one, other).allows(nil))
    #expect(VaryingTable(one, nil).allows(third))
  }

  @Test("is made where migrations that stay make rows anew each time")
  func random() throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    try folder.write("CREATE TABLE t (x);\nINSERT INTO t VALUES (1);", to: "m/1_t.sql")
    try folder.write("INSERT INTO t VALUES (hex(randomblob(8)));", to: "m/2_r.sql")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    let cut = try HistoryTruncation(at: "1", source: .sql(folder.path + "/m"))
      .run(in: history, by: "Ada")
    #expect(cut.warnings.contains { $0.contains("in t: kept migrations that make values anew") })
  }
}
