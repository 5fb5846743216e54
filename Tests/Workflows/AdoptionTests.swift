import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// The tools cannot be had here; what they check is done here by their rules (docs/LAYOUTS.md names the
/// sources): sqlx's `Migrator::run`, Prisma's comparison of checksums and names.
@Suite("Existing databases after a cut")
struct AdoptionTests {
  private let folder: TestFolder
  private let history: History

  init() throws {
    folder = try TestFolder()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
  }

  /// A tool that compares its table with the folder.
  struct Tool: Sendable {
    var layout: SQLLayout
    var digest: String
    var table: String
    /// The file of a version, relative to the folder.
    var file: @Sendable (Int) -> String
    /// A row of the table, of a version with this digest in hexadecimal digits.
    var row: @Sendable (Int, String) -> String
    /// Gives what a row is about, as the tool would look for it in the folder, and the digest.
    var query: String
  }

  static let sqlx = Tool(
    layout: .sqlx, digest: "sha384sum",
    table: """
      CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
        checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
      """,
    file: { "000\($0)_step.sql" },
    row: {
      "INSERT INTO _sqlx_migrations VALUES (\($0), 'step', '2024-01-01', 1, x'\($1)', 1);"
    },
    query: "SELECT printf('%04d_step.sql', version) || ' ' || lower(hex(checksum)) "
      + "FROM _sqlx_migrations ORDER BY 1")

  static let prisma = Tool(
    layout: .prisma, digest: "sha256sum",
    table: """
      CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL,
        "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
        "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
        "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);
      """,
    file: { "000\($0)_it's/migration.sql" },
    row: {
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) "
        + "VALUES ('id\($0)', '\($1)', '000\($0)_it''s');"
    },
    query:
      "SELECT migration_name || '/migration.sql ' || checksum FROM _prisma_migrations ORDER BY 1")

  private func sqlite(_ file: String, _ script: String) throws -> String {
    let result = try running(
      "/usr/bin/env", ["sqlite3", "-bail", folder.path + "/" + file], input: script)
    #expect(result.code == 0, "\(result.text)")
    return result.text
  }

  private func digest(_ tool: Tool, _ version: Int) throws -> String {
    let path = folder.path + "/m/" + tool.file(version)
    let text = try running("/usr/bin/env", [tool.digest, path]).text
    return String(text.split(separator: " ").first ?? "")
  }

  /// A database that ran so many of the migrations, as the tool leaves it.
  private func database(_ tool: Tool, _ count: Int, _ name: String) throws {
    _ = try sqlite(name, tool.table)
    for version in 1...count {
      _ = try sqlite(
        name,
        try folder.text("m/" + tool.file(version)) + tool.row(version, digest(tool, version)))
    }
  }

  @Test(
    "The script makes the tool accept the cut folder, and nothing runs again",
    arguments: [sqlx, prisma], [2, 3, 4])
  func accepted(tool: Tool, cut: Int) throws {
    for version in 1...4 {
      try folder.write(
        "CREATE TABLE t\(version) (x);\nINSERT INTO t\(version) VALUES (\(version));\n",
        to: "m/" + tool.file(version))
    }
    let names = (1...4).map { "ran\($0).db" }
    for version in 1...4 { try database(tool, version, names[version - 1]) }
    let before = try names.map { try sqlite($0, ".dump") }
    let settings = SQLSettings(layout: tool.layout)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    var truncation = HistoryTruncation(
      at: "000\(cut)", source: .sql(folder.path + "/m", settings))
    truncation.adoptionScript = folder.path + "/adopt.sql"
    let result = try truncation.run(in: history, by: "Ada")
    #expect(result.adoption?.need.contains("--adopt-script") == true)
    let script = try folder.text("adopt.sql")
    for (index, name) in names.enumerated() {
      // Twice is once.
      for _ in 0..<2 { _ = try sqlite(name, script) }
      let ran = index + 1
      guard ran >= cut else {
        #expect(try sqlite(name, ".dump") == before[index], "before the cut")
        continue
      }
      let expected = try (cut...ran).map { "\(tool.file($0)) \(try digest(tool, $0))" }
      #expect(try sqlite(name, tool.query) == expected.joined(separator: "\n") + "\n")
      let tables = try sqlite(name, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 't_'")
      #expect(tables == "\(ran)\n")
    }
  }

  @Test("sqlx: what an earlier cut took out of the folder leaves the table with the next one")
  func twice() throws {
    let tool = Self.sqlx
    for version in 1...4 {
      try folder.write("CREATE TABLE t\(version) (x);\n", to: "m/" + tool.file(version))
    }
    try database(tool, 4, "ran.db")
    let settings = SQLSettings(layout: .sqlx)
    let source = MigrationsSource.sql(folder.path + "/m", settings)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: "0002", source: source).run(in: history, by: "Ada")
    var second = HistoryTruncation(at: "0003", source: source)
    second.adoptionScript = folder.path + "/adopt.sql"
    _ = try second.run(in: history, by: "Ada")
    _ = try sqlite("ran.db", try folder.text("adopt.sql"))
    #expect(
      try sqlite("ran.db", "SELECT group_concat(version) FROM _sqlx_migrations") == "3,4\n")
  }

  @Test("A cut that is not made leaves no script, and a folder of no tool has none")
  func none() throws {
    try folder.writeMigrations()
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    var truncation = HistoryTruncation(at: "002", source: .sql(folder.path + "/m"))
    truncation.adoptionScript = folder.path + "/adopt.sql"
    let error = failure { _ = try truncation.run(in: history, by: "Ada") }
    #expect(error?.fault == .refused)
    #expect(try history.segments().isEmpty)
    #expect(throws: (any Error).self) { try folder.text("adopt.sql") }
    try folder.write("mine", to: "adopt.sql")
    truncation.source = .sql(folder.path + "/m", SQLSettings(layout: .sqlx))
    #expect(failure { _ = try truncation.run(in: history, by: "Ada") }?.fault == .refused)
    #expect(try folder.text("adopt.sql") == "mine")
    truncation.adoptionScript = folder.path + "/nowhere/adopt.sql"
    #expect(throws: (any Error).self) { try truncation.run(in: history, by: "Ada") }
    #expect(try history.segments().isEmpty)
    #expect(try folder.names("m").count == 3)
  }
}
