import DialectRegistry
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// The tools cannot be had here; what they check is done here by their rules (docs/LAYOUTS.md names the
/// sources): sqlx's `Migrator::run`, Prisma's comparison of checksums and names.
@Suite("Existing databases after a cut")
final class AdoptionTests: MigrationsBed {
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
    #expect(result.adoption?.need.contains("run \(folder.path)/adopt.sql in each") == true)
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

  @Test(
    "What an earlier cut took out of the folder leaves the table with the next one's script",
    arguments: [SQLLayout.sqlx, .prisma, .flyway])
  func twice(layout: SQLLayout) throws {
    for number in 1...4 {
      for path in TwentySteps.files(number, layout).keys {
        try folder.write("CREATE TABLE t\(number) (x);\n", to: "m/" + path)
      }
    }
    let tool = ToolModel(layout: layout)
    let database = SQLiteFile(path: folder.path + "/ran.db")
    try tool.migrate(folder.path + "/m", database)
    let settings = SQLSettings(layout: layout)
    let source = MigrationsSource.sql(folder.path + "/m", settings)
    _ = try SQLImport(folder: folder.path + "/m", settings: settings).run(in: history, by: "Ada")
    _ = try HistoryTruncation(at: TwentySteps.version(2, layout), source: source)
      .run(in: history, by: "Ada")
    var second = HistoryTruncation(at: TwentySteps.version(3, layout), source: source)
    second.adoptionScript = folder.path + "/adopt.sql"
    _ = try second.run(in: history, by: "Ada")
    #expect(throws: ToolModel.Refusal.self) { try tool.migrate(folder.path + "/m", database) }
    try database.run(folder.text("adopt.sql"), enforced: false, inTransaction: false)
    #expect(try tool.migrate(folder.path + "/m", database).isEmpty)
  }

  @Test("Flyway: notes of a baseline or a schema are about no file, and stay")
  func flywayNotes() throws {
    for number in 1...3 {
      try folder.write("CREATE TABLE t\(number) (x);\n", to: "m/V\(number)__step.sql")
    }
    let source = MigrationsSource.sql(folder.path + "/m")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    var truncation = HistoryTruncation(at: "2", source: source)
    truncation.adoptionScript = folder.path + "/adopt.sql"
    _ = try truncation.run(in: history, by: "Ada")
    let tool = ToolModel(layout: .flyway)
    let made = """
      \(tool.table(SQLiteFile(path: "")))
      INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,
        installed_by, execution_time, success)
      VALUES (0, NULL, 's', 'SCHEMA', 's', NULL, 'a', 1, 1),
        (1, '1', 'b', 'BASELINE', 'b', NULL, 'a', 1, 1), (2, '2', 'step', 'SQL', 'x', 5, 'a', 1, 1);
      """
    let database = SQLiteFile(path: folder.path + "/ran.db")
    try database.run(made, enforced: false, inTransaction: false)
    try database.run(folder.text("adopt.sql"), enforced: false, inTransaction: false)
    let left = try database.values(
      "SELECT ifnull(version, '-') || type FROM flyway_schema_history ORDER BY installed_rank")
    #expect(left == ["-SCHEMA", "1BASELINE", "2SQL"])
    #expect(try tool.migrate(folder.path + "/m", database) == ["V3__step.sql"])
  }

  @Test("Flyway: the row of a repeatable leaves with its file")
  func flywayRepeatable() throws {
    try folder.write("CREATE TABLE t1 (x);", to: "m/V1__a.sql")
    try folder.write("CREATE TABLE r (x);", to: "m/more/R__old.sql")
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    for number in 2...3 {
      try folder.write("CREATE TABLE t\(number) (x);", to: "m/V\(number)__step.sql")
    }
    _ = try SQLImport(folder: folder.path + "/m").run(in: history, by: "Ada")
    let tool = ToolModel(layout: .flyway)
    let database = SQLiteFile(path: folder.path + "/ran.db")
    let rows = [("1", "V1__a.sql"), (nil, "more/R__old.sql"), ("2", "V2__step.sql")].enumerated()
      .map { "(\($0), \($1.0.map { "'\($0)'" } ?? "NULL"), 'x', 'SQL', '\($1.1)', 5, 'a', 1, 1)" }
    try database.run(
      """
      \(tool.table(database))
      INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,
        installed_by, execution_time, success) VALUES \(rows.joined(separator: ", "));
      """, enforced: false, inTransaction: false)
    var truncation = HistoryTruncation(at: "2", source: .sql(folder.path + "/m"))
    truncation.adoptionScript = folder.path + "/adopt.sql"
    _ = try truncation.run(in: history, by: "Ada")
    #expect(try folder.names("m") == ["V2__step.sql", "V3__step.sql"])
    try database.run(folder.text("adopt.sql"), enforced: false, inTransaction: false)
    #expect(try database.values("SELECT script FROM flyway_schema_history") == ["V2__step.sql"])
  }

  /// The scripts of Flyway's first steps, whose checksums stand in the tables of many who took them.
  @Test(
    "Flyway's checksum is that of the lines, whatever ends them",
    arguments: [
      (
        "create table PERSON (\n    ID int not null,\n    NAME varchar(100) not null\n);",
        Int32(1_715_188_512)
      ),
      (
        """
        insert into PERSON (ID, NAME) values (1, 'Axel');
        insert into PERSON (ID, NAME) values (2, 'Mr. Foo');
        insert into PERSON (ID, NAME) values (3, 'Ms. Bar');
        """, 476_766_047
      ), ("", 0),
    ])
  func flywayChecksum(text: String, expected: Int32) {
    for form in [text, text + "\n", text.replacing("\n", with: "\r\n"), "\u{FEFF}" + text] {
      #expect(FlywayChecksum(Array(form.utf8)).value == expected)
    }
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
    truncation.source = .sql(folder.path + "/m", SQLSettings(layout: .sqlx))
    for path in ["/m/004_adopt.sql", "/m/../m/sub/adopt.sql", "/link/adopt.sql"] {
      try? FileManager.default.createSymbolicLink(
        atPath: folder.path + "/link", withDestinationPath: folder.path + "/m")
      truncation.adoptionScript = folder.path + path
      #expect(failure { _ = try truncation.run(in: history, by: "Ada") }?.fault == .refused)
    }
    truncation.adoptionScript = folder.path + "/adopt.sql"
    try folder.write("mine", to: "adopt.sql")
    #expect(failure { _ = try truncation.run(in: history, by: "Ada") }?.fault == .refused)
    #expect(try folder.text("adopt.sql") == "mine")
    truncation.adoptionScript = folder.path + "/nowhere/adopt.sql"
    #expect(throws: (any Error).self) { try truncation.run(in: history, by: "Ada") }
    #expect(try history.segments().isEmpty)
    #expect(try folder.names("m").count == 3)
  }
}
