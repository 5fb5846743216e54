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
    let (columns, cases): (String, [([Int64], [Int64])]) =
      switch layout {
      case .sqlx:
        (
          "_sqlx_migrations (version BIGINT PRIMARY KEY, checksum BLOB DEFAULT x'00')",
          [([1, 2, 3], [1, 2, 3]), ([1, 2, 3, 4], [3]), ([1, 2, 4], [1, 2, 4])]
        )
      case .golangMigrate:
        // What holds a later version goes on, and what holds an earlier one lacks something.
        (
          "schema_migrations (version BIGINT PRIMARY KEY, dirty BOOL DEFAULT FALSE)",
          [([4], [3]), ([3], [3]), ([2], [2]), ([5], [5]), ([], [])]
        )
      default: ("", [])
      }
    if cases.isEmpty { return #expect(adoption.statements.isEmpty) }
    for (versions, left) in cases {
      let table = try Self.adopted(adoption, columns, versions)
      #expect(table == left, "\(versions): \(table)")
    }
    guard layout == .golangMigrate else { return }
    var back = HistoryRestoration(folder: migrations)
    back.adoptionScript = folder.path + "/back.sql"
    let returned = try #require(try back.run(in: history, by: "Ada").adoption)
    for (versions, left): ([Int64], [Int64]) in [([3], [4]), ([4], [4]), ([5], [5]), ([2], [2])] {
      #expect(try Self.adopted(returned, columns, versions) == left)
    }
  }

  /// The versions of a tool's table after its script ran twice, which is once.
  private static func adopted(
    _ adoption: Adoption, _ columns: String, _ versions: [Int64]
  ) throws -> [Int64] {
    let name = String(columns.prefix { $0 != " " })
    let scratch = try SQLiteScratch()
    let script =
      "CREATE TABLE \(columns);\n"
      + versions.map { "INSERT INTO \(name) (version) VALUES (\($0));\n" }.joined()
    let adopted = adoption.statements.map { $0 + ";\n" }.joined()
    let statements = try scratch.run(script: script + adopted + adopted)
    let table = try scratch.capture(after: Capture(schema: Schema()), statements: statements)
      .rows.tables[.table(name)]
    return (table?.rows ?? []).compactMap {
      if case .integer(let version) = $0[0] { version } else { nil }
    }.sorted()
  }

  @Test(
    "A golang-migrate database whose last file goes with a cut is put on the one before it that stays"
  )
  func latePlace() throws {
    for name in ["1_a", "2_b", "6_f"] {
      try add(["\(name).up.sql": table(String(name.last!), .golangMigrate)])
    }
    try importSQL(.golangMigrate)
    for name in ["3_c", "5_e"] {
      try add(["\(name).up.sql": table(String(name.last!), .golangMigrate)])
      try importSQL(.golangMigrate)
    }
    let columns = "schema_migrations (version BIGINT PRIMARY KEY, dirty BOOL DEFAULT FALSE)"
    // It ran 5 as well, which stays: on 3 it would run that again.
    let adoption = try #require(try cut(.golangMigrate, at: "3").adoption)
    #expect(adoption.need.contains("migrate force 5"), "\(adoption.need)")
    #expect(try Self.adopted(adoption, columns, [6]) == [5])
    var back = HistoryRestoration(folder: migrations)
    back.adoptionScript = folder.path + "/back.sql"
    let returned = try #require(try back.run(in: history, by: "Ada").adoption)
    for (version, left): (Int64, Int64) in [(5, 6), (3, 3), (7, 7)] {
      #expect(try Self.adopted(returned, columns, [version]) == [left])
    }
  }

  @Test(
    "A Flyway table that has a version in the spelling of an earlier file's name is adopted, too")
  func spelledVersions() throws {
    for name in ["V1__a", "V2__b", "V3__c"] {
      try add(["\(name).sql": table(String(name.last!), .flyway)])
    }
    try importSQL(.flyway)
    for (old, new) in [("V1__a", "V01__a"), ("V2__b", "V2_0__b")] {
      try folder.remove("m/\(old).sql")
      try add(["\(new).sql": table(String(old.last!), .flyway)])
    }
    try importSQL(.flyway)
    let adoption = try #require(try cut(.flyway, at: "2").adoption)
    for spellings in [["1", "2"], ["01", "2.0"], ["1", "2.0"]] {
      let script =
        "CREATE TABLE flyway_schema_history (version VARCHAR PRIMARY KEY, type VARCHAR, checksum INT);\n"
        + spellings.map { "INSERT INTO flyway_schema_history VALUES ('\($0)', 'SQL', 0);\n" }
        .joined()
      let scratch = try SQLiteScratch()
      let statements = try scratch.run(
        script: script
          + adoption.statements.map { $0 + ";\n" }
          .joined())
      let rows = try scratch.capture(after: Capture(schema: Schema()), statements: statements)
        .rows.tables[.table("flyway_schema_history")]?.rows
      #expect(rows?.map { $0.contains(.text(spellings[1])) } == [true], "\(spellings)")
      #expect(rows?.first?.contains(.integer(0)) == false)
    }
  }

  @Test("How a folder was imported last is not guessed where the note of it is damaged")
  func damagedNote() throws {
    try add(["001_a.sql": table("a", .sqlx), "002_b.sql": table("b", .sqlx)])
    try importSQL(.sqlx)
    let note = "store/settings.toml"
    for bytes in [
      "[import", "layout = \"sqlx\"", "[import]\nlayuot = \"sqlx\"", "[import]\nlayout = 5",
    ] {
      try folder.write(bytes, to: note)
      let error = failure { _ = try SQLImport(folder: migrations).run(in: history, by: "Ada") }
      #expect(error?.fault == .refused, "\(bytes)")
      #expect(error?.description.contains("settings.toml") == true)
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
