import EngineSQLite
import SchemaModel
import Testing

@Suite("Constraints of a captured table")
struct ConstraintTests {
  private func constraints(_ script: String) throws -> [Constraint] {
    let scratch = try SQLiteEngine().makeScratch()
    defer { scratch.discard() }
    let statements = try scratch.run(script: script)
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: statements)
    return capture.schema.table("t")?.constraints ?? []
  }

  @Test("that have one name, or are equal, are all there, in one order however they are written")
  func bag() throws {
    let parts = [
      "CONSTRAINT c CHECK (x > 0)", "CONSTRAINT c CHECK (y > 0)", "CHECK (x < 9)", "CHECK (x < 9)",
      "FOREIGN KEY (x) REFERENCES o (id) ON DELETE CASCADE",
      "FOREIGN KEY (x) REFERENCES o (id) ON DELETE CASCADE",
      "FOREIGN KEY (x) REFERENCES o (id) ON DELETE SET NULL",
    ]
    func written(_ parts: [String]) throws -> [Constraint] {
      try constraints(
        "CREATE TABLE o (id INTEGER PRIMARY KEY);"
          + "CREATE TABLE t (x INTEGER, y INTEGER, \(parts.joined(separator: ", ")))")
    }
    let found = try written(parts)
    #expect(found.count == parts.count)
    #expect(found.map(\.kind).filter { $0 == .foreignKey }.count == 3)
    #expect(found.filter { $0.name == "c" }.count == 2)
    #expect(try written(parts.reversed()) == found)
    #expect(try written(Array(parts[3...]) + Array(parts[..<3])) == found)
  }
}
