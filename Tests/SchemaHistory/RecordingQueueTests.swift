import SchemaHistory
import SchemaModel
import Testing

@Suite("A queue of recordings")
struct RecordingQueueTests {
  private func recording(_ number: Int, on parent: Int?, tables: Int) -> Recording {
    var schema = Schema()
    for table in 0..<tables {
      schema.objects[.table("t\(table)")] = SchemaObject(
        .table(Table(columns: [Column(name: "x", type: "INT")])))
    }
    return Recording(
      draft: RevisionDraft(
        id: RevisionID("r\(number)"), parents: parent.map { [RevisionID("r\($0)")] } ?? []),
      change: .capture(Capture(schema: schema)))
  }

  @Test("records all that it is given, in its order, and waits for it")
  func order() throws {
    let fixture = try HistoryFixture()
    let queue = RecordingQueue(fixture.history, by: "tester")
    for number in 0..<40 {
      try queue.record(recording(number, on: number > 0 ? number - 1 : nil, tables: number))
    }
    let recorded = try queue.finish()
    #expect(recorded.map(\.id.text) == (0..<40).map { "r\($0)" })
    #expect(recorded.map(\.revision.operationCount) == [0] + [Int](repeating: 1, count: 39))
    try fixture.reopen()
    #expect(try fixture.history.heads() == ["r39"])
    #expect(try fixture.history.schema(at: "r7").objects.count == 7)
  }

  @Test("keeps what came before a recording that fails, says why, and records nothing after it")
  func failure() throws {
    let fixture = try HistoryFixture()
    let queue = RecordingQueue(fixture.history, by: "tester")
    for number in 0..<3 {
      try queue.record(recording(number, on: number > 0 ? number - 1 : nil, tables: number))
    }
    try queue.record(recording(1, on: 2, tables: 9))
    try? queue.record(recording(4, on: 2, tables: 4))
    let calls: [() throws -> Void] = [
      { try queue.wait() }, { try queue.record(recording(5, on: 2, tables: 5)) },
      { _ = try queue.finish() },
    ]
    for call in calls {
      #expect {
        try call()
      } throws: { error in
        if case HistoryError.duplicateRevision("r1") = error { true } else { false }
      }
    }
    try fixture.reopen()
    #expect(try fixture.history.heads() == ["r2"])
  }
}
