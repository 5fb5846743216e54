import EngineSQLite
import Foundation
import SchemaHistory
import SchemaModel

/// A history in a folder of its own, recorded by running SQL in a real SQLite.
final class HistoryFixture {
  let folder: String
  var history: History
  private let scratch: SQLiteScratch
  private var last = Capture(schema: Schema())
  private(set) var heads: [RevisionID] = []

  init() throws {
    folder = NSTemporaryDirectory() + "strata-test-\(UUID().uuidString)"
    history = try History.create(at: folder + "/.strata", dialect: Dialect("sqlite"), by: "tester")
    scratch = try SQLiteEngine().makeScratch()
  }

  deinit {
    scratch.discard()
    try? FileManager.default.removeItem(atPath: folder)
  }

  var store: String { folder + "/.strata" }

  /// Takes a table for a migration tool's own.
  func keepOut(_ name: String) { scratch.keepOut(runnerTable: name) }

  /// Runs a script on top of all before, and records what became of the schema.
  @discardableResult
  func record(
    _ id: RevisionID, _ script: String, author: String = "Ada <ada@example.org>",
    at day: String = "2024-05-01"
  ) throws -> RecordedRevision {
    let statements = try scratch.run(script: script)
    let capture = try scratch.capture(after: last, statements: statements)
    last = capture
    let draft = RevisionDraft(
      id: id, parents: heads, author: author, message: "revision \(id)",
      authored: Timestamp(day),
      source: SourceFile(format: .sql, path: "\(id).sql", up: Array(script.utf8)))
    let recorded = try history.record(
      [Recording(draft: draft, change: .capture(capture))], by: "tester")
    heads = [id]
    return recorded[0]
  }

  func reopen() throws { history = try History.open(at: store) }
}
