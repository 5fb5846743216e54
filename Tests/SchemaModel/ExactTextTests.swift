import SchemaModel
import Testing

/// Texts that Unicode takes for the same, and that are other bytes.
private let twins = [
  ("caf\u{e9}", "cafe\u{301}"), ("\u{c5}ngstr\u{f6}m", "\u{212b}ngstr\u{f6}m"),
  ("\u{ac00}", "\u{1100}\u{1161}"), ("K", "\u{212a}"), ("q\u{323}\u{307}", "q\u{307}\u{323}"),
]

@Suite("Text is bytes")
struct ExactTextTests {
  private static func expectTwo<Value: Hashable>(
    _ make: (String) -> Value, _ location: SourceLocation = #_sourceLocation
  ) {
    for (one, other) in twins {
      #expect(make(one) == make(one), sourceLocation: location)
      #expect(make(one) != make(other), "\(make(one))", sourceLocation: location)
      #expect(Set([make(one), make(other)]).count == 2, sourceLocation: location)
    }
  }

  @Test("names and paths that differ only in Unicode form are two")
  func names() {
    Self.expectTwo { ExactText($0) }
    Self.expectTwo { RevisionID($0) }
    Self.expectTwo { ObjectPath.table($0) }
    Self.expectTwo { ObjectPath(.view, namespace: $0, name: "v") }
    Self.expectTwo { ObjectPath(.trigger, name: "t", table: $0) }
    Self.expectTwo { RunnerTable(name: $0, definition: "") }
    Self.expectTwo {
      FolderRewrite(
        format: .sql, directory: "/", added: [ExactText($0): ContentHash(0, 0, 0, 0)],
        removed: [:])
    }
  }

  @Test("a table is another one where any text of it has another Unicode form")
  func tables() {
    Self.expectTwo { Column(name: $0, type: "") }
    Self.expectTwo { Column(name: "a", type: $0) }
    Self.expectTwo { Column(name: "a", type: "", defaultExpression: $0) }
    Self.expectTwo { Column(name: "a", type: "", comment: $0) }
    Self.expectTwo { Column(name: "a", type: "", attributes: ["storage": $0]) }
    Self.expectTwo { Column(name: "a", type: "", attributes: [$0: ""]) }
    Self.expectTwo { Column.Generation(expression: $0, isStored: true) }
    Self.expectTwo { KeyPart("a", collation: $0) }
    Self.expectTwo { Constraint(name: $0, kind: .unique, parts: [KeyPart("a")]) }
    Self.expectTwo { Constraint(kind: .check, expression: $0) }
    Self.expectTwo {
      Constraint(kind: .foreignKey, reference: Constraint.Reference(table: "t", columns: [$0]))
    }
    Self.expectTwo { Table(columns: [], definition: $0) }
    Self.expectTwo { Table(columns: [Column(name: $0, type: "")]) }
    Self.expectTwo { Index(table: $0, parts: []) }
    Self.expectTwo { Index(table: "t", parts: [], predicate: $0) }
  }

  @Test("an object is another one where any text of it has another Unicode form")
  func objects() {
    Self.expectTwo { Definition(text: $0) }
    Self.expectTwo { Definition(text: "", members: ["a", $0]) }
    Self.expectTwo { SchemaObject(.definition(Definition(text: "")), comment: $0) }
    Self.expectTwo { SchemaObject(.definition(Definition(text: "")), owner: $0) }
    Self.expectTwo { SchemaObject(.definition(Definition(text: "")), grants: [$0]) }
    Self.expectTwo {
      SchemaObject(.definition(Definition(text: "")), partDependencies: [ExactText($0): []])
    }
    Self.expectTwo { Statement(sql: $0) }
    Self.expectTwo { RowSet(columns: [$0], rows: []) }
    Self.expectTwo { RowValue.text($0) }
    Self.expectTwo { Lineage(columns: [.table("t"): [ExactText($0): "a"]]) }
    Self.expectTwo { Lineage(replacedColumns: [.table("t"): [ExactText($0)]]) }
    Self.expectTwo { RenameColumn(table: .table("t"), name: $0, newName: "b") }
    Self.expectTwo { ReorderColumns(table: .table("t"), before: [$0], after: []) }
  }

  @Test("the order of texts is that of their bytes")
  func order() {
    let words =
      twins.flatMap { [$0.0, $0.1] } + ["cafz", "cafe", "", "Z", "z", "\u{10000}", "\u{ff5e}"]
    let byBytes = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(words.sorted().map { Array($0.utf8) } == byBytes.map { Array($0.utf8) })
    #expect(
      words.map { ExactText($0) }.sorted().map { Array($0.text.utf8) }
        == byBytes.map { Array($0.utf8) })
    let paths = words.map { ObjectPath.table($0) }.sorted()
    #expect(paths.map { Array($0.name.utf8) } == byBytes.map { Array($0.utf8) })
  }

  @Test("long texts are compared to their last byte, wherever that is")
  func lengths() {
    for length in 0..<40 {
      let text = String(repeating: "a", count: length)
      #expect(text == String(decoding: Array(text.utf8), as: UTF8.self))
      #expect(text + "\u{e9}" != text + "e\u{301}")
      #expect(text < text + "a")
      #expect(!(text + "a" < text))
      #expect("\u{e9}" + text != "e\u{301}" + text)
    }
  }

  @Test("a diff renames what changes its Unicode form, and folds to that very form")
  func renames() throws {
    for (one, other) in twins {
      let old = Schema([.table("t"): table([one])])
      let new = Schema([.table("t"): table([other])])
      let operations = try SchemaDiff.operations(
        from: old, to: new,
        lineage: Lineage(columns: [.table("t"): [ExactText(other): ExactText(one)]]))
      #expect(operations.map(\.kind) == ["rename column"])
      var folded = old
      try folded.fold(operations)
      #expect(folded == new)
      // Both at once, each with the other's name.
      let both = Schema([.table(one): table([one, other]), .table(other): table([other])])
      #expect(both.objects.count == 2)
      let swapped = Schema([.table(one): table([other, one]), .table(other): table([one])])
      var turned = both
      try turned.fold(try SchemaDiff.operations(from: both, to: swapped))
      #expect(turned == swapped)
    }
  }

  private func table(_ names: [String]) -> SchemaObject {
    SchemaObject(.table(Table(columns: names.map { Column(name: $0, type: "TEXT") })))
  }
}
