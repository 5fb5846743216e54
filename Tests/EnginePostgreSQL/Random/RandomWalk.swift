import Foundation
import SchemaHistory
import SchemaModel
import DialectPostgreSQL
import StoreFormat

@testable import EnginePostgreSQL

/// One random history: a scratch database, its captures, and the store that records them.
final class RandomWalk {
  /// What one step found wrong.
  struct Finding: Error {
    var check: String
    var differences: [String]
  }

  let scratch: PostgreSQLScratch
  let history: History
  private let directory: String
  private(set) var last = Capture(schema: Schema())
  /// The scripts that PostgreSQL took.
  private(set) var scripts: [String] = []
  /// Why the last script was refused, by PostgreSQL's words.
  private(set) var refusal = ""
  private var ids: [RevisionID] = []
  private var fingerprints: [Schema: Fingerprint] = [:]

  init() throws {
    scratch = try Shared.engine().makeScratch()
    directory = NSTemporaryDirectory() + "strata-random-ddl-\(UUID().uuidString)"
    history = try History.create(at: directory, dialect: Dialect("postgresql"), by: "random")
    last = try scratch.capture(after: last, statements: [])
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Runs a script, records it, and holds what was captured against itself, its operations and the
  /// store.
  /// - Returns: false where PostgreSQL refused the script.
  func step(_ script: String) throws -> Bool {
    let executed: [ExecutedStatement]
    do {
      executed = try scratch.run(script: script)
    } catch let error as PostgreSQLEngineError {
      refusal = error.description
      try checkUntouched(by: script)
      return false
    }
    scripts.append(script)
    let next = try scratch.capture(after: last, statements: executed)
    try check(next)
    try record(next)
    last = next
    return true
  }

  /// A refused script leaves all but sequences as they were.
  private func checkUntouched(by script: String) throws {
    let after = try scratch.capture(after: last, statements: [ExecutedStatement(sql: script)])
    try require("a refused script changes nothing", last.schema, after.schema)
    let isTable: (ObjectPath) -> Bool = { $0.kind == .table }
    if last.rows.tables.filter({ isTable($0.key) }) != after.rows.tables.filter({ isTable($0.key) })
    {
      throw Finding(check: "a refused script changes no rows", differences: [])
    }
    last = after
  }

  private func check(_ next: Capture) throws {
    let operations = try SchemaDiff.operations(
      from: last.schema, to: next.schema, lineage: next.lineage)
    var folded = last.schema
    try folded.fold(operations)
    try require("the operations fold to what the engine shows", next.schema, folded)
    try folded.fold(operations.reversed().compactMap(\.inverse))
    try require("the inverses undo the operations", last.schema, folded)
  }

  private func record(_ next: Capture) throws {
    let id = RevisionID("r\(ids.count)")
    try history.record(
      [
        Recording(
          draft: RevisionDraft(id: id, parents: ids.suffix(1)), change: .capture(next))
      ], by: "random")
    ids.append(id)
    try require("the store gives back what was captured", next.schema, history.schema(at: id))
    let fingerprint = try history.fingerprint(at: id)
    let known = fingerprints.updateValue(fingerprint, forKey: next.schema)
    if known ?? fingerprint != fingerprint {
      throw Finding(check: "equal schemas have equal fingerprints", differences: [])
    }
  }

  /// What was captured bit by bit is what a reading of the whole catalog shows.
  func checkAgainstFreshReading() throws {
    let whole = try BaselineCheck.read(scratch)
    try require("a capture is a reading of the whole catalog", whole.schema, last.schema)
    if whole.rows != last.rows {
      throw Finding(
        check: "captured rows are those of a whole reading",
        differences: BaselineCheck.difference(whole.rows, last.rows))
    }
    let recorded = try history.rows(at: ids.last ?? RevisionID(""))
    if recorded != last.rows {
      throw Finding(
        check: "the store gives back the rows",
        differences: BaselineCheck.difference(last.rows, recorded))
    }
    if try last.schema.fingerprint != history.fingerprint(at: ids.last ?? RevisionID("")) {
      throw Finding(check: "a schema made at once has the same fingerprint", differences: [])
    }
  }

  func checkBaseline() throws {
    let differences = try BaselineCheck(original: scratch, capture: last).differences()
    if !differences.isEmpty { throw Finding(check: "the baseline", differences: differences) }
  }

  func verify() throws {
    let report = try history.verify(full: true)
    let findings = report.findings.map { "\($0.severity) \($0.place): \($0.message)" }
    if !findings.isEmpty || report.replayedCount != ids.count {
      throw Finding(
        check: "the store verifies, \(report.replayedCount) of \(ids.count) replayed",
        differences: findings)
    }
  }

  private func require(_ check: String, _ expected: Schema, _ found: Schema) throws {
    if expected == found { return }
    throw Finding(check: check, differences: BaselineCheck.difference(expected, found))
  }
}
