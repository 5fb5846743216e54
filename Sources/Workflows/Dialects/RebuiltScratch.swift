import SchemaHistory
import SchemaModel

/// A scratch database that holds a recorded revision, made from its baseline.
struct RebuiltScratch<Scratch: ScratchDatabase> {
  var scratch: Scratch
  /// What the engine shows of it.
  var capture: Capture
  /// Whether another version of the engine judged the revision.
  var isJudgedAnew: Bool
}

extension Product {
  /// - Returns: nil where it does not show exactly what was recorded, but for what another version
  ///   of the engine shows otherwise.
  func rebuilt(
    _ id: RevisionID, _ history: History
  ) throws -> RebuiltScratch<E.Scratch>? {
    try rebuilt(id, history, as: history.schema(at: id))
  }

  /// - Parameter schema: what is made in the place of what was recorded.
  func rebuilt(
    _ id: RevisionID, _ history: History, as schema: Schema
  ) throws -> RebuiltScratch<E.Scratch>? {
    let rows = try history.rows(at: id)
    let judge = try history.revision(id).revision.engine
    let scratch = try engine().makeScratch()
    do {
      let (made, stamp) = words.stamped(
        try words.baseline(schema, rows: rows, BaselineOptions()), id, try history.runners())
      let statements = words.prelude(judgedBy: judge) + made + stamp
      _ = try scratch.run(script: statements.map { words.terminated($0) + "\n" }.joined())
      let capture = try scratch.capture(
        after: Capture(schema: schema, rows: rows), statements: [])
      let isJudgedAnew = words.isOther(judge, than: capture.engine)
      if capture.schema == schema
        || isJudgedAnew && words.unrendered(schema).isEmpty && capture.rows == rows
      {
        return RebuiltScratch(scratch: scratch, capture: capture, isJudgedAnew: isJudgedAnew)
      }
      scratch.discard()
      return nil
    } catch {
      scratch.discard()
      throw error
    }
  }
}

extension DialectWords {
  /// Whether two versions of an engine may show one schema otherwise; of one that is not known
  /// nothing is said.
  func isOther(_ engine: String?, than other: String?) -> Bool {
    guard let one = spelling(judgedBy: engine), let two = spelling(judgedBy: other) else {
      return false
    }
    return one != two
  }
}
