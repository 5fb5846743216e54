import SchemaModel
import Testing

@Suite("A column that takes the name of one that went")
struct OverwrittenColumnTests {
  private func told(
    _ old: [String], _ new: [String], _ renames: [ExactText: ExactText], unique: [String] = []
  ) throws -> [String] {
    func table(_ names: [String], _ unique: [String]) -> SchemaObject {
      SchemaObject(
        .table(
          Table(
            columns: names.map { Column(name: $0, type: "int") },
            constraints: unique.map { Constraint(kind: .unique, parts: [KeyPart($0)]) })))
    }
    let before = Schema([.table("t"): table(old, unique)])
    let after = Schema([.table("t"): table(new, [])])
    let operations = try SchemaDiff.operations(
      from: before, to: after, lineage: Lineage(columns: [.table("t"): renames]))
    var folded = before
    try folded.fold(operations)
    #expect(folded == after)
    return operations.map(\.summary)
  }

  @Test("is a drop of the one and a rename of the other")
  func overwritten() throws {
    #expect(
      try told(["a", "b", "c"], ["a", "b"], ["b": "c"])
        == ["drop column t.b", "rename column t.c to b"])
    #expect(
      try told(["b", "c"], ["b"], ["b": "c"], unique: ["b"])
        == ["drop constraint t UNIQUE (b)", "drop column t.b", "rename column t.c to b"])
    // A chain, of which the end is gone.
    #expect(
      try told(["a", "b", "c"], ["b", "c"], ["b": "a", "c": "b"])
        == ["drop column t.c", "rename column t.b to c", "rename column t.a to b"])
  }

  @Test("where both go on, each does under its new name")
  func swapped() throws {
    #expect(
      !(try told(["a", "b"], ["b", "a"], ["b": "a", "a": "b"])).contains { $0.hasPrefix("drop") })
  }
}
