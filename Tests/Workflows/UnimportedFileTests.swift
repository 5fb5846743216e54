import EngineSQLite
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Files that are not what was recorded")
final class UnimportedFileTests: MigrationsBed {
  private func table(_ name: String, _ layout: SQLLayout) -> String {
    let sql = "CREATE TABLE \(name) (x);\n"
    return switch layout {
    case .dbmate: "-- migrate:up\n\(sql)-- migrate:down\n"
    case .goose: "-- +goose Up\n\(sql)"
    default: sql
    }
  }

  @Test(
    "A cut is refused where one that runs between recorded ones was not imported, and says so",
    arguments: [SQLLayout.plain, .dbmate, .goose, .sqlx], ["001_e.sql", "003_e.sql"])
  func between(layout: SQLLayout, late: String) throws {
    for name in ["002_a", "004_b", "005_c"] {
      try add(["\(name).sql": table(String(name.last!), layout)])
    }
    try importSQL(layout)
    try add([late: table("e", layout)])
    let before = try folder.tree("m")
    let plan = try HistoryTruncation(
      at: "004", source: .sql(migrations, SQLSettings(layout: layout)), isDryRun: true
    ).run(in: history, by: "Ada")
    #expect(plan.blockers == ["\(late) (not imported)"])
    let error = #expect(throws: HistoryError.self) { try self.cut(layout, at: "004") }
    #expect(error?.description.contains("\(late) (not imported)") == true)
    #expect(error?.fault == .refused)
    #expect(try folder.tree("m") == before)
    try importSQL(layout)
    _ = try cutAndRestore(layout, at: "004")
    // What comes after all that was recorded stands in no cut's way.
    try add(["006_f.sql": table("f", layout)])
    _ = try cut(layout, at: "004")
  }

  private func baseline(_ revision: String? = nil, _ path: String = "m") throws -> BaselineResult {
    try BaselineCreation(
      of: revision, source: .sql(folder.path + "/" + path, SQLSettings(layout: .dbmate))
    ).run(in: history)
  }

  @Test("A baseline notes no migration whose file is another than the one that was recorded")
  func stamps() throws {
    for name in ["001_a", "002_b"] {
      try add(["\(name).sql": table(String(name.last!), .dbmate)])
    }
    try importSQL(.dbmate)
    #expect(try baseline().text?.contains("'002'") == true)
    try add(["002_b.sql": table("other", .dbmate)])
    let changed = failure { _ = try baseline() }
    #expect(changed?.fault == .refused)
    #expect(changed?.description.contains("002_b.sql") == true, "\(changed as Any)")
    #expect(try baseline("001").text?.contains("'001'") == true)
    try folder.write(table("z", .dbmate), to: "n/009_z.sql")
    let foreign = failure { _ = try baseline(nil, "n") }
    #expect(foreign?.fault == .input)
    try folder.remove("m/002_b.sql")
    try add(["003_b.sql": table("b", .dbmate)])
    try importSQL(.dbmate)
    let lost = try baseline("002")
    #expect(lost.warnings.contains { $0.contains("no file of 002") }, "\(lost.warnings)")
    #expect(try baseline("003").warnings.isEmpty)
  }

  @Test(
    "A cut at a late file says which later ones existing databases must have run, and its script asks",
    arguments: [SQLLayout.dbmate, .sqlx, .golangMigrate])
  func lateCut(layout: SQLLayout) throws {
    func path(_ name: String) -> String {
      layout == .golangMigrate ? "\(name).up.sql" : "\(name).sql"
    }
    for name in ["001_a", "002_b", "004_d"] {
      try add([path(name): table(String(name.last!), layout)])
    }
    try importSQL(layout)
    try add([path("003_c"): table("c", layout)])
    try importSQL(layout)
    let adoption = try #require(try cut(layout, at: "003").adoption)
    #expect(adoption.need.contains("that ran 003 and 004"), "\(adoption.need)")
    #expect(adoption.need.contains("others must run what they lack first"), "\(adoption.need)")
    if layout == .golangMigrate {
      #expect(adoption.need.contains("migrate force"), "\(adoption.need)")
    }
    guard layout == .sqlx else { return #expect(adoption.statements.isEmpty) }
    for (versions, left) in [
      ([1, 2, 3], [1, 2, 3]), ([1, 2, 3, 4], [3]), ([1, 2, 4], [1, 2, 4]),
    ] {
      let scratch = try SQLiteScratch()
      let rows = versions.map { "(\($0), x'00')" }.joined(separator: ", ")
      let script = """
        CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, checksum BLOB);
        INSERT INTO _sqlx_migrations VALUES \(rows);

        """
      // Twice is once.
      let adopted = adoption.statements.map { $0 + ";\n" }.joined()
      let statements = try scratch.run(script: script + adopted + adopted)
      let table = try scratch.capture(after: Capture(schema: Schema()), statements: statements)
        .rows.tables[.table("_sqlx_migrations")]
      let held = table?.rows.map { $0[0] } ?? []
      #expect(held == left.map { .integer(Int64($0)) }, "\(versions): \(held)")
      #expect(table?.rows.contains { $0[1] != .blob([0]) } == (left == [3]))
    }
  }

  @Test("How a folder was imported last is not guessed where the note of it is damaged")
  func damagedNote() throws {
    try add(["001_a.sql": table("a", .sqlx), "002_b.sql": table("b", .sqlx)])
    try importSQL(.sqlx)
    let note = "store/import.json"
    for bytes in ["", "{", "{\"folders\":5}", "[1]"] {
      try folder.write(bytes, to: note)
      let error = failure { _ = try SQLImport(folder: migrations).run(in: history, by: "Ada") }
      #expect(error?.fault == .refused, "\(bytes)")
      #expect(error?.description.contains("import.json") == true)
    }
    try importSQL(.sqlx)
    #expect(try SQLImport(folder: migrations).run(in: history, by: "Ada").recorded == [])
  }

  @Test("A baseline leaves the counters of tables alone that are not its own")
  func counters() throws {
    try add([
      "001_a.sql": """
      CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
      CREATE TABLE "it's" (id INTEGER PRIMARY KEY AUTOINCREMENT);
      INSERT INTO t (a) VALUES ('x'), ('y'); DELETE FROM t WHERE a = 'y';

      """, "002_b.sql": "CREATE TABLE d (x);\n",
    ])
    try importSQL()
    _ = try cut(at: "002")
    let scratch = try SQLiteScratch()
    _ = try scratch.run(
      script: """
        CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, y);
        INSERT INTO c (y) VALUES ('a'), ('b'); DELETE FROM c WHERE y = 'b'
        """)
    let statements = try scratch.run(script: try #require(folder.tree("m")["002_b.sql"]))
    let rows = try scratch.capture(after: Capture(schema: Schema()), statements: statements).rows
    let counters = rows.tables[.table("sqlite_sequence")]?.rows ?? []
    #expect(counters == [[.text("c"), .integer(2)], [.text("t"), .integer(2)]])
  }
}
