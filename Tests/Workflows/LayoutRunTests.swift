import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// What a folder makes of a database, held against the same scripts run by SQLite's own program with
/// the settings of the folder's tool.
@Suite("A folder makes what its tool makes of it")
final class LayoutRunTests: MigrationsBed {
  private let listener = Listening()

  private static let base = """
    CREATE TABLE plan (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE price (id INTEGER PRIMARY KEY, plan_id INTEGER NOT NULL
      REFERENCES plan (id) ON DELETE CASCADE);
    INSERT INTO plan VALUES (1, 'free'), (2, 'pro'); INSERT INTO price VALUES (1, 1), (2, 2);

    """
  private static let rebuild = """
    CREATE TABLE new_plan (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO new_plan SELECT id, name FROM plan; DROP TABLE plan;
    ALTER TABLE new_plan RENAME TO plan;

    """
  /// The same under the pragma that a transaction makes nothing of.
  private static let guarded = "PRAGMA foreign_keys=OFF;\n\(rebuild)PRAGMA foreign_keys=ON;\n"
  private static let deletion = "DELETE FROM plan WHERE id = 1;\n"
  private static let replacing = "INSERT OR REPLACE INTO plan VALUES (2, 'more');\n"

  struct Case: Sendable, CustomTestStringConvertible {
    var layout: SQLLayout
    var change: String
    /// As the tool's connection would be set up, and end.
    var begin: String
    var end: String
    /// Rows that the child table has left.
    var rowCount: Int
    var foreignKeys: Bool?
    var testDescription: String { "\(layout): \(change.prefix(40))" }
  }

  private static let transaction = ("PRAGMA foreign_keys=ON; BEGIN;", "COMMIT;")
  static let cases: [Case] = [
    enforced(.sqlx, rebuild, 0), enforced(.sqlx, deletion, 1), enforced(.sqlx, replacing, 1),
    enforced(.sqlx, guarded, 0), enforced(.diesel, rebuild, 0), enforced(.diesel, guarded, 0),
    Case(
      layout: .prisma, change: rebuild, begin: "PRAGMA foreign_keys=ON;", end: "", rowCount: 0),
    Case(
      layout: .prisma, change: guarded, begin: "PRAGMA foreign_keys=ON;", end: "", rowCount: 2),
    Case(layout: .dbmate, change: rebuild, begin: "BEGIN;", end: "COMMIT;", rowCount: 2),
    Case(layout: .golangMigrate, change: deletion, begin: "BEGIN;", end: "COMMIT;", rowCount: 2),
    Case(layout: .goose, change: replacing, begin: "BEGIN;", end: "COMMIT;", rowCount: 2),
    Case(layout: .flyway, change: guarded, begin: "", end: "", rowCount: 2),
    // Without a transaction the pragma has its effect, for the rest of the script.
    Case(
      layout: .flyway, change: "PRAGMA foreign_keys=ON;\n" + deletion, begin: "", end: "",
      rowCount: 1),
    Case(layout: .plain, change: rebuild, begin: "BEGIN;", end: "COMMIT;", rowCount: 2),
    Case(
      layout: .sqlx, change: rebuild, begin: "BEGIN;", end: "COMMIT;", rowCount: 2,
      foreignKeys: false),
    Case(
      layout: .golangMigrate, change: rebuild, begin: transaction.0, end: transaction.1,
      rowCount: 0, foreignKeys: true),
  ]

  private static func enforced(_ layout: SQLLayout, _ change: String, _ rowCount: Int) -> Case {
    Case(
      layout: layout, change: change, begin: transaction.0, end: transaction.1, rowCount: rowCount
    )
  }

  private func write(_ texts: [String], _ layout: SQLLayout) throws {
    for (index, text) in texts.enumerated() {
      let stem = "2024010\(index + 1)000000_step"
      switch layout {
      case .prisma: try folder.write(text, to: "m/\(stem)/migration.sql")
      case .diesel: try folder.write(text, to: "m/\(stem)/up.sql")
      case .golangMigrate: try folder.write(text, to: "m/\(stem).up.sql")
      case .dbmate:
        try folder.write("-- migrate:up\n\(text)-- migrate:down\n", to: "m/\(stem).sql")
      case .goose:
        try folder.write("-- +goose Up\n\(text)-- +goose Down\n", to: "m/\(stem).sql")
      case .flyway: try folder.write(text, to: "m/V\(stem.replacing("_", with: "__")).sql")
      default: try folder.write(text, to: "m/\(stem).sql")
      }
    }
  }

  @Test("with foreign keys enforced, or not", arguments: cases)
  func foreignKeys(of one: Case) throws {
    let texts = [Self.base, one.change]
    try write(texts, one.layout)
    let real = folder.path + "/real.db"
    for text in texts {
      // Each with a connection of its own, as each is deployed.
      let script = "\(one.begin)\n\(text)\(one.end)\n"
      let result = try running("/usr/bin/env", ["sqlite3", "-bail", real], input: script)
      #expect(result.code == 0, "\(result.text)")
    }
    let settings = SQLSettings(layout: one.layout, enforcesForeignKeys: one.foreignKeys)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    let made = folder.path + "/made.db"
    _ = try BaselineCreation(form: .database("sqlite:///" + made), holdsRows: true)
      .run(in: history)
    #expect(try dump(made) == dump(real))
    let count = try running("/usr/bin/env", ["sqlite3", made, "SELECT count(*) FROM price"]).text
    #expect(count == "\(one.rowCount)\n")
  }

  @Test(
    "A cut's baseline goes in where foreign keys are enforced, though rows come before those they name",
    arguments: [SQLLayout.sqlx, .diesel, .prisma])
  func baseline(layout: SQLLayout) throws {
    // By their names the children come first.
    let text = """
      CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id));
      CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));
      INSERT INTO b (id) VALUES (1); INSERT INTO a VALUES (1, 1); UPDATE b SET a = 1;

      """
    try write([text, "CREATE TABLE c (x);\n"], layout)
    let settings = SQLSettings(layout: layout)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    let root = try #require(try history.graph().entries.first).id
    let result = try HistoryTruncation(
      at: root.text, source: .sql(folder.path + "/m", settings)
    ).run(in: history, by: "Ada")
    #expect(result.isDone)
    let path = try #require(result.folder?.baselinePath)
    let (begin, end) = layout == .prisma ? ("", "") : ("BEGIN;", "COMMIT;")
    let script = "PRAGMA foreign_keys=ON;\(begin)\n" + (try folder.text("m/" + path)) + end
    let ran = try running(
      "/usr/bin/env", ["sqlite3", "-bail", folder.path + "/new.db"], input: script)
    #expect(ran.code == 0, "\(ran.text)")
    #expect(
      try running(
        "/usr/bin/env", ["sqlite3", folder.path + "/new.db", "SELECT b.a, a.b FROM a, b"]
      ).text == "1|1\n")
  }

  @Test("Where the layout is only told from times, it is said that foreign keys are enforced")
  func notice() throws {
    let context = WorkflowContext(listener: listener)
    try write([Self.base], .sqlx)
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada", context)
    #expect(listener.heard.contains { $0.hasPrefix("notice: the files are taken for sqlx's") })
    let other = Listening()
    _ = try SQLImport(folder: folder.path + "/m", settings: SQLSettings(enforcesForeignKeys: true))
      .run(in: history, by: "Ada", WorkflowContext(listener: other))
    #expect(!other.heard.contains { $0.hasPrefix("notice:") })
  }
}
