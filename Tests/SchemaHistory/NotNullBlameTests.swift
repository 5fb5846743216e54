import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("Blame of a NOT NULL that has a name")
struct NotNullBlameTests {
  @Test("goes to who made the column so, and not to who gave the constraint another name")
  func renamed() throws {
    let folder = NSTemporaryDirectory() + "strata-test-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = try History.create(
      at: folder + "/.strata", dialect: Dialect("postgresql"), by: "tester")
    let states: [NotNull?] = [
      nil, NotNull(), NotNull(name: "t_a_not_null"), NotNull(name: "mine"),
      NotNull(name: "mine", comment: "why"),
    ]
    var parents: [RevisionID] = []
    for (place, notNull) in states.enumerated() {
      var column = Column(name: "a", type: "integer", isNullable: notNull == nil)
      column.notNull = notNull
      let schema = Schema([.table("t"): SchemaObject(.table(Table(columns: [column])))])
      let id = RevisionID("r\(place)")
      try history.record(
        [
          Recording(
            draft: RevisionDraft(id: id, parents: parents),
            change: .capture(Capture(schema: schema)))
        ], by: "tester")
      parents = [id]
    }
    let line = try #require(try history.blame(.table("t"), at: "r4").first)
    #expect(line.shaped.id == "r1")
    #expect(line.created.id == "r0")
    #expect(line.text == "a integer CONSTRAINT mine NOT NULL [not null comment: why]")
    #expect(
      try history.diff(from: "r1", to: "r3").filter { !$0.isAidOnly }.map(\.summary) == [])
    #expect(
      try history.diff(from: "r2", to: "r3").map(\.summary)
        == ["alter column t.a: NOT NULL constraint t_a_not_null -> mine"])
  }
}
