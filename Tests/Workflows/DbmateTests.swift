import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("A folder of dbmate's, held against dbmate itself", .enabled(if: Programs.dbmate != nil))
final class DbmateTests: MigrationsBed {
  private func result(
    _ database: String, _ command: String = "up"
  ) throws -> (code: Int32, text: String) {
    try running(
      try #require(Programs.dbmate),
      [
        "--no-dump-schema", "-d", folder.path + "/m", "-u", "sqlite:\(folder.path)/\(database)",
        command,
      ])
  }

  private func dbmate(_ database: String) throws -> String {
    let result = try result(database)
    #expect(result.code == 0, "\(result.text)")
    return result.text
  }

  private func write(_ files: [String: String]) throws {
    for (name, up) in files {
      try folder.write("-- migrate:up\n\(up)\n-- migrate:down\n", to: "m/" + name)
    }
  }

  private func imported(_ database: String) throws {
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    _ = try BaselineCreation(
      form: .database("sqlite:///\(folder.path)/\(database)"), holdsRows: true
    ).run(in: history)
  }

  @Test(
    "Whatever runs first wins in both: the order is that of texts",
    arguments: [
      ["9_pots.sql", "10_pots.sql"], ["1_a.sql", "01_b.sql"], ["2.sql", "10.sql", "1.sql"],
      ["20240101-b.sql", "20240101120000_a.sql"], ["5 a.sql", "5a1.sql", "50.sql"],
    ])
  func order(names: [String]) throws {
    // Versions must differ: dbmate knows a migration by its digits.
    let distinct = Dictionary(grouping: names) { $0.prefix { $0.isNumber } }.values
      .compactMap(\.first)
    for (index, name) in distinct.enumerated() {
      try write([name: "CREATE TABLE IF NOT EXISTS pots (n INTEGER DEFAULT \(index));"])
    }
    _ = try dbmate("real.db")
    try imported("made.db")
    #expect(try dump(folder.path + "/made.db") == dump(folder.path + "/real.db"))
  }

  @Test(
    "What dbmate passes by is passed by, what it runs is run",
    arguments: [
      ["20240101-plants.sql", "4.sql"], ["1_a.SQL", "2_b.sql"], ["x1.sql", "1x.sql"],
      ["3_c.down.sql", "4.x.sql"], ["1_a.sql.bak", "1_a.sql"], [".1_a.sql", "7_b.sql"],
    ])
  func names(_ names: [String]) throws {
    for (index, name) in names.enumerated() { try write([name: "CREATE TABLE t\(index) (x);"]) }
    _ = try dbmate("real.db")
    try imported("made.db")
    #expect(try dump(folder.path + "/made.db") == dump(folder.path + "/real.db"))
  }

  @Test(
    "foreign keys are not enforced, and a transaction swallows the pragma that would",
    arguments: ["", " transaction:false"])
  func foreignKeys(option: String) throws {
    try write([
      "1_a.sql": """
      CREATE TABLE p (x PRIMARY KEY); CREATE TABLE q (x REFERENCES p ON DELETE CASCADE);
      INSERT INTO p VALUES (1), (2); INSERT INTO q VALUES (1), (2);
      """
    ])
    try folder.write(
      "-- migrate:up\(option)\nPRAGMA foreign_keys = ON;\nDELETE FROM p WHERE x = 1;\n-- migrate:down\n",
      to: "m/2_b.sql")
    _ = try dbmate("real.db")
    try imported("made.db")
    #expect(try dump(folder.path + "/made.db") == dump(folder.path + "/real.db"))
  }

  @Test("what one migration sets for the session holds for the next")
  func session() throws {
    try folder.write(
      """
      -- migrate:up transaction:false
      CREATE TABLE p (x PRIMARY KEY); CREATE TABLE q (x REFERENCES p ON DELETE CASCADE);
      INSERT INTO p VALUES (1), (2); INSERT INTO q VALUES (1), (2);
      PRAGMA foreign_keys = ON;
      -- migrate:down
      """, to: "m/1_a.sql")
    try write(["2_b.sql": "DELETE FROM p WHERE x = 1;", "3_c.sql": "DELETE FROM p WHERE x = 2;"])
    _ = try dbmate("real.db")
    try imported("made.db")
    #expect(try dump(folder.path + "/made.db") == dump(folder.path + "/real.db"))
  }

  @Test(
    "A database that is made of a baseline goes on: what it holds is not run again, before a cut and after"
  )
  func baseline() throws {
    try write([
      "02_b.sql": "CREATE TABLE IF NOT EXISTS a (x); INSERT INTO a VALUES (2);",
      "1_a.sql": "INSERT INTO a VALUES (1);", "3_c.sql": "INSERT INTO a VALUES (3);",
    ])
    _ = try dbmate("real.db")
    let source = MigrationsSource.sql(folder.path + "/m")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    for name in ["made.db", "cut.db"] {
      _ = try BaselineCreation(
        of: "1", form: .database("sqlite:///\(folder.path)/\(name)"), holdsRows: true,
        source: source
      ).run(in: history)
      // 02 stands before 1, as texts.
      let said = try dbmate(name)
      #expect(said.contains("3_c.sql") && !said.contains("1_a.sql") && !said.contains("02_b.sql"))
      #expect(try dump(folder.path + "/" + name) == dump(folder.path + "/real.db"))
      if name == "cut.db" { break }
      _ = try HistoryTruncation(at: "1", source: source).run(in: history, by: "Ada")
    }
    let warnings = try BaselineCreation(form: .script).run(in: history).warnings
    #expect(warnings.contains { $0.contains("schema_migrations is made empty") })
  }

  @Test("After a cut dbmate makes the same of the folder, and runs nothing where all had run")
  func cut() throws {
    try write([
      "9_last.sql": "ALTER TABLE a ADD COLUMN z;",
      "10_first.sql": "CREATE TABLE a (x REFERENCES b);",
      "2-second.sql": "CREATE TABLE b (x PRIMARY KEY); INSERT INTO b VALUES (1), (2);",
      "3.sql": "INSERT INTO a VALUES (1);",
    ])
    _ = try dbmate("real.db")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    let before = try folder.tree("m")
    _ = try HistoryTruncation(at: "3", source: .sql(folder.path + "/m")).run(in: history, by: "Ada")
    #expect(try folder.tree("m").keys.sorted() == ["3.sql", "9_last.sql"])
    _ = try dbmate("new.db")
    #expect(try dump(folder.path + "/new.db") == dump(folder.path + "/real.db"))
    #expect(try !dbmate("real.db").contains("Applying"))
    _ = try HistoryRestoration(folder: folder.path + "/m").run(in: history, by: "Ada")
    #expect(try folder.tree("m") == before)
  }

  @Test("A rollback at the cut fails and says why, and drops nothing")
  func rollback() throws {
    try write(["1_a.sql": "CREATE TABLE a (x);", "2_b.sql": "CREATE TABLE b (x);"])
    _ = try dbmate("real.db")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "2", source: .sql(folder.path + "/m")).run(in: history, by: "Ada")
    _ = try dbmate("new.db")
    for name in ["real.db", "new.db"] {
      let before = try dump(folder.path + "/" + name)
      let undone = try result(name, "rollback")
      #expect(undone.code != 0)
      #expect(undone.text.contains("undoing it would drop everything"))
      #expect(try dump(folder.path + "/" + name) == before)
      #expect(try !dbmate(name).contains("Applying"))
    }
  }

  @Test("A cut that is taken back runs no migration twice, after the script")
  func takenBack() throws {
    try write([
      "1_a.sql": "CREATE TABLE IF NOT EXISTS a (x);", "2_b.sql": "INSERT INTO a VALUES (1);",
      "3_c.sql": "CREATE TABLE c (x);",
    ])
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "3", source: .sql(folder.path + "/m")).run(in: history, by: "Ada")
    _ = try dbmate("new.db")
    let before = try dump(folder.path + "/new.db")
    var back = HistoryRestoration(folder: folder.path + "/m")
    back.adoptionScript = folder.path + "/back.sql"
    let need = try back.run(in: history, by: "Ada").adoption?.need
    #expect(need?.contains("schema_migrations lacks the 2 versions 1 to 2") == true)
    try SQLiteFile(path: folder.path + "/new.db")
      .run(folder.text("back.sql"), enforced: false, inTransaction: false)
    #expect(try !dbmate("new.db").contains("Applying"))
    #expect(try dump(folder.path + "/new.db") == before)
  }

  @Test(
    "What dbmate refuses is refused in its words, and nothing is recorded",
    arguments: [
      "CREATE TABLE z (x);\n-- migrate:up\n-- migrate:down\n", "-- migrate:up\nSELECT 1;\n",
      "/* why */\n-- migrate:up\n-- migrate:down\n", ";\n-- migrate:up\n-- migrate:down\n",
      "-- migrate:down\n-- migrate:up\nSELECT 1;\n",
      "-- migrate:up\n-- migrate:down\n-- migrate:down\n",
      "-- migrate:up\n-- migrate:up\n-- migrate:down\n",
      "-- migrate:up\n-- migrate:down\n-- migrate:up\n",
    ])
  func refused(text: String) throws {
    try write(["1_a.sql": "CREATE TABLE a (x);"])
    try folder.write(text, to: "m/2_b.sql")
    let real = try result("real.db")
    #expect(real.code != 0)
    let error = #expect(throws: FolderError.self) {
      try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    }
    let words = error?.description.split(separator: ": dbmate ").last?
      .replacing(", and refuses the file", with: "")
    #expect(real.text.contains(words ?? "no words"), "\(real.text)")
    #expect(error?.description.contains("2_b.sql") == true)
    #expect(try history.heads() == [])
  }

  @Test(
    "What dbmate takes is taken: remarks before the first block, and several blocks",
    arguments: [
      "-- why\n\n  -- and\n--migrate:up\nCREATE TABLE b (x);\n-- migrate:down  \nSELECT 1;\n",
      "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nSELECT 1;\n-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\n",
      "-- migrate:down\n-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\n",
    ])
  func taken(text: String) throws {
    try folder.write(text, to: "m/1_b.sql")
    _ = try dbmate("real.db")
    try imported("made.db")
    #expect(try dump(folder.path + "/made.db") == dump(folder.path + "/real.db"))
  }
}
