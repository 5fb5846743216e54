import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("What another version of the engine shows otherwise")
struct SpellingTests {
  private static func schema(_ word: String, more: [Column] = []) -> Schema {
    var column = Column(name: "a", type: "integer")
    column.defaultExpression = "\(word)(1)"
    let check = Constraint(name: "positive", kind: .check, expression: "\(word)(a) > 0")
    let index = Index(table: "t", parts: [KeyPart("\(word)(a)", isExpression: true)])
    return Schema([
      .table("t"): SchemaObject(.table(Table(columns: [column] + more, constraints: [check]))),
      ObjectPath(.index, name: "t_a"): SchemaObject(.index(index)),
      ObjectPath(.view, name: "v"): SchemaObject(
        .definition(Definition(text: "SELECT \(word)(a) FROM t"))),
    ])
  }

  private static func capture(_ schema: Schema, _ engine: String) -> Capture {
    Capture(schema: schema, engine: engine)
  }

  private func withHistory(_ body: (History) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "strata-test-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = try History.create(
      at: folder + "/.strata", dialect: Dialect("postgresql"), by: "tester")
    let later = Column(name: "b", type: "text")
    let recordings = [
      ("r1", "Ada", Self.capture(Self.schema("old"), "Engine 1"), nil),
      (
        "r2", "Ben", Self.capture(Self.schema("new", more: [later]), "Engine 2"), Self.schema("new")
      ),
    ]
    var parents: [RevisionID] = []
    for (id, author, capture, inherited) in recordings {
      try history.record(
        [
          Recording(
            draft: RevisionDraft(id: RevisionID(id), parents: parents, author: author),
            change: .capture(capture), inherited: inherited)
        ], by: "tester")
      parents = [RevisionID(id)]
    }
    try body(history)
  }

  @Test("is recorded before the revision's own operations, which are counted without it")
  func recorded() throws {
    try withHistory { history in
      let revision = try history.revision("r2").revision
      let operations = try history.operations(of: "r2")
      #expect(revision.spellingCount == operations.filter(\.isSpelling).count)
      #expect(
        operations.filter { !$0.isSpelling }.map(\.operation.summary) == ["add column t.b text"])
      #expect(operations.last?.isSpelling == false)
      #expect(revision.ownOperationCount == 1)
      #expect(revision.spellingCount == 4)
      #expect(revision.warnings.count == 1)
      #expect(
        try history.schema(at: "r2") == Self.schema("new", more: [Column(name: "b", type: "text")]))
      #expect(try history.verify(full: true).findings.isEmpty)
    }
  }

  @Test("is nobody's in blame, log and audit")
  func nobodys() throws {
    try withHistory { history in
      let lines = try history.blame(.table("t"), at: "r2")
      #expect(
        Dictionary(grouping: lines, by: \.shaped.id).mapValues { $0.map(\.name) }
          == ["r1": ["a", "positive", "t_a"], "r2": ["b"]])
      let view = ObjectPath(.view, name: "v")
      #expect(try history.log(LogFilter(objectPath: view)).map(\.id) == ["r1"])
      #expect(try history.log(LogFilter(objectPath: .table("t"))).map(\.id) == ["r2", "r1"])
      #expect(try history.audit(AuditFilter(object: "v", author: "Ben")).isEmpty)
      let entries = try history.audit(AuditFilter(object: "v", author: "Engine 2"))
      #expect(entries.map(\.summary) == ["alter view v: another definition (as Engine 2 shows it)"])
      #expect(entries.map(\.author) == [nil] && entries.map(\.spelledBy) == ["Engine 2"])
    }
  }

  @Test("is in the log of a column no touch of it, and in SQL it says what it is")
  func asked() throws {
    try withHistory { history in
      let column = ObjectName(path: .table("t"), column: "a")
      #expect(try history.log(LogFilter(), of: column).map(\.id) == ["r1"])
      let rows = try history.query(
        "SELECT count(*) FROM events WHERE summary LIKE '% (as Engine 2 shows it)'"
      ).rows
      #expect("\(rows)".contains("4"))
    }
  }
}
