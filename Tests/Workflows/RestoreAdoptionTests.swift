import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Databases of a cut folder, when the cut is taken back")
final class RestoreAdoptionTests: MigrationsBed {
  private func write(_ numbers: ClosedRange<Int>, _ layout: SQLLayout, to name: String) throws {
    for number in numbers {
      for (path, text) in TwentySteps.files(number, layout) {
        try folder.write(text, to: name + "/" + path)
      }
    }
  }

  private func migrated(_ tool: ToolModel, _ name: String, by folder: String) throws -> SQLiteFile {
    let database = SQLiteFile(path: self.folder.path + "/" + name)
    try tool.migrate(self.folder.path + "/" + folder, database)
    return database
  }

  /// As the tool's table has it.
  private static func version(_ number: Int, _ layout: SQLLayout) -> String {
    switch layout {
    case .goose: "\(number)"
    case .diesel: "2024010\(number)120000"
    case .prisma: "\(TwentySteps.version(number, layout))_\(TwentySteps.all[number - 1].name)"
    default: TwentySteps.version(number, layout)
    }
  }

  /// What the tool would do with the folder: run so many, or refuse.
  private func pending(_ tool: ToolModel, _ database: SQLiteFile) -> Int? {
    // A migration that fails on what is there is one that it would run.
    do { return try tool.migrate(migrations, database).count } catch { return nil }
  }

  @Test(
    "run nothing again after the script, and databases before the cut are left alone",
    arguments: [SQLLayout.dbmate, .goose, .diesel, .sqlx, .prisma, .flyway])
  func script(layout: SQLLayout) throws {
    let tool = ToolModel(layout: layout)
    try write(1...2, layout, to: "part")
    let early = try migrated(tool, "early.db", by: "part")
    try write(1...6, layout, to: "m")
    let adopted = try migrated(tool, "adopted.db", by: "m")
    let source = MigrationsSource.sql(migrations, SQLSettings(layout: layout))
    _ = try SQLImport(folder: migrations, settings: SQLSettings(layout: layout))
      .run(in: history, by: "Ada")
    let before = try folder.tree("m")
    var cut = HistoryTruncation(at: TwentySteps.version(4, layout), source: source)
    cut.adoptionScript = folder.path + "/adopt.sql"
    _ = try cut.run(in: history, by: "Ada")
    try adopted.run(folder.text("adopt.sql"), enforced: false, inTransaction: false)
    let new = try migrated(tool, "new.db", by: "m")

    let planned = try HistoryRestoration(isDryRun: true).run(in: history, by: "Ada")
    let need = try #require(planned.adoption?.need)
    #expect(need.contains("--adopt-script"))
    #expect(
      need.contains("lacks the 3 versions \(Self.version(1, layout)) to \(Self.version(3, layout))")
    )
    var back = HistoryRestoration(folder: migrations)
    back.adoptionScript = folder.path + "/m/back.sql"
    #expect(failure { _ = try back.run(in: history, by: "Ada") }?.fault == .refused)
    back.adoptionScript = folder.path + "/back.sql"
    let result = try back.run(in: history, by: "Ada")
    #expect(result.adoption?.need.contains("run \(folder.path)/back.sql in each") == true)
    #expect(try folder.tree("m") == before)

    let bare = try new.copy(to: folder.path + "/bare.db")
    #expect(pending(tool, bare) != 0)
    let contents = try dump(new.path)
    for database in [new, adopted] {
      for _ in 0..<2 {
        try database.run(folder.text("back.sql"), enforced: false, inTransaction: false)
      }
      #expect(try tool.migrate(migrations, database).isEmpty)
    }
    #expect(try dump(new.path) == contents)
    let untouched = try running("/usr/bin/env", ["sqlite3", early.path, ".dump"]).text
    try early.run(folder.text("back.sql"), enforced: false, inTransaction: false)
    #expect(try running("/usr/bin/env", ["sqlite3", early.path, ".dump"]).text == untouched)
  }

  @Test("Without a script the statements are printed: the segment is gone afterwards")
  func printed() throws {
    try write(1...3, .dbmate, to: "m")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "head", source: .sql(migrations)).run(in: history, by: "Ada")
    let result = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    let adoption = try #require(result.adoption)
    #expect(!adoption.isScripted && adoption.need.hasSuffix("run in each:"))
    #expect(adoption.statements.count == 2)
  }

  @Test(
    "A script says where they need nothing, after the cut as after its end; no tool, no script",
    arguments: [SQLLayout.golangMigrate, .dbmate, .plain])
  func nothing(layout: SQLLayout) throws {
    try write(1...4, layout, to: "m")
    try importSQL(layout)
    var cut = HistoryTruncation(
      at: TwentySteps.version(1, layout), source: .sql(migrations, SQLSettings(layout: layout)))
    var back = HistoryRestoration(folder: migrations)
    cut.adoptionScript = folder.path + "/cut.sql"
    back.adoptionScript = folder.path + "/back.sql"
    guard layout != .plain else {
      let refused = failure { _ = try cut.run(in: history, by: "Ada") }
      #expect(refused?.fault == .refused)
      cut.adoptionScript = nil
      _ = try cut.run(in: history, by: "Ada")
      let again = failure { _ = try back.run(in: history, by: "Ada") }
      #expect(again?.fault == .refused)
      #expect(refused?.description == again.map { "\($0), or name the tool with --layout" })
      back.adoptionScript = nil
      #expect(try back.run(in: history, by: "Ada").adoption == nil)
      return
    }
    let needs = [
      try cut.run(in: history, by: "Ada").adoption, try back.run(in: history, by: "Ada").adoption,
    ]
    for (need, name) in zip(needs, ["cut.sql", "back.sql"]) {
      #expect(need?.statements == [])
      #expect(
        need?.need.hasSuffix("need nothing, and \(folder.path)/\(name) says no more than that")
          == true)
      let script = try folder.text(name)
      #expect(script.contains("-- They need nothing."))
      try SQLiteFile(path: folder.path + "/empty.db")
        .run(script, enforced: false, inTransaction: false)
    }
  }

  @Test("The layout that was said at the import holds for the next one, the cut and the way back")
  func remembered() throws {
    try folder.write("CREATE TABLE a (x);", to: "m/1_a.up.sql")
    try folder.write("CREATE TABLE b (x);", to: "m/2_b.up.sql")
    try folder.write("no SQL", to: "m/2_notes.sql")
    _ = try SQLImport(folder: migrations, settings: SQLSettings(layout: .golangMigrate))
      .run(in: history, by: "Ada")
    #expect(try SQLImport(folder: migrations).run(in: history, by: "Ada").recorded == [])
    _ = try HistoryTruncation(at: "2", source: .sql(migrations)).run(in: history, by: "Ada")
    #expect(try folder.names("m") == ["2_b.up.sql", "2_notes.sql"])
    // Unless the files shall tell it.
    #expect(throws: (any Error).self) {
      try SQLImport(folder: migrations, settings: SQLSettings(guessesLayout: true))
        .run(in: history, by: "Ada")
    }
  }
}
