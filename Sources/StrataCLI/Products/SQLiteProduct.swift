import EngineSQLite
import SchemaModel
import DialectSQLite

struct SQLiteProduct: Product {
  var scratch: ScratchOptions
  var runnerTables: RunnerTables

  var dialect: Dialect { .sqlite }
  var title: String { "SQLite" }
  var keepsFiles: Bool { true }

  func engine() -> SQLiteEngine {
    SQLiteEngine(timeout: scratch.timeout, runnerTables: runnerTables)
  }

  func baseline(_ schema: Schema, rows: SeedRows, _ options: BaselineOptions) -> [String] {
    SQLite.Render.baseline(schema, rows: rows)
  }

  func prelude(judgedBy engine: String?) -> [String] { [] }
  func terminated(_ statement: String) -> String { statement + ";" }
  func text(_ path: ObjectPath, _ object: SchemaObject) -> String? {
    object.text.map { $0.hasSuffix(";") ? $0 : $0 + ";" }
  }

  func dropAll(_ schema: Schema) -> [String] { SQLite.Render.dropAll(schema) }

  func script(_ statements: [String], head: [String]) -> String {
    (head + ["PRAGMA foreign_keys=OFF;", "BEGIN;"] + statements.map { "\n\($0);" }
      + ["", "COMMIT;", ""]).joined(separator: "\n")
  }

  func normalized(_ schema: Schema) -> Schema { schema }
  func unrendered(_ schema: Schema) -> [ObjectPath] { [] }
  func quoted(_ identifier: String) -> String { SQLite.quote(identifier) }
  func literal(_ text: String) -> String { SQLite.Render.literal(.text(text)) }

  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String {
    let path: String
    do {
      path = try SQLiteLocation.path(of: url)
    } catch {
      throw Failure.input("\(error)")
    }
    do {
      try SQLiteTarget.create(baseline: statements, into: path, runnerStatements: stamp)
    } catch {
      switch error {
      case .notEmpty: throw Failure.refused("\(error)")
      case .engine: throw Failure.engine("\(error)")
      }
    }
    return path
  }

  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (SQLiteScratch, Capture)? {
    let scratch = try SQLiteScratch(copying: file)
    scratch.timeout = self.scratch.timeout
    scratch.runnerTables = runnerTables
    guard let capture = scratch.proved(as: recorded, runners: runners, version: version.text)
    else {
      scratch.discard()
      return nil
    }
    return (scratch, capture)
  }

  func keep(_ scratch: SQLiteScratch, in file: Int32) throws { try scratch.persist(to: file) }

  func isWhole(inBaselineOf schema: Schema) -> Bool { !SQLiteScratch.hidesRows(schema) }

  func dump(_ scratch: SQLiteScratch) -> String? { nil }
  var dumps: Bool { false }

  func isSyntaxError(_ error: any Error) -> Bool {
    guard case SQLiteEngineError.failed(_, _, let message) = error else { return false }
    return ["syntax error", "incomplete input", "unrecognized token"]
      .contains(where: message.contains)
  }
}
