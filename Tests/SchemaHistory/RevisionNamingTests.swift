import SchemaHistory
import SchemaModel
import Testing

@Suite("Names of revisions and tags")
struct RevisionNamingTests {
  private func text(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was refused"
    } catch {
      return "\(error)"
    }
  }

  private func empty(_ id: RevisionID, _ parents: [RevisionID], labels: [String] = []) -> Recording
  {
    Recording(
      draft: RevisionDraft(id: id, parents: parents, labels: labels), change: .operations([]))
  }

  @Test("base is the empty schema, from which everything is added")
  func base() throws {
    let fixture = try HistoryTests.users()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    #expect(try history.schema(at: .base) == Schema())
    let summaries = try history.diff(from: .base, to: .revision("a001")).map(\.summary)
    #expect(summaries == ["create table users (id, mail)"])
    #expect(
      try history.diff(from: .revision("a001"), to: .base).map(\.summary) == ["drop table users"])
    #expect(
      text { _ = try history.resolve("base") }
        == "expected a revision, found 'base', which is the empty schema before the first one; the "
        + "first one is a001")
  }

  @Test("a range is from a place to a place, either of which may be left out")
  func ranges() throws {
    let fixture = try HistoryTests.users()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    let both = try #require(try history.range(named: "a001..a003"))
    #expect(both.from == .revision("a001") && both.to == .revision("a003"))
    let open = try #require(try history.range(named: "a003.."))
    #expect(open.from == .revision("a003") && open.to == .revision("a005"))
    let beginning = try #require(try history.range(named: "..head~1"))
    #expect(beginning.from == .base && beginning.to == .revision("a004"))
    #expect(try history.range(named: "a003") == nil)
    #expect(text { _ = try history.range(named: "a001...a003") }.contains("A..B, with two dots"))
    let log = try history.log(LogFilter(from: "a005", without: "a003")).map(\.id)
    #expect(log == ["a005", "a004"])
  }

  @Test("the beginning of an id is enough as soon as it is unique, and candidates are few")
  func prefixes() throws {
    let fixture = try HistoryFixture()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    try history.record([empty("x", []), empty("deadbeef", ["x"])], by: "tester")
    #expect(try history.resolve("d") == "deadbeef")
    try history.record((10..<30).map { empty(RevisionID("r\($0)"), ["deadbeef"]) }, by: "tester")
    #expect(
      text { _ = try history.resolve("r") }
        == "'r' names several revisions: r10, r11, r12, r13, r14, ...; write more of the id")
    #expect(throws: HistoryError.self) { try history.resolve("") }
  }

  @Test(
    "label@head is the head of the branch that the label is on; a revision may stand there, too")
  func labels() throws {
    let fixture = try HistoryFixture()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    try history.record(
      [
        empty("r1", []), empty("b1", ["r1"], labels: ["billing"]), empty("b2", ["b1"]),
        empty("s1", ["r1"], labels: ["shipping"]),
      ], by: "tester")
    #expect(try history.resolve("billing@head") == "b2")
    #expect(try history.resolve("shipping@head") == "s1")
    #expect(try history.resolve("billing") == "b1")
    #expect(try history.resolve("b1@head^") == "b1")
    #expect(text { _ = try history.resolve("r1@head") }.hasPrefix("expected one head, found 2"))
    #expect(text { _ = try history.resolve("nobody@head") }.hasPrefix("expected a revision"))
  }

  @Test("the second parent of a merge is its own name")
  func parents() throws {
    let fixture = try HistoryFixture()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    try history.record(
      [empty("r1", []), empty("a", ["r1"]), empty("b", ["r1"]), empty("m", ["a", "b"])],
      by: "tester")
    #expect(try history.resolve("m^2") == "b")
    #expect(try history.resolve("m^") == "a")
    #expect(text { _ = try history.resolve("m^3") }.hasSuffix("nearest: m^1 (a), m^2 (b)"))
  }

  @Test("a tag stays where it is until it is moved on purpose")
  func moving() throws {
    let fixture = try HistoryTests.users()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    #expect(try history.tag("v1", "a001", by: "tester") == nil)
    let count = try history.audit().count
    #expect(try history.tag("v1", "a001", by: "tester") == "a001")
    #expect(try history.audit().count == count)
    #expect(
      text { try history.tag("v1", "a002", by: "tester") }
        == "the tag v1 names a001 already; move it with --force, or give another name")
    #expect(try history.resolve("v1") == "a001")
    #expect(try history.tag("v1", "a002", moves: true, by: "tester") == "a001")
    #expect(try history.resolve("v1") == "a002")
  }

  @Test("neither a revision nor a label takes a tag's name, and a tag takes none of theirs")
  func taken() throws {
    let fixture = try HistoryTests.users()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    try history.tag("v1", "a001", by: "tester")
    try history.record([empty("b1", ["a005"], labels: ["billing"])], by: "tester")
    #expect(
      text { try history.record([empty("v1", ["b1"])], by: "tester") }
        == "'v1' cannot be the id of a revision: a tag of a001 has that name; `strata tag --delete v1` "
        + "frees it")
    #expect(
      text { try history.record([empty("b2", ["b1"], labels: ["v1"])], by: "tester") }
        .hasPrefix("'v1' cannot be a label of revision b2"))
    #expect(
      text { try history.tag("billing", "b1", by: "tester") }.contains("a label of the revision b1")
    )
    #expect(text { try history.tag("b1", "b1", by: "tester") }.contains("a revision has that id"))
    for name in ["HEAD", "base", "a^", "a..b", "x~1"] {
      #expect(
        text { try history.tag(name, "b1", by: "tester") }.contains("cannot be a tag"), "\(name)")
    }
    for id in ["HEAD", "a^2", "a~"] {
      #expect(
        text { try history.record([empty(RevisionID(id), ["b1"])], by: "tester") }
          .contains("cannot be the id"), "\(id)")
    }
  }

  @Test("a name that only looks like steps or a range stays a name")
  func likeNames() throws {
    let fixture = try HistoryFixture()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    try history.record([empty("2..3", []), empty("a^b", ["2..3"])], by: "tester")
    #expect(try history.resolve("2..3") == "2..3")
    #expect(try history.range(named: "2..3") == nil)
    #expect(try history.resolve("a^b") == "a^b")
    #expect(try history.resolve("a^b^") == "2..3")
  }
}
