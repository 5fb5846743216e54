import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("A folder of dbmate's, held against dbmate itself", .enabled(if: Programs.dbmate != nil))
struct DbmateTests {
  private let folder: TestFolder
  private let history: History

  init() throws {
    folder = try TestFolder()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
  }

  private func dbmate(_ database: String) throws -> String {
    let result = try running(
      try #require(Programs.dbmate),
      [
        "--no-dump-schema", "-d", folder.path + "/m", "-u", "sqlite:\(folder.path)/\(database)",
        "up",
      ])
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
}
