import CSQLite
import EngineSQLite
import Foundation
import SchemaModel
import Testing

@Suite("A text that this SQLite is too old for")
struct NewerTextTests {
  /// A database whose schema holds `text`, last written by the SQLite of this number.
  private func failure(_ text: String, writer: UInt32) throws -> String {
    let scratch = try SQLiteScratch()
    try SQLiteFile.run(
      """
      CREATE TABLE a (b); CREATE VIEW v AS SELECT b FROM a;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = '\(text)' WHERE name = 'v';
      """, in: scratch.path)
    let file = try #require(FileHandle(forUpdatingAtPath: scratch.path))
    try file.seek(toOffset: 96)
    try file.write(contentsOf: withUnsafeBytes(of: writer.bigEndian) { Data($0) })
    try file.close()
    // As an import reads what another process has made.
    let copy = try SQLiteScratch(at: scratch.path)
    let error = #expect(throws: SQLiteEngineError.self) {
      try copy.capture(after: Capture(schema: Schema()), statements: [])
    }
    let step = error?.nextStep.map { " (\($0))" } ?? ""
    return "\(try #require(error))\(step)"
  }

  @Test(
    "is told with both versions and what to do",
    arguments: [
      "CREATE VIEW v AS SELECT group_concat(b ORDER BY b ~> 1) FROM a",
      "CREATE VIEW v AS SELECT b FROM a QUALIFY b > 1 ROWS",
      "CREATE VIEW IF EVER v AS SELECT 1",
    ])
  func isTold(_ text: String) throws {
    let own = String(cString: sqlite3_libversion())
    let told = try failure(text, writer: 3_099_002)
    #expect(
      told.hasPrefix(
        "expected a schema that Strata's SQLite \(own) reads, found one that SQLite 3.99.2 wrote: "
          + "malformed database schema (v) - near "), "\(told)")
    #expect(told.contains("--python"), "\(told)")
  }

  @Test("blames no version where no newer one wrote it")
  func isDamage() throws {
    let told = try failure("CREATE VIEW v AS SELECT", writer: 3_008_000)
    #expect(told.contains("malformed database schema"), "\(told)")
    #expect(!told.contains("3.8.0") && !told.contains("--python"), "\(told)")
  }
}
