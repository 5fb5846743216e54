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

  @Test(
    "without names stay what they are when a column gets another name, whatever their order is then",
    arguments: [
      (
        ["a > b", "length(a) > 0", "b <> 'a'"], "a", "zz",
        ["a > b -> \"zz\" > b", "length(a) > 0 -> length(\"zz\") > 0"]
      ),
      (
        ["A > b", "abs(a) > 1", "c = a"], "a", "b2",
        ["A > b -> \"b2\" > b", "abs(a) > 1 -> abs(\"b2\") > 1", "c = a -> c = \"b2\""]
      ),
      (
        ["[a] > 1", "\"b\" > \"a\"", "c > `a`"], "a", "x y",
        ["\"b\" > \"a\" -> \"b\" > \"x y\"", "[a] > 1 -> \"x y\" > 1", "c > `a` -> c > \"x y\""]
      ),
      (["a > 0", "ä > 1", "ä < a"], "ä", "0", ["ä < a -> \"0\" < a", "ä > 1 -> \"0\" > 1"]),
      (
        ["a IN (1, 2)", "b IN (a, 2)", "'a' <> a"], "a", "b\"q",
        [
          "'a' <> a -> 'a' <> \"b\"\"q\"", "a IN (1, 2) -> \"b\"\"q\" IN (1, 2)",
          "b IN (a, 2) -> b IN (\"b\"\"q\", 2)",
        ]
      ),
    ])
  func renames(checks: [String], old: String, new: String, expected: [String]) throws {
    var session = try Session()
    let columns = ["a", "b", "c", "ä"].map { "\"\($0)\" INT" }
    try session.step(
      "CREATE TABLE t (\((columns + checks.map { "CHECK (\($0))" }).joined(separator: ", ")))")
    let quoted = new.replacing("\"", with: "\"\"")
    let operations = try session.step("ALTER TABLE t RENAME \"\(old)\" TO \"\(quoted)\"")
    let pairs = operations.compactMap { operation -> String? in
      guard case .alterConstraint(let change) = operation else { return nil }
      return "\(change.before.expression ?? "") -> \(change.after.expression ?? "")"
    }
    #expect(operations.filter { $0.kind.contains("constraint") }.count == pairs.count)
    #expect(pairs == expected)
  }
}
