import SchemaHistory
import SchemaModel

extension Product {
  /// A scratch database that holds a recorded revision, made from its baseline.
  /// - Returns: nil where it does not show exactly what was recorded.
  func rebuilt(
    _ id: RevisionID, _ history: History
  ) throws -> (scratch: E.Scratch, capture: Capture)? {
    let schema = try history.schema(at: id)
    let rows = try history.rows(at: id)
    let scratch = try engine().makeScratch()
    do {
      let statements =
        words.prelude(judgedBy: try history.revision(id).revision.engine)
        + (try words.baseline(schema, rows: rows, BaselineOptions()))
        + words.stamp(id, try history.runners())
      _ = try scratch.run(script: statements.map { words.terminated($0) + "\n" }.joined())
      let capture = try scratch.capture(
        after: Capture(schema: schema, rows: rows), statements: [])
      if capture.schema == schema { return (scratch, capture) }
      scratch.discard()
      return nil
    } catch {
      scratch.discard()
      throw error
    }
  }
}
