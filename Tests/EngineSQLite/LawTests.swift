import EngineSQLite
import SchemaModel
import DialectSQLite
import Testing

@Suite("The laws of capture, on random histories")
struct LawTests {
  /// Each step is folded, undone and checked in `Session.step`.
  @Test(
    "what is derived folds to what SQLite shows, goes back, and is made anew by the baseline",
    arguments: (0..<24).map { UInt64($0) &* 7919 })
  func laws(seed: UInt64) throws {
    var session = try Session()
    var generator = RandomDDL(random: SeededGenerator(state: seed))
    var refused = 0
    for number in 0..<60 {
      let script = generator.script(over: session.last.schema)
      do {
        try session.step(script)
      } catch let error as SQLiteEngineError {
        // A refused script leaves everything as it was.
        guard case .failed(let sql, _, _) = error else { throw error }
        #expect(script.contains(sql))
        refused += 1
        let after = try session.scratch.capture(after: session.last, statements: [])
        #expect(after.schema == session.last.schema, "seed \(seed), step \(number): \(script)")
      } catch {
        Issue.record("seed \(seed), step \(number): \(error)\n\(script)")
        return
      }
      if number % 15 == 14 { try checkBaseline(of: session, "seed \(seed), step \(number)") }
      try checkAgainstFreshCapture(session, "seed \(seed), step \(number)\n\(script)")
    }
    #expect(refused < 50, "seed \(seed): SQLite refused \(refused) of 60 scripts")
  }

  /// What was reused from the capture before must be what a capture from nothing reads.
  private func checkAgainstFreshCapture(_ session: Session, _ place: String) throws {
    let fresh = try session.scratch.capture(
      after: Capture(schema: Schema()),
      statements: [ExecutedStatement(sql: "INSERT INTO anything VALUES (1)")])
    #expect(fresh.schema == session.last.schema, "\(place)")
    #expect(Same.rows(fresh.rows, session.last.rows), "\(place)")
  }

  private func checkBaseline(of session: Session, _ place: String) throws {
    let other = try SQLiteEngine().makeScratch()
    let statements = SQLite.Render.baseline(session.last.schema, rows: session.last.rows)
    let executed = try other.run(script: statements.joined(separator: ";\n"))
    let copy = try other.capture(after: Capture(schema: Schema()), statements: executed)
    #expect(copy.schema == session.last.schema, "\(place)")
    #expect(Same.rows(copy.rows, session.last.rows), "\(place)")
    let drops = SQLite.Render.dropAll(copy.schema).joined(separator: ";\n")
    let empty = try other.capture(after: copy, statements: other.run(script: drops))
    #expect(empty.schema == Schema(), "\(place)")
  }
}

enum Same {
  /// Equal to the bit: Swift takes -0.0 for 0.0.
  static func rows(_ left: SeedRows, _ right: SeedRows) -> Bool {
    guard left == right else { return false }
    return left.tables.allSatisfy { path, set in
      zip(set.rows.joined(), (right.tables[path]?.rows ?? []).joined()).allSatisfy {
        if case .real(let a) = $0, case .real(let b) = $1 { return a.bitPattern == b.bitPattern }
        return true
      }
    }
  }
}
