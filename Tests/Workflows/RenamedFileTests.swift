import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Migration files under another name")
final class RenamedFileTests: MigrationsBed {
  private static let numbered: [SQLLayout] = [.goose, .golangMigrate, .sqlx, .flyway]
  private static let versioned = numbered + [.dbmate]

  private func path(_ version: String, _ title: String, _ layout: SQLLayout) -> String {
    switch layout {
    case .flyway: "V\(version)__\(title).sql"
    case .golangMigrate: "\(version)_\(title).up.sql"
    default: "\(version)_\(title).sql"
    }
  }

  private func write(_ version: String, _ title: String, _ layout: SQLLayout) throws {
    let sql = "CREATE TABLE \(title)\(version.drop { $0 == "0" }) (id INTEGER);\n"
    let text =
      switch layout {
      case .dbmate: "-- migrate:up\n\(sql)-- migrate:down\n"
      case .goose: "-- +goose Up\n\(sql)"
      default: sql
      }
    try folder.write(text, to: "m/" + path(version, title, layout))
  }

  private func rename(
    _ version: String, _ title: String, to other: String, _ otherTitle: String, _ layout: SQLLayout
  ) throws {
    let text = try folder.text("m/" + path(version, title, layout))
    try folder.remove("m/" + path(version, title, layout))
    try folder.write(text, to: "m/" + path(other, otherTitle, layout))
  }

  @Test("are what they were under any spelling of their number, and cut so", arguments: numbered)
  func spelled(layout: SQLLayout) throws {
    for version in ["8", "9", "10"] { try write(version, "t", layout) }
    #expect(try importSQL(layout) == ["8", "9", "10"])
    try rename("9", "t", to: "009", "other", layout)
    try rename("10", "t", to: "0010", "t", layout)
    #expect(try importSQL(layout) == [])
    try write("011", "t", layout)
    #expect(try importSQL(layout) == ["011"])
    _ = try cutAndRestoreRenamed(layout)
  }

  private func cutAndRestoreRenamed(_ layout: SQLLayout) throws -> TruncationResult {
    let result = try cut(layout, at: "9")
    #expect(try folder.names("m").count == 3)
    #expect(try folder.text("m/" + path("009", "other", layout)).contains("Baseline of revision 9"))
    #expect(result.warnings.isEmpty, "\(result.warnings)")
    #expect(try history.verify(full: true).findings.isEmpty)
    #expect(try importSQL(layout) == [])
    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    #expect(
      try Set(folder.names("m"))
        == Set(
          [("8", "t"), ("009", "other"), ("0010", "t"), ("011", "t")].map { path($0, $1, layout) })
    )
    #expect(try importSQL(layout) == [])
    return result
  }

  @Test(
    "and with another text are called changed, and go where that is wished", arguments: versioned)
  func changed(layout: SQLLayout) throws {
    for version in ["7", "8", "9"] { try write(version, "t", layout) }
    try importSQL(layout)
    try rename("7", "t", to: "7", "other", layout)
    let new = path("7", "other", layout)
    let text = try folder.text("m/" + new).replacing("INTEGER", with: "BIGINT")
    try folder.write(text, to: "m/" + new)
    let error = #expect(throws: HistoryError.self) { try cut(layout, at: "8") }
    guard case .changedFiles(let files, _) = error else { return #expect(error == nil) }
    #expect(files == [new])
    _ = try HistoryTruncation(
      at: "8", source: .sql(migrations, SQLSettings(layout: layout)), isForced: true
    ).run(in: history, by: "Ada")
    #expect(try folder.names("m") == ["8", "9"].map { path($0, "t", layout) }.sorted())
    #expect(try history.verify(full: true).findings.isEmpty)
    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    #expect(
      try Set(folder.names("m")) == Set([new] + ["8", "9"].map { path($0, "t", layout) }))
    #expect(try history.verify(full: true).findings.isEmpty)
  }

  @Test("are others where their tool compares texts")
  func texts() throws {
    for version in ["8", "9"] { try write(version, "t", .dbmate) }
    try importSQL(.dbmate)
    try rename("9", "t", to: "9", "other", .dbmate)
    #expect(try importSQL(.dbmate) == [])
    try write("09", "u", .dbmate)
    #expect(try importSQL(.dbmate) == ["09"])
  }

  @Test("are others where the name itself is the migration, also the beginning of a recorded one")
  func names() throws {
    let layouts: [(SQLLayout, (String) -> String)] = [
      (.prisma, { "\($0)/migration.sql" }), (.plain, { "\($0).sql" }),
    ]
    for (layout, path) in layouts {
      let history = try History.create(
        at: folder.path + "/\(layout)", dialect: Dialects.usual, by: "Ada")
      let place = "of-\(layout)"
      func recorded() throws -> [RevisionID] {
        let settings = SQLSettings(layout: layout)
        return try SQLImport(folder: folder.path + "/" + place, settings: settings)
          .run(in: history, by: "Ada").recorded
      }
      try folder.write("CREATE TABLE a (x);", to: place + "/" + path("20240101_a"))
      try folder.write("CREATE TABLE z (x);", to: place + "/" + path("20230101_z"))
      #expect(try recorded() == ["20230101", "20240101"])
      try folder.remove(place + "/" + path("20240101_a"))
      try folder.write("CREATE TABLE b (x);", to: place + "/" + path("20240101"))
      #expect(try recorded() == ["20240101@2"], "\(layout)")
      #expect(try recorded() == [])
      #expect(try history.schema(at: "20240101@2").objects.count == 2)
    }
  }

  @Test("with another number are another revision, and said to be what was recorded")
  func renumbered() throws {
    for layout in Self.versioned + [.plain] {
      let history = try History.create(
        at: folder.path + "/\(layout)", dialect: Dialects.usual, by: "Ada")
      func result() throws -> ImportResult {
        try SQLImport(folder: migrations, settings: SQLSettings(layout: layout))
          .run(in: history, by: "Ada")
      }
      for version in ["7", "8"] { try write(version, "t", layout) }
      #expect(try result().replacedRevisions == [])
      try rename("8", "t", to: "9", "t", layout)
      for recorded in [["9"], []] as [[RevisionID]] {
        let result = try result()
        #expect(result.recorded == recorded && result.joining == nil)
        #expect(
          result.replacedRevisions == [
            "\(path("9", "t", layout)) is revision 9 now, and no file is left of 8, recorded of "
              + "\(path("8", "t", layout)): the history keeps both, as two branches, and databases that "
              + "hold 8 will run 9 as well"
          ])
      }
      // Of a text that others may have as well.
      try folder.remove("m/" + path("9", "t", layout))
      try write("10", "u", layout)
      #expect(try result().replacedRevisions == [])
      for name in try folder.names("m") { try folder.remove("m/" + name) }
    }
  }

  @Test("with the version of an archived one are said to be that", arguments: versioned)
  func archived(layout: SQLLayout) throws {
    for version in ["01", "02", "03"] { try write(version, "t", layout) }
    try importSQL(layout)
    _ = try cut(layout, at: "03")
    try write("02", "new", layout)
    let result = try SQLImport(folder: migrations, settings: SQLSettings(layout: layout))
      .run(in: history, by: "Ada")
    #expect(result.recorded == [])
    #expect(result.changedFiles == [])
    #expect(
      result.revisionWarnings == [
        "\(path("02", "new", layout)) has the version or the id of revision 02, recorded of "
          + "\(path("02", "t", layout)), which a cut has archived: it is not recorded, and databases that "
          + "hold 02 will not run it. Give it one of its own, behind the newest"
      ])
    // The cut's own file is there, and may change.
    let baseline = try folder.text("m/" + path("03", "t", layout))
    try folder.write(baseline + "-- seen\n", to: "m/" + path("03", "t", layout))
    try folder.remove("m/" + path("02", "new", layout))
    let later = try SQLImport(folder: migrations, settings: SQLSettings(layout: layout))
      .run(in: history, by: "Ada")
    #expect(later.changedFiles == [path("03", "t", layout)])
    #expect(later.revisionWarnings == [])
  }

  @Test("whose names are as long as the file system takes them are cut and come back")
  func long() throws {
    let names = (1...3).map { "\($0)_" + String(repeating: "é", count: 124 - $0) + ".sql" }
    for (number, name) in names.enumerated() {
      try folder.write("CREATE TABLE t\(number) (x);\n", to: "m/" + name)
    }
    try importSQL()
    _ = try cutAndRestore(at: "2")
  }
}
