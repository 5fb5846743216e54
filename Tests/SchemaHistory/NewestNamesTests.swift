import SchemaHistory
import SchemaModel
import Testing

@Suite("The newest revisions")
struct NewestNamesTests {
  private func history() throws -> HistoryFixture {
    let fixture = try HistoryFixture()
    // Not in the order of their ids, and more than are kept while looking.
    for number in [7, 3, 9, 1, 8, 2, 6, 4, 5] {
      try fixture.record(RevisionID("a\(number)"), "CREATE TABLE t\(number) (a)")
    }
    try fixture.record("b1", "CREATE TABLE t10 (a)")
    return fixture
  }

  private func ids(_ found: [RevisionName]) -> [String] { found.map(\.id.text) }

  @Test("come newest first, however their ids are sorted")
  func order() throws {
    let history = try history().history
    #expect(
      ids(try history.newestRevisions(beginning: "", limit: 2)) == ["b1", "a5"])
    #expect(ids(try history.newestRevisions(beginning: "a", limit: 3)) == ["a5", "a4", "a6"])
    #expect(ids(try history.newestRevisions(beginning: "a1", limit: 3)) == ["a1"])
    #expect(try history.newestRevisions(beginning: "c", limit: 3) == [])
    let first = try history.newestRevisions(beginning: "b", limit: 1).first
    #expect(first?.revision?.message == "revision b1")
  }

  @Test("are of the archive too, unless it is large: then it is not opened")
  func archive() throws {
    let fixture = try history()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a8"), by: "tester")
    let all = try fixture.history.newestRevisions(beginning: "a", limit: 9)
    #expect(ids(all) == ["a5", "a4", "a6", "a2", "a8", "a1", "a9", "a3", "a7"])
    // What an archived one says is in its segment.
    #expect(
      all.map { $0.revision == nil } == [false, false, false, false]
        + Array(repeating: true, count: 5))
    let live = try fixture.history.newestRevisions(
      beginning: "a", limit: 9, archiveBytesMax: 100)
    #expect(ids(live) == ["a5", "a4", "a6", "a2", "a8"])
  }
}
