import SchemaModel
import Testing

@testable import Importers

/// The column "migrations" of docs/LAYOUTS.md.
@Suite("Which names are migrations")
struct LayoutNameTests {
  private func read(
    _ layout: SQLLayout?, _ names: [String], _ text: String = "SELECT 1;"
  ) throws -> (ran: [String], undo: [String], warnings: [String]) {
    let folder = try TemporaryFolder()
    for name in names { try folder.write(text, to: name) }
    let read = try SQLFolder(folder.path, layout: layout)
    let sources = read.drafts.compactMap(\.source)
    return (sources.map(\.path), sources.compactMap(\.downPath), read.warnings)
  }

  @Test("dbmate takes whatever begins with digits and ends with .sql")
  func dbmate() throws {
    let read = try read(
      nil, ["20240101-plants.sql", "4.sql", "5plants.sql", "6 plants.sql", "a1.sql", "7_x.SQL"],
      "-- migrate:up\nSELECT 1;\n-- migrate:down\n")
    #expect(read.ran == ["20240101-plants.sql", "4.sql", "5plants.sql", "6 plants.sql"])
    #expect(
      read.warnings == [
        "left out 7_x.SQL: dbmate takes '.sql' in small letters alone",
        "left out a1.sql: its name is not that of a dbmate migration to run",
      ])
    let folder = try TemporaryFolder()
    try folder.write("-- MIGRATE:UP\nSELECT 1;\n", to: "1_a.sql")
    #expect(
      message { _ = try SQLFolder(folder.path, layout: .dbmate) }
        == "1_a.sql has no line '-- migrate:up': add it, or name another layout with --layout")
  }

  @Test("dbmate's versions and messages come from the digits and the rest")
  func dbmateVersions() throws {
    let folder = try TemporaryFolder()
    for name in ["20240101-plants.sql", "4.sql", "5plants.sql"] {
      try folder.write("-- migrate:up\n-- migrate:down\n", to: name)
    }
    let drafts = try SQLFolder(folder.path).drafts
    #expect(drafts.map(\.id) == ["20240101", "4", "5"])
    #expect(drafts.map(\.message) == ["plants", "", "plants"])
  }

  @Test(
    "golang-migrate takes any extension, and pairs by number",
    arguments: [
      ["1_a.up.sqlite", "2_b.up.sql"], ["1_a.up.pgsql", "2_b.up.cql"], ["1_.up.", "2_b.up.x.y"],
      ["1_a.down.up.sql", "2_b.c.up.sql"],
    ])
  func golangMigrate(names: [String]) throws {
    let read = try read(.golangMigrate, names + ["1_other.down.sql", "x.up.sql", "README.md"])
    #expect(read.ran == names)
    #expect(read.undo == ["1_other.down.sql"])
    #expect(
      read.warnings == [
        "left out x.up.sql: its name is not that of a golang-migrate migration to run"
      ])
  }

  @Test("golang-migrate is told by pairs of any extension")
  func golangMigrateDetected() throws {
    let read = try read(nil, ["1_a.up.sqlite", "1_a.down.sqlite", "2_b.up.sqlite"])
    #expect(read.ran == ["1_a.up.sqlite", "2_b.up.sqlite"])
    #expect(read.undo == ["1_a.down.sqlite"])
  }

  @Test("goose takes a number from 1 on and an underscore")
  func goose() throws {
    let read = try read(
      .goose, ["0_zero.sql", "1_a.sql", "2-b.sql", "3.sql", "helpers_test.go", "4_x_test.go"],
      "-- +goose Up\nSELECT 1;\n")
    #expect(read.ran == ["1_a.sql"])
    #expect(
      read.warnings == [
        "left out 0_zero.sql: goose takes versions from 1 on",
        "left out 2-b.sql: its name is not that of a goose migration to run",
        "left out 3.sql: its name is not that of a goose migration to run",
      ])
  }

  @Test("sqlx passes by names without an underscore, and refuses those without a number")
  func sqlx() throws {
    let read = try read(
      .sqlx, ["1_a.up.sql", "1_b.down.sql", "2_b.sql", "3_lost.down.sql", "seed.sql", "seed_x.sql"])
    #expect(read.ran == ["1_a.up.sql", "2_b.sql"])
    #expect(read.undo == ["1_b.down.sql"])
    #expect(
      read.warnings == [
        "left out seed.sql: its name is not that of a sqlx migration to run",
        "left out seed_x.sql: it begins with no number, and sqlx itself refuses that",
        "left out 3_lost.down.sql: it undoes a migration that is not there",
      ])
  }

  @Test("Diesel and Prisma refuse a folder without a script, which is said")
  func folders() throws {
    let diesel = try read(.diesel, ["a/up.sql", "b/down.sql", ".c/down.sql", "d.sql"])
    #expect(diesel.ran == ["a/up.sql"])
    #expect(
      diesel.warnings == [
        "left out b: it holds no up.sql, and diesel itself refuses that (UnknownMigrationFormat)"
      ])
    let prisma = try read(.prisma, ["a/migration.sql", "b/notes.md", "migration_lock.toml"])
    #expect(prisma.ran == ["a/migration.sql"])
    #expect(
      prisma.warnings == [
        "left out b: it holds no migration.sql, and prisma itself refuses that (P3015)"
      ])
  }

  @Test("Flyway's callbacks are told from names that it passes by")
  func flyway() throws {
    let read = try read(
      .flyway,
      [
        "V1__a.sql", "v2__b.sql", "V3_c.sql", "V4__d.SQL", "afterMigrate.sql",
        "beforeEachMigrate__grants.sql", "createSchema.sql", "U9__x.sql", "afternoon.sql",
      ])
    #expect(read.ran == ["V1__a.sql"])
    let callback = "it is a callback; what Flyway's callbacks do to the schema is not recorded"
    let other = "its name is not that of a flyway migration to run"
    #expect(
      read.warnings == [
        "left out V3_c.sql: \(other)",
        "left out V4__d.SQL: flyway takes '.sql' in small letters alone",
        "left out afterMigrate.sql: \(callback)", "left out afternoon.sql: \(other)",
        "left out beforeEachMigrate__grants.sql: \(callback)",
        "left out createSchema.sql: \(callback)", "left out v2__b.sql: \(other)",
        "left out U9__x.sql: it undoes a migration that is not there",
      ])
  }

  @Test(
    "a plain folder's undo scripts do not run, however they are spelled",
    arguments: [
      ("001_member.sql", "001_member_down.sql"), ("001_member.sql", "001_member.down.sql"),
      ("001_member.sql", "001_member.rollback.sql"), ("001_member.sql", "001_member-undo.sql"),
      ("001_member_up.sql", "001_member_down.sql"), ("001.do.member.sql", "001.undo.member.sql"),
      ("001.do.sql", "001.undo.sql"), ("001_up.sql", "001_down.sql"),
      ("1-member.sql", "1-member-rollback.sql"), ("V01 member.sql", "V01 member revert.sql"),
      ("001_create_member.sql", "001_drop_member_down.sql"),
      ("001_member.sql", "undo_001_member.sql"),
      ("001_member.SQL", "001_member_DOWN.SQL"), ("001_member.sql", "001_rollback_member.sql"),
    ])
  func plainUndo(up: String, undo: String) throws {
    let read = try read(.plain, [up, undo, "002_slow_down.sql"])
    #expect(Set(read.ran) == [up, "002_slow_down.sql"])
    #expect(read.undo == [undo])
    #expect(read.warnings == ["did not run 1 undo script: \(undo)"])
  }

  @Test("a plain undo script goes to the migration of its own name, not only of its number")
  func plainPairs() throws {
    let names = ["01_a.sql", "01_b.sql", "01-b-down.sql", "01_a_down.sql", "01_a.undo.sql"]
    let folder = try TemporaryFolder()
    for name in names { try folder.write("SELECT 1;", to: name) }
    let read = try SQLFolder(folder.path, layout: .plain)
    #expect(read.drafts.map { $0.source?.path } == ["01_a.sql", "01_b.sql"])
    #expect(read.drafts.last?.source?.downPath == "01-b-down.sql")
    #expect(read.warnings.count == 2)
    #expect(
      read.warnings.last == "left out 01_a_down.sql: another script undoes the same migration")
  }

  @Test(
    "a plain script that undoes nothing that is there is left out where its name says nothing else")
  func plainLost() throws {
    let read = try read(
      .plain, ["001_a.sql", "002_b.rollback.sql", "003_down.sql", "004_count_down.sql", "down.sql"])
    #expect(read.ran == ["001_a.sql", "004_count_down.sql"])
    #expect(
      read.warnings
        == ["002_b.rollback.sql", "003_down.sql", "down.sql"].map {
          "left out \($0): it undoes a migration that is not there"
        })
  }

  @Test("what was recorded as a migration stays one, whatever its name says")
  func plainRecorded() throws {
    let folder = try TemporaryFolder()
    for name in ["001_a.sql", "001_a_down.sql"] { try folder.write("SELECT 1;", to: name) }
    let read = try SQLFolder(
      folder.path, layout: .plain, recorded: ["001_a.sql": "001", "001_a_down.sql": "001_a_down"])
    #expect(read.drafts.map(\.id) == ["001", "001_a_down"])
  }
}
