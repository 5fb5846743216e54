import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("What belongs to a table")
struct TablePartTests {
  private static let table = ObjectPath.table("t", namespace: "a")
  private static let name = ObjectPath(.index, namespace: "a", name: "i")

  private func withHistory(_ schemas: [Schema], _ body: (History) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "strata-test-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = try History.create(
      at: folder + "/.strata", dialect: Dialect("postgresql"), by: "tester")
    var parents: [RevisionID] = []
    for (place, schema) in schemas.enumerated() {
      let id = RevisionID("r\(place)")
      try history.record(
        [
          Recording(
            draft: RevisionDraft(id: id, parents: parents),
            change: .capture(Capture(schema: schema)))
        ], by: "tester")
      parents = [id]
    }
    try body(history)
  }

  private static let content = SchemaObject(
    .table(Table(columns: [Column(name: "n", type: "integer")])))

  private static func index(_ attributes: [String: String]) -> SchemaObject {
    SchemaObject(.index(Index(table: "t", parts: [KeyPart("n")], attributes: attributes)))
  }

  @Test("an index was shaped by whoever gave it another method, and not by who clustered its table")
  func index() throws {
    let states: [[String: String]] = [[:], ["method": "gin"], ["method": "gin", "clustered": ""]]
    let schemas = states.map { Schema([Self.table: Self.content, Self.name: Self.index($0)]) }
    try withHistory(schemas) { history in
      let line = try #require(try history.blame(Self.table, at: "r2").last)
      #expect(line.shaped.id == "r1" && line.created.id == "r0")
      #expect(line.text == "create index a.i on t using gin (n)")
    }
  }

  @Test("is of this table, and of no other of its name")
  func dependents() throws {
    func part(
      _ kind: ObjectKind, _ name: String, in namespace: String = "a", of table: String? = "t",
      needs: [ObjectPath] = [], _ attributes: [String: String] = [:]
    ) -> (ObjectPath, SchemaObject) {
      let isWithin = [.trigger, .policy, .rule].contains(kind)
      return (
        ObjectPath(kind, namespace: namespace, name: name, table: isWithin ? table : nil),
        SchemaObject(
          .definition(Definition(table: table, text: name, attributes: attributes)),
          dependencies: needs)
      )
    }
    let other = ObjectPath.table("t", namespace: "b")
    var schema = Schema([
      Self.table: Self.content, other: Self.content, .table("u", namespace: "a"): Self.content,
      Self.name: Self.index([:]),
    ])
    for (path, object) in [
      part(.trigger, "g"), part(.policy, "p"), part(.rule, "r"),
      part(.statistics, "s", needs: [Self.table]), part(.statistics, "s2", needs: [other]),
      part(.trigger, "g", in: "b"), part(.trigger, "g", of: "u"), part(.view, "v", of: nil),
      part(.sequence, "q", of: nil, ["owned by": "a.t.n"]),
      part(.sequence, "q2", of: nil, ["owned by": "a.u.n"]), part(.sequence, "q3", of: nil),
    ] { schema.objects[path] = object }
    try withHistory([schema]) { history in
      let found = try history.dependents(of: Self.table, at: "r0") {
        $0.definition?.attributes["owned by"]?.hasPrefix("a.t.") ?? false
      }
      #expect(
        found.paths.map(\.description) == [
          "index a.i", "trigger a.t.g", "sequence a.q", "policy a.t.p", "rule a.t.r",
          "statistics a.s",
        ])
      for path in found.paths { #expect(found.objects[path] == schema.objects[path]) }
    }
  }
}
