import SchemaModel
import Testing

@testable import Importers

/// The column "order" of docs/LAYOUTS.md.
@Suite("The order in which a layout's tool runs")
struct LayoutOrderTests {
  /// The files as they would run, which stand here in another order.
  private func order(_ layout: SQLLayout, _ files: [String]) throws -> [String] {
    let folder = try TemporaryFolder()
    let text =
      switch layout {
      case .dbmate: "-- migrate:up\n-- migrate:down\n"
      case .goose: "-- +goose Up\n"
      default: "SELECT 1;"
      }
    for name in files { try folder.write(text, to: name) }
    return try SQLFolder(folder.path, layout: layout).drafts.compactMap { $0.source?.path }
  }

  @Test(
    "dbmate compares whole file names as texts",
    arguments: [
      ["10_pots.sql", "9_pots.sql"], ["002_b.sql", "01_a.sql", "1_a.sql"].sorted(),
      ["20240101-b.sql", "20240101120000_a.sql"], ["1.sql", "10.sql", "2.sql"],
    ])
  func dbmate(names: [String]) throws {
    #expect(try order(.dbmate, names.reversed()) == names)
  }

  @Test(
    "Diesel compares what stands before the first underscore as a text, without its dashes",
    arguments: [
      ["2024-03-06-170000_add", "2024-03-13_170000_cascade"], ["10_b", "9_a"],
      ["00000000000000_setup", "2024-01-01-000000_a"], ["20240101_z", "2024-01-02_a"],
    ])
  func diesel(names: [String]) throws {
    let files = names.map { $0 + "/up.sql" }
    #expect(try order(.diesel, files.reversed()) == files)
  }

  /// Each order as node 22 has it: `names.sort((a, b) => a.localeCompare(b))`.
  @Test(
    "Prisma compares the names of folders as localeCompare does",
    arguments: [
      ["10_b", "9_a"], ["20240101_b", "20240101000000_a"], ["0_init", "20240101000000_a"],
      ["1_a", "10_b", "2_c"], ["a b", "a_b", "a-b", "a.b", "aa", "ab", "Ab", "b"],
      ["a0", "A0", "a1", "A1"], ["2_z", "2a"],
    ])
  func prisma(names: [String]) throws {
    let files = names.map { $0 + "/migration.sql" }
    #expect(try order(.prisma, files.reversed()) == files)
  }

  @Test(
    "golang-migrate, goose and sqlx compare numbers",
    arguments: [SQLLayout.golangMigrate, .goose, .sqlx])
  func numbers(layout: SQLLayout) throws {
    let names = ["2_b", "009_a", "10_a", "20240101000000_a"]
    let files = names.map { $0 + (layout == .golangMigrate ? ".up.sql" : ".sql") }
    #expect(try order(layout, files.reversed()) == files)
  }

  @Test("Flyway compares versions part by part, and repeatables by their descriptions")
  func flyway() throws {
    let versions = [
      "V1__a.sql", "V1.0.1__a.sql", "V1.2__a.sql", "V1_10__a.sql", "V002__a.sql", "V10__a.sql",
    ]
    #expect(try order(.flyway, versions.reversed()) == versions)
    // An underscore is a blank there, which comes before a dash; capitals come before small letters,
    // and ten is a text.
    let repeatables = [
      "R__10_views.sql", "R__9_views.sql", "R__Zones.sql", "R__a_b.sql", "R__a-b.sql",
    ]
    #expect(
      try order(.flyway, repeatables.reversed() + ["V1__a.sql"]) == ["V1__a.sql"] + repeatables)
  }

  @Test("Flyway takes 1.0 for 1, dbmate does not take 01 for 1")
  func sameVersions() throws {
    #expect(
      message { _ = try order(.flyway, ["V1__a.sql", "V1.0__b.sql"]) }
        == "version 1 is there 2 times: V1.0__b.sql, V1__a.sql; give each migration a version of its own"
    )
    #expect(try order(.dbmate, ["01_a.sql", "1_b.sql"]) == ["01_a.sql", "1_b.sql"])
    #expect(
      message { _ = try order(.dbmate, ["1_a.sql", "1_b.sql"]) }
        == "version 1 is there 2 times: 1_a.sql, 1_b.sql; give each migration a version of its own"
    )
    #expect(
      message { _ = try order(.diesel, ["2024-01-01_a/up.sql", "20240101_b/up.sql"]) }
        .hasPrefix("version 20240101 is there 2 times"))
  }

  @Test("a plain folder runs by the numbers in its names")
  func plain() throws {
    let names = ["1_a.sql", "2_b.SQL", "10_a.sql", "a1.sql", "a10.sql"]
    #expect(try order(.plain, names.reversed()) == names)
  }
}
