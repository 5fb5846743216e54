import DialectRegistry
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("A folder of twenty migrations, in each layout, before a cut and after")
final class TwentyStepTests: MigrationsBed {
  private static let tools = SQLLayout.allCases.filter { $0 != .plain }
  /// They compare checksums, and miss what is gone.
  private static let comparing: Set<SQLLayout> = [.sqlx, .prisma, .flyway]

  private func write(_ count: Int, _ layout: SQLLayout, to name: String) throws {
    for number in 1...count {
      for (path, text) in TwentySteps.files(number, layout) {
        try folder.write(text, to: "\(name)/\(path)")
      }
    }
  }

  /// Databases that the tool made, by how many of the migrations they ran.
  private func databases(
    _ tool: ToolModel, _ counts: [Int]
  ) throws -> [Int: SQLiteFile] {
    var made: [Int: SQLiteFile] = [:]
    let database = SQLiteFile(path: folder.path + "/grows.db")
    for count in counts {
      try write(count, tool.layout, to: "part")
      try tool.migrate(folder.path + "/part", database)
      made[count] = try database.copy(to: folder.path + "/ran\(count).db")
    }
    return made
  }

  @Test(
    "is cut in the middle and at its head: new databases are the same, existing ones go on",
    arguments: tools)
  func cut(layout: SQLLayout) throws {
    let tool = ToolModel(layout: layout)
    let ran = try databases(tool, [5, 10, 14, 20])
    try write(20, layout, to: "m")
    _ = try SQLImport(
      folder: folder.path + "/m", settings: SQLSettings(layout: layout)
    ).run(in: history, by: "Ada")
    for cut in [10, 20] { try check(tool, ran, cut: cut) }
  }

  @Test(
    "is noted in the tool's own table of a database that is made of a baseline: the tool goes on there",
    arguments: tools)
  func baseline(layout: SQLLayout) throws {
    let tool = ToolModel(layout: layout)
    try write(20, layout, to: "m")
    let settings = SQLSettings(layout: layout)
    _ = try SQLImport(folder: migrations, settings: settings).run(in: history, by: "Ada")
    func check(_ name: String) throws {
      let made = SQLiteFile(path: folder.path + "/" + name)
      _ = try BaselineCreation(
        of: TwentySteps.version(14, layout), form: .database("sqlite:///" + made.path),
        holdsRows: true, source: .sql(migrations, settings)
      ).run(in: history)
      #expect(try tool.migrate(migrations, made).count == 6)
      #expect(try tool.migrate(migrations, made).isEmpty)
    }
    try check("before.db")
    _ = try cut(layout, at: TwentySteps.version(10, layout))
    try check("after.db")
  }

  private func check(_ tool: ToolModel, _ ran: [Int: SQLiteFile], cut: Int) throws {
    let layout = tool.layout
    let full = try dump(#require(ran[20]).path)
    let migrations = folder.path + "/m"
    let before = try folder.tree("m")
    var truncation = HistoryTruncation(
      at: TwentySteps.version(cut, layout),
      source: .sql(migrations, SQLSettings(layout: layout)))
    truncation.adoptionScript = folder.path + "/adopt\(cut).sql"
    let result = try truncation.run(in: history, by: "Ada")

    // Nothing is left but what the tool takes, and what was never a migration's.
    let expected = Set((cut...20).flatMap { TwentySteps.files($0, layout).keys })
      .filter {
        !($0.hasSuffix("metadata.toml") && $0.contains("_\(TwentySteps.all[cut - 1].name)/"))
      }
    #expect(Set(try folder.tree("m").keys.filter { !$0.hasSuffix("/") }) == expected)
    let folders = Set(
      expected.compactMap { $0.contains("/") ? "\($0.prefix { $0 != "/" })/" : nil })
    #expect(Set(try folder.tree("m").keys.filter { $0.hasSuffix("/") }) == folders)

    let new = SQLiteFile(path: folder.path + "/new\(cut).db")
    #expect(try tool.migrate(migrations, new).count == 21 - cut)
    #expect(try dump(new.path) == full)
    #expect(try tool.migrate(migrations, new).isEmpty)

    let script = try folder.text("adopt\(cut).sql")
    for (count, made) in ran.sorted(by: { $0.key < $1.key }) {
      let database = try made.copy(to: folder.path + "/ran\(count)-\(cut).db")
      let untouched = try running("/usr/bin/env", ["sqlite3", database.path, ".dump"]).text
      if Self.comparing.contains(layout) || (layout == .golangMigrate && count < cut) {
        #expect(throws: ToolModel.Refusal.self) { try tool.migrate(migrations, database) }
      }
      for _ in 0..<2 { try database.run(script, enforced: false, inTransaction: false) }
      guard count >= cut else {
        #expect(try running("/usr/bin/env", ["sqlite3", database.path, ".dump"]).text == untouched)
        continue
      }
      #expect(try tool.migrate(migrations, database).count == 20 - count, "\(count) ran")
      #expect(try dump(database.path) == full, "\(count) ran")
    }
    #expect(result.adoption?.statements.isEmpty == !Self.comparing.contains(layout))

    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    #expect(try folder.tree("m") == before)
  }

  @Test(
    "of no tool is cut, and the scripts run one after the other make the same", arguments: [10, 20])
  func plain(cut: Int) throws {
    func run(_ name: String) throws -> [String] {
      let database = SQLiteFile(path: folder.path + "/\(name).db")
      let names = try folder.names("m").filter { !$0.hasSuffix(".down.sql") }
      for file in names {
        try database.run(folder.text("m/" + file), enforced: false, inTransaction: true)
      }
      return try dump(database.path)
    }
    try write(20, .plain, to: "m")
    let full = try run("full")
    let before = try folder.tree("m")
    let settings = SQLSettings(layout: .plain)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    let result = try HistoryTruncation(
      at: TwentySteps.version(cut, .plain), source: .sql(folder.path + "/m", settings)
    ).run(in: history, by: "Ada")
    #expect(result.adoption == nil)
    #expect(try folder.names("m").count == 2 * (21 - cut))
    #expect(try run("new") == full)
    _ = try HistoryRestoration(folder: folder.path + "/m").run(in: history, by: "Ada")
    #expect(try folder.tree("m") == before)
  }
}
