import SchemaModel
import Testing

@Suite("Constraints without names, across a column's rename")
struct ConstraintPairTests {
  private func pairs(
    _ old: [String], _ new: [String], _ renames: [ExactText: ExactText], columns: [String]
  ) throws -> [String] {
    func table(_ checks: [String], _ columns: [String]) -> SchemaObject {
      SchemaObject(
        .table(
          Table(
            columns: columns.map { Column(name: $0, type: "") },
            constraints: checks.map { Constraint(kind: .check, expression: $0) })))
    }
    let former = columns.map { renames[ExactText($0)]?.text ?? $0 }
    let before = Schema([.table("t"): table(old, former)])
    let after = Schema([.table("t"): table(new, columns)])
    let operations = try SchemaDiff.operations(
      from: before, to: after, lineage: Lineage(columns: [.table("t"): renames]))
    var folded = before
    try folded.fold(operations)
    #expect(folded == after)
    return operations.compactMap { operation in
      guard case .alterConstraint(let change) = operation else { return nil }
      return "\(change.before.expression ?? "") -> \(change.after.expression ?? "")"
    }.sorted()
  }

  @Test("each goes on as the one that says the same")
  func renames() throws {
    #expect(
      try pairs(
        ["a > b", "length(a) > 0", "c <> 'a'"], ["length(zz) > 0", "zz > b", "c <> 'a'"],
        ["zz": "a"], columns: ["zz", "b", "c"])
        == ["a > b -> zz > b", "length(a) > 0 -> length(zz) > 0"])
    #expect(
      try pairs(
        ["a > 0", "b < 5"], ["b > 0", "a < 5"], ["a": "b", "b": "a"], columns: ["a", "b"])
        == ["a > 0 -> b > 0", "b < 5 -> a < 5"])
    #expect(
      try pairs(
        ["\u{e9} > 1", "x < \u{e9}"], ["e\u{301} > 1", "x < e\u{301}"], ["e\u{301}": "\u{e9}"],
        columns: ["e\u{301}", "x"])
        == ["x < \u{e9} -> x < e\u{301}", "\u{e9} > 1 -> e\u{301} > 1"].sorted())
    #expect(
      try pairs(
        ["A>1", "abs( [a] )>2"], ["\"0\" > 1", "abs(\"0\") > 2"], ["0": "a"], columns: ["0"])
        == ["A>1 -> \"0\" > 1", "abs( [a] )>2 -> abs(\"0\") > 2"])
  }
}
