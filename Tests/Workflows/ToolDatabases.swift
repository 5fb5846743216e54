import EnginePostgreSQL
import Foundation

/// A SQLite file, by the product's own program.
struct SQLiteFile: ToolDatabase {
  let path: String

  struct Failure: Error { var text: String }

  func run(_ script: String, enforced: Bool, inTransaction: Bool) throws {
    let setting = "PRAGMA synchronous = OFF; PRAGMA foreign_keys = \(enforced ? "ON" : "OFF");\n"
    let whole = inTransaction ? "BEGIN;\n\(script)\nCOMMIT;\n" : script + "\n"
    let result = try running(
      "/usr/bin/env", ["sqlite3", "-bail", path], input: setting + whole)
    guard result.code == 0, result.text.isEmpty else { throw Failure(text: result.text) }
  }

  func values(_ query: String) throws -> [String] {
    let result = try running("/usr/bin/env", ["sqlite3", "-bail", path, query])
    guard result.code == 0 else { throw Failure(text: result.text) }
    return result.text.split(separator: "\n").map(String.init)
  }

  var bytesType: String { "BLOB" }
  func bytes(_ hexadecimal: String) -> String { "x'\(hexadecimal)'" }
  func hexadecimal(_ column: String) -> String { "hex(\(column))" }

  func copy(to other: String) throws -> SQLiteFile {
    try FileManager.default.copyItem(atPath: path, toPath: other)
    return SQLiteFile(path: other)
  }
}

/// A database of a PostgreSQL server; a script that is sent whole is one transaction there.
struct PostgreSQLDatabase: ToolDatabase {
  let connection: PostgreSQLConnection

  func run(_ script: String, enforced: Bool, inTransaction: Bool) throws {
    try connection.execute(script)
  }

  func values(_ query: String) throws -> [String] {
    try connection.query(query).compactMap { $0.first.flatMap { $0 } }
  }

  var bytesType: String { "BYTEA" }
  func bytes(_ hexadecimal: String) -> String { "'\\x\(hexadecimal)'" }
  func hexadecimal(_ column: String) -> String { "encode(\(column), 'hex')" }
}
