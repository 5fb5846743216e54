import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("After a cut nothing stays that the folder's tool would stumble over")
final class LayoutCutTests: MigrationsBed {
  /// Imports, cuts, and looks; then takes the cut back, which must bring the same folder again.
  private func cut(
    _ layout: SQLLayout, at revision: String, _ files: [String: String]
  ) throws -> (names: [String], texts: [String: String]) {
    for (name, text) in files { try folder.write(text, to: "m/" + name) }
    let before = try folder.tree("m")
    let settings = SQLSettings(layout: layout)
    _ = try SQLImport(folder: migrations, settings: settings).run(in: history, by: "Ada")
    let result = try HistoryTruncation(at: revision, source: .sql(migrations, settings))
      .run(in: history, by: "Ada")
    #expect(result.isDone)
    let after = try folder.tree("m")
    // What stays of the migrations is read without a word.
    let read = try SQLFolder(migrations, layout: layout)
    #expect(read.drafts.count == result.plan.kept.count + 1)
    let again = try SQLImport(folder: migrations, settings: settings).run(in: history, by: "Ada")
    #expect(again.recorded == [])
    #expect(again.changedFiles == [])
    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    #expect(try folder.tree("m") == before)
    return (after.keys.sorted(), after)
  }

  @Test("Diesel: folders go whole, whatever lies in them, and the cut's own settings")
  func diesel() throws {
    let files = [
      "2024-01-01-000000_herb/up.sql": "CREATE TABLE herb (id INTEGER PRIMARY KEY);",
      "2024-01-01-000000_herb/down.sql": "DROP TABLE herb;",
      "2024-01-01-000000_herb/notes/why.md": "why", "2024-01-01-000000_herb/.keep": "",
      "2024-01-02-000000_index/up.sql": "CREATE INDEX herb_id ON herb (id);",
      "2024-01-02-000000_index/metadata.toml": "run_in_transaction = false",
      "2024-01-03-000000_pot/up.sql": "CREATE TABLE pot (x);",
      "2024-01-03-000000_pot/metadata.toml": "run_in_transaction = false",
      "2024-01-03-000000_pot/README.md": "a pot", "2024-01-04_late/up.sql": "DROP TABLE pot;",
      "2024-01-04_late/metadata.toml": "run_in_transaction = true",
    ]
    let cut = try cut(.diesel, at: "2024-01-03-000000", files)
    #expect(
      cut.names == [
        "2024-01-03-000000_pot/", "2024-01-03-000000_pot/README.md", "2024-01-03-000000_pot/up.sql",
        "2024-01-04_late/", "2024-01-04_late/metadata.toml", "2024-01-04_late/up.sql",
      ])
  }

  @Test("Diesel: what was empty before stays, at head too")
  func emptyFolders() throws {
    try folder.write("", to: "m/.hidden/gone")
    try folder.remove("m/.hidden/gone")
    let cut = try cut(
      .diesel, at: "head",
      [
        "1_a/up.sql": "CREATE TABLE a (x);", "1_a/down.sql": "SELECT 1;",
        "2_b/up.sql": "CREATE TABLE b (x);", "2_b/down.sql": "SELECT 1;",
      ])
    #expect(cut.names == [".hidden/", "2_b/", "2_b/down.sql", "2_b/up.sql"])
    #expect(cut.texts["2_b/down.sql"]?.contains("fails on purpose") == true)
  }

  @Test("Prisma: a folder without migration.sql would be P3015")
  func prisma() throws {
    let cut = try cut(
      .prisma, at: "2",
      [
        "1_a/migration.sql": "CREATE TABLE a (x);", "1_a/README.md": "x",
        "2_b/migration.sql": "CREATE TABLE b (x);", "3_c/migration.sql": "CREATE TABLE c (x);",
        "migration_lock.toml": "provider = \"sqlite\"",
      ])
    #expect(
      cut.names == [
        "2_b/", "2_b/migration.sql", "3_c/", "3_c/migration.sql", "migration_lock.toml",
      ])
  }

  @Test("Flyway: settings go with their scripts, subfolders with their last one, callbacks stay")
  func flyway() throws {
    let cut = try cut(
      .flyway, at: "3",
      [
        "old/V1__a.sql": "CREATE TABLE a (x);", "old/deep/V2__b.sql": "CREATE TABLE b (x);",
        "old/deep/V2__b.sql.conf": "executeInTransaction=false", "old/U1__a.sql": "DROP TABLE a;",
        "V3__c.sql": "CREATE TABLE c (x);", "V3__c.sql.conf": "executeInTransaction=false",
        "V4__d.sql": "CREATE TABLE d (x);", "V4__d.sql.conf": "executeInTransaction=true",
        "R__v.sql": "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT * FROM a;",
        "afterMigrate.sql": "SELECT 1;",
      ])
    #expect(
      cut.names == [
        "R__v.sql", "V3__c.sql", "V4__d.sql", "V4__d.sql.conf", "afterMigrate.sql",
      ])
  }

  @Test("Flyway: what looks like a placeholder is not replaced in the baseline")
  func flywayRows() throws {
    let cut = try cut(
      .flyway, at: "2",
      [
        "V1__a.sql": "CREATE TABLE a (x DEFAULT '${user.name}');",
        "V1__a.sql.conf": "placeholderReplacement=false", "V2__b.sql": "CREATE TABLE b (x);",
      ])
    #expect(cut.names == ["V2__b.sql", "V2__b.sql.conf"])
    #expect(cut.texts["V2__b.sql.conf"] == "placeholderReplacement=false\n")
    #expect(cut.texts["V2__b.sql"]?.contains("${user.name}") == true)
  }

  @Test("Flyway: baselines of the folder's own go with the migrations that they stand for")
  func flywayBaselines() throws {
    let cut = try cut(
      .flyway, at: "3",
      [
        "V1__a.sql": "CREATE TABLE a (x);", "V2__b.sql": "CREATE TABLE b (x);",
        "B2__ab.sql": "CREATE TABLE a (x); CREATE TABLE b (x);", "B2__ab.sql.conf": "",
        "U2__b.sql": "DROP TABLE b;", "U2__b.sql.conf": "executeInTransaction=false",
        "V3__c.sql": "CREATE TABLE c (x);", "V4__d.sql": "CREATE TABLE d (x);",
        "B4__all.sql": "SELECT 1;",
      ])
    #expect(cut.names == ["B4__all.sql", "V3__c.sql", "V4__d.sql"])
  }

  @Test("A second script that undoes a migration goes with it, and with the cut's own")
  func secondUndo() throws {
    let cut = try cut(
      .plain, at: "2",
      [
        "1_a.sql": "CREATE TABLE a (x);", "1_a_down.sql": "DROP TABLE a;",
        "1_a.undo.sql": "DROP TABLE a;", "2_b.sql": "CREATE TABLE b (x);",
        "2_b.down.sql": "DROP TABLE b;", "2_b_rollback.sql": "DROP TABLE b;",
        "3_c.sql": "CREATE TABLE c (x);", "3_c.down.sql": "DROP TABLE c;",
        "3_c.rollback.sql": "DROP TABLE c;",
      ])
    #expect(
      cut.names == [
        "2_b.down.sql", "2_b.sql", "3_c.down.sql", "3_c.rollback.sql", "3_c.sql",
      ])
  }

  @Test("Flyway: a repeatable is no place to cut at")
  func flywayRepeatable() throws {
    try folder.write("CREATE TABLE a (x);", to: "m/V1__a.sql")
    try folder.write("CREATE VIEW v AS SELECT * FROM a;", to: "m/R__v.sql")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    let error = failure {
      _ = try HistoryTruncation(at: "head", source: .sql(migrations)).run(in: history, by: "Ada")
    }
    #expect(error?.fault == .refused)
    #expect("\(error.map { "\($0)" } ?? "")".contains("cut at 1"))
    #expect(try folder.names("m") == ["R__v.sql", "V1__a.sql"])
  }

  @Test(
    "Pairs: the script that undoes a migration goes with it, and the baseline is not undone",
    arguments: [
      (SQLLayout.plain, "1_a.sql", "1_a_down.sql", "2_b.sql", "2_b.rollback.sql"),
      (.plain, "1.do.a.sql", "1.undo.a.sql", "2.do.b.sql", "2.undo.b.sql"),
      (.golangMigrate, "1_a.up.sql", "1_z.down.sql", "2_b.up.sqlite", "2_b.down.sqlite"),
      (.sqlx, "1_a.up.sql", "1_a.down.sql", "2_b.sql", "2_b.down.sql"),
    ])
  func pairs(
    layout: SQLLayout, first: String, firstUndo: String, second: String, secondUndo: String
  ) throws {
    let cut = try cut(
      layout, at: "2",
      [
        first: "CREATE TABLE a (x);", firstUndo: "DROP TABLE a;", second: "CREATE TABLE b (x);",
        secondUndo: "DROP TABLE b;",
      ])
    #expect(cut.names == [second, secondUndo].sorted())
    let undo = try #require(cut.texts[secondUndo])
    #expect(undo.contains("strata restore") && !undo.contains("DROP TABLE"))
    let database = SQLiteFile(path: folder.path + "/made.db")
    try database.run(
      try #require(cut.texts[second]), enforced: false, inTransaction: false)
    #expect(throws: SQLiteFile.Failure.self) {
      try database.run(undo, enforced: false, inTransaction: false)
    }
    #expect(
      try database.values("SELECT name FROM sqlite_schema ORDER BY 1") == ["a", "b"])
  }

  @Test("A second cut takes the first one's files out again, and both come back")
  func twice() throws {
    for (name, text) in [
      "V1__a.sql": "CREATE TABLE a (x DEFAULT '${x}');",
      "V1__a.sql.conf": "placeholderReplacement=false", "V2__b.sql": "CREATE TABLE b (x);",
      "V3__c.sql": "CREATE TABLE c (x);",
    ] { try folder.write(text, to: "m/" + name) }
    let before = try folder.tree("m")
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    for (revision, names) in [
      ("1", ["V1__a.sql", "V1__a.sql.conf", "V2__b.sql", "V3__c.sql"]),
      ("3", ["V3__c.sql", "V3__c.sql.conf"]),
    ] {
      _ = try HistoryTruncation(at: revision, source: .sql(migrations))
        .run(in: history, by: "Ada")
      #expect(try folder.names("m") == names)
    }
    for _ in 0..<2 { _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada") }
    #expect(try folder.tree("m") == before)
  }
}
