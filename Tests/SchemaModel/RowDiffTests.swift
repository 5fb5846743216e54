import SchemaModel
import Testing

@Suite("Rows that differ")
struct RowDiffTests {
  private func set(_ columns: [String], _ rows: [[RowValue]]) -> RowSet {
    RowSet(columns: columns, rows: rows)
  }

  @Test("are counted table by table, whatever the order of columns and rows")
  func counts() {
    let old = SeedRows([
      .table("same"): set(["a", "b"], [[.integer(1), .null], [.integer(2), .text("x")]]),
      .table("gone"): set(["a"], [[.integer(1)], [.integer(1)]]),
      .table("changed"): set(["a"], [[.text("x")], [.text("y")]]),
    ])
    let new = SeedRows([
      .table("same"): set(["b", "a"], [[.text("x"), .integer(2)], [.null, .integer(1)]]),
      .table("changed"): set(["a"], [[.text("y")], [.text("z")], [.text("z")]]),
      .table("new"): set(["a"], [[.null]]),
    ])
    #expect(
      old.differences(to: new).map(\.description) == [
        "rows of changed: 1 removed, 2 added", "rows of gone: 2 removed", "rows of new: 1 added",
      ])
    #expect(old.differences(to: old).isEmpty)
  }
}
