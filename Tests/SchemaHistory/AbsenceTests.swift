import SchemaHistory
import SchemaModel
import Testing

@Suite("What is not there")
struct AbsenceTests {
  private func text(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "it is there"
    } catch {
      return "\(error)"
    }
  }

  private func changed() throws -> HistoryFixture {
    let fixture = try HistoryFixture()
    try fixture.record("r1", "CREATE TABLE a (x, y); CREATE TABLE b (x)", at: "2024-01-01")
    try fixture.record("r2", "ALTER TABLE a RENAME COLUMN x TO z", at: "2024-02-01")
    try fixture.record("r3", "ALTER TABLE a RENAME TO c; CREATE INDEX i ON b (x)", at: "2024-03-01")
    try fixture.record(
      "r4", "DROP INDEX i; DROP TABLE b; ALTER TABLE c DROP COLUMN y", at: "2024-04-01")
    try fixture.record("r5", "CREATE TABLE d (x)", at: "2024-05-01")
    return fixture
  }

  @Test(
    "is explained by what the history knows of it",
    arguments: [
      ("b", "r5", "table b was dropped in r4 (2024-04-01, Ada <ada@example.org>); try --at r4~1"),
      (
        "table:b", "r4",
        "table b was dropped in r4 (2024-04-01, Ada <ada@example.org>); try --at r4~1"
      ),
      ("i", "r5", "index i was dropped in r4 (2024-04-01, Ada <ada@example.org>); try --at r4~1"),
      (
        "a", "r5",
        "table a was renamed to c in r3 (2024-03-01, Ada <ada@example.org>); try c, or --at r3~1"
      ),
      ("d", "r1", "table d came later, in r5 (2024-05-01, Ada <ada@example.org>)"),
      (
        "a.x", "r2",
        "column a.x was renamed to a.z in r2 (2024-02-01, Ada <ada@example.org>); try a.z, or --at r2~1"
      ),
      (
        "c.y", "r5",
        "column c.y was dropped in r4 (2024-04-01, Ada <ada@example.org>); try --at r4~1"
      ),
      (
        "a.x", "r5",
        "table a was renamed to c in r3 (2024-03-01, Ada <ada@example.org>); try c"
      ),
    ])
  func explained(name: String, at id: String, why: String) throws {
    let fixture = try changed()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    #expect(
      text { _ = try history.object(named: name, at: RevisionID(id)) }
        == "expected an object of the schema, found none that '\(name)' names: \(why)")
  }

  @Test("is explained across a cut as well")
  func archived() throws {
    let fixture = try changed()
    let history = fixture.history
    try history.truncate(try history.planTruncation(at: "r4"), reason: "", by: "tester")
    #expect(
      text { _ = try history.object(named: "b", at: "r5") }.contains("was dropped in r4"))
  }

  @Test("is on another branch where that made it")
  func branches() throws {
    let fixture = try HistoryFixture()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    let table = SchemaObject(.table(Table(columns: [Column(name: "x", type: "")])))
    func draft(_ id: RevisionID, _ parents: [RevisionID]) -> RevisionDraft {
      RevisionDraft(id: id, parents: parents)
    }
    try history.record(
      [
        Recording(draft: draft("r1", []), change: .operations([])),
        Recording(
          draft: draft("left", ["r1"]),
          change: .operations([
            .createObject(CreateObject(path: .table("t"), object: table))
          ])),
        Recording(draft: draft("right", ["r1"]), change: .operations([])),
      ], by: "tester")
    #expect(
      text { _ = try history.object(named: "t", at: "right") }
        .contains("table t is of another branch, made in left"))
  }

  @Test("is a misspelling where it never was: of an object, of a column, of a kind")
  func misspelt() throws {
    let fixture = try HistoryTests.users()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    #expect(
      text { _ = try history.object(named: "peple", at: "a005") }.hasSuffix("nearest: people"))
    #expect(
      text { _ = try history.object(named: "people.emial", at: "a005") }
        .hasSuffix("nearest: people.email"))
    #expect(
      text { _ = try history.audit(AuditFilter(kinds: ["drop tabel"])) }
        .contains("found 'drop tabel'; nearest: drop table"))
    #expect(
      text { _ = try history.audit(AuditFilter(object: "peple")) }.hasSuffix("nearest: people"))
    // What was there under that name once has events.
    #expect(try !history.audit(AuditFilter(object: "users")).isEmpty)
  }

  @Test("every kind of an operation that is made can be asked for")
  func kinds() throws {
    let fixture = try changed()
    defer { withExtendedLifetime(fixture) {} }
    let history = fixture.history
    let kinds = Set(try history.audit().map(\.kind))
    #expect(kinds.isSubset(of: Event.Fact.kinds))
    #expect(Set(Event.Fact.kinds).count == Event.Fact.kinds.count)
  }
}
