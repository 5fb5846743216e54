import DialectRegistry
import SchemaHistory
import SchemaModel

extension History {
  /// The dialect whose words this history speaks.
  /// - Throws: `UnknownDialect`.
  func words() throws -> any DialectWords { try Dialects.standard.words(of: dialect) }

  /// The product that its migrations run on.
  /// - Throws: `UnknownDialect`.
  func product(_ scratch: ScratchOptions = ScratchOptions()) throws -> any Product {
    let wing = try Dialects.standard.wing(of: dialect)
    return wing.product(scratch, runnerTables: try runnerTables()) { notice in
      Progress.clear()
      Console.note("strata: \(notice)")
    }
  }
}

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
