import Foundation
import Projections
import SchemaHistory
import SchemaModel
import Testing

@Suite("A history")
struct HistoryTests {
  /// Five revisions with a rename of a table and of a column, an index, a trigger and rows.
  static func users() throws -> HistoryFixture {
    let fixture = try HistoryFixture()
    try fixture.record(
      "a001", "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL)", at: "2024-01-01")
    try fixture.record(
      "a002", "ALTER TABLE users ADD COLUMN age INT; CREATE INDEX ix_age ON users (age)",
      author: "Bob <bob@example.org>", at: "2024-02-01")
    try fixture.record(
      "a003",
      """
      ALTER TABLE users RENAME TO people;
      ALTER TABLE people RENAME COLUMN mail TO email;
      INSERT INTO people (email, age) VALUES ('root@example.org', 1)
      """, at: "2024-03-01")
    try fixture.record(
      "a004",
      """
      CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT COLLATE NOCASE);
      CREATE TRIGGER people_log AFTER INSERT ON people BEGIN INSERT INTO log (what) VALUES ('new'); END
      """, at: "2024-04-01")
    try fixture.record(
      "a005", "CREATE VIEW adults AS SELECT * FROM people WHERE age > 17", at: "2024-05-01")
    return fixture
  }

  @Test("gives the schema at every revision")
  func schemaAtEveryRevision() throws {
    let history = try Self.users().history
    #expect(try history.schema(at: "a001").table("users")?.columns.map(\.name) == ["id", "mail"])
    #expect(
      try history.schema(at: "a003").table("people")?.columns.map(\.name) == ["id", "email", "age"])
    #expect(try history.object(.table("users"), at: "a003") == nil)
    #expect(try history.rows(at: "a003").rowCount == 1)
    #expect(try history.rows(at: "a002").rowCount == 0)
    #expect(try history.verify(full: true).findings.map { "\($0.place): \($0.message)" } == [])
  }

  @Test("keeps renames in a diff over several revisions")
  func diffKeepsRenames() throws {
    let history = try Self.users().history
    let forward = try history.diff(from: "a001", to: "a003").map(\.summary)
    #expect(forward.contains("rename table users to people"))
    #expect(forward.contains("rename column people.mail to email"))
    let backward = try history.diff(from: "a003", to: "a001").map(\.summary)
    #expect(backward.contains("rename table people to users"))
    #expect(backward.contains("rename column users.email to mail"))
  }

  @Test("names the revision that shaped each part of a table")
  func blame() throws {
    let history = try Self.users().history
    let lines = try history.blame(.table("people"), at: "a005")
    let short = lines.map { "\($0.part) \($0.name) \($0.shaped.id) \($0.created.id)" }
    #expect(
      short == [
        "column id a001 a001", "column email a003 a001", "column age a002 a002",
        "constraint PRIMARY KEY (id) a001 a001", "index ix_age a002 a002",
        "trigger people_log a004 a004",
      ])
  }

  @Test("names revisions as people do")
  func naming() throws {
    let fixture = try Self.users()
    let history = fixture.history
    try history.tag("v1.0", "a003", by: "tester")
    #expect(try history.resolve("head") == "a005")
    #expect(try history.resolve("head~2") == "a003")
    #expect(try history.resolve("HEAD^^") == "a003")
    #expect(try history.resolve("head^~1") == "a003")
    #expect(try history.resolve("a005^0") == "a005")
    #expect(try history.point(named: "base") == .base)
    #expect(try history.resolve("v1.0") == "a003")
    #expect(try history.resolve("v1.0~1") == "a002")
    #expect(try history.resolve("@2024-03-15") == "a003")
    #expect(try history.resolve("@2024-03-01") == "a003")
    #expect(try history.resolve("#2") == "a001")
    #expect(throws: HistoryError.self) { try history.resolve("a00") }
    #expect(try history.resolve("@yesterday") == "a005")
    #expect(try history.resolve("@march 2024") == "a003")
    #expect(throws: HistoryError.self) { try history.resolve("yesterday") }
    #expect(throws: HistoryError.self) { try history.resolve("base") }
    #expect(throws: HistoryError.self) { try history.resolve("a003^2") }
    #expect(throws: HistoryError.self) { try history.resolve("head~9") }
  }

  @Test("refuses a writer that lost the race")
  func conflict() throws {
    let fixture = try Self.users()
    let stale = Recording(
      draft: RevisionDraft(id: "b001", parents: ["a004"]), change: .operations([]),
      expectedParents: ["a004"])
    #expect(throws: HistoryError.self) { try fixture.history.record([stale], by: "tester") }
    #expect(try fixture.history.heads() == ["a005"])
  }

  @Test("answers the same after truncation and after restoration")
  func truncation() throws {
    let fixture = try Self.users()
    let history = fixture.history
    let ids: [RevisionID] = ["a001", "a002", "a003", "a004", "a005"]
    let schemas = try ids.map { try history.schema(at: $0) }
    let blame = try history.blame(.table("people"), at: "a005").map { "\($0.name) \($0.shaped.id)" }
    let audit = try history.audit().map(\.summary)
    let plan = try history.planTruncation(at: "a003")
    #expect(plan.archived == ["a001", "a002", "a003"])
    #expect(plan.kept == ["a004", "a005"])
    try history.truncate(plan, reason: "test", by: "tester")
    try fixture.reopen()
    for round in ["truncated", "restored"] {
      let history = fixture.history
      #expect(try ids.map { try history.schema(at: $0) } == schemas, "\(round)")
      #expect(
        try history.blame(.table("people"), at: "a005").map { "\($0.name) \($0.shaped.id)" }
          == blame, "\(round)")
      #expect(try history.audit().map(\.summary).starts(with: audit), "\(round)")
      #expect(try history.log().map(\.id) == ids.reversed(), "\(round)")
      #expect(try history.diff(from: "a001", to: "a005").isEmpty == false)
      #expect(try history.verify(full: true).findings.map(\.message) == [], "\(round)")
      let counted = try history.query("SELECT count(*) FROM revisions").rows
      #expect(counted == [[.integer(5)]], "\(round)")
      if round == "truncated" {
        try history.restore(try history.planRestore(), by: "tester")
        try fixture.reopen()
      }
    }
  }

  @Test("can be truncated twice, recorded on, and put back step by step")
  func truncatedTwice() throws {
    let fixture = try Self.users()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a002"), by: "tester")
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a004"), by: "tester")
    try fixture.record("a006", "DROP VIEW adults")
    try fixture.reopen()
    let history = fixture.history
    #expect(try history.segments().count == 2)
    #expect(try history.schema(at: "a001").table("users") != nil)
    #expect(try history.verify(full: true).findings.map { "\($0.place): \($0.message)" } == [])
    try history.rebuild()
    #expect(try history.query("SELECT count(*) FROM revisions").rows == [[.integer(6)]])
    try history.restore(try history.planRestore(), by: "tester")
    #expect(try history.verify(full: true).findings.map { "\($0.place): \($0.message)" } == [])
    try history.restore(try history.planRestore(), by: "tester")
    #expect(try history.verify(full: true).findings.map { "\($0.place): \($0.message)" } == [])
    #expect(try history.segments().isEmpty)
    #expect(throws: HistoryError.self) { try history.planRestore() }
  }

  @Test("names the segment that is missing, and still knows what came after it")
  func missingSegment() throws {
    let fixture = try Self.users()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a003"), by: "tester")
    let name = try fixture.history.segments()[0].reference.name
    try FileManager.default.moveItem(
      atPath: fixture.store + "/archive/" + name, toPath: fixture.folder + "/" + name)
    try fixture.reopen()
    #expect(try fixture.history.schema(at: "a003").table("people") != nil)
    #expect(try fixture.history.object(.table("people"), at: "a005") != nil)
    #expect(try fixture.history.log().map(\.id) == ["a005", "a004", "a003"])
    #expect(try fixture.history.missingSegments().map(\.reference.name) == [name])
    try fixture.record("a006", "CREATE TABLE later (x)")
    #expect(try fixture.history.head() == "a006")
    #expect(throws: HistoryError.self) {
      try fixture.history.blame(.table("people"), at: "a005")
    }
    do {
      _ = try fixture.history.schema(at: "a001")
      Issue.record("an archived revision was found without its segment")
    } catch let error as HistoryError {
      #expect(error.description.contains(name))
      #expect(error.fault == .damaged)
    }
  }

  @Test("refuses a cut that a branch forbids, and names the nearest that works")
  func branchForbids() throws {
    let fixture = try Self.users()
    let side = Recording(
      draft: RevisionDraft(id: "b003", parents: ["a002"]), change: .operations([]))
    try fixture.history.record([side], by: "tester")
    do {
      _ = try fixture.history.planTruncation(at: "a003")
      Issue.record("the cut was planned")
    } catch let error as HistoryError {
      #expect(
        error.description
          == "cannot truncate at a003: b003 branches off at a002, before the cut. "
          + "The nearest cut that works is a002")
    }
  }

  @Test("gives space back")
  func compaction() throws {
    let fixture = try Self.users()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a003"), by: "tester")
    let heads = try fixture.history.heads()
    _ = try fixture.history.compact()
    try fixture.reopen()
    #expect(try fixture.history.heads() == heads)
    #expect(try fixture.history.verify(full: true).findings == [])
  }
}

@Suite("A history that is truncated again and again")
struct RepeatedTruncationTests {
  @Test("archives an earlier truncation with what it truncated, and puts all of it back")
  func archivedTruncation() throws {
    let fixture = try HistoryTests.users()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a005"), by: "tester")
    try fixture.record("a006", "CREATE TABLE more (x)")
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a006"), by: "tester")
    try fixture.record("a007", "CREATE TABLE most (x)")
    try fixture.reopen()
    let history = fixture.history
    #expect(try history.segments().map(\.root) == ["a005", "a006"])
    #expect(throws: HistoryError.self) { try history.planTruncation(at: "a005") }
    #expect(try history.revision("a005").isBaseline == false)
    #expect(try history.verify(full: true).findings.map(\.message) == [])
    try history.truncate(try history.planTruncation(at: "a007"), by: "tester")
    for _ in 0..<3 { try history.restore(try history.planRestore(), by: "tester") }
    #expect(try history.segments().isEmpty)
    #expect(try history.verify(full: true).findings.map(\.message) == [])
    #expect(try history.log().count == 7)
  }

  @Test("does not record a second time what lies in a segment that was taken away")
  func recordedAgain() throws {
    let fixture = try HistoryTests.users()
    try fixture.history.truncate(try fixture.history.planTruncation(at: "a003"), by: "tester")
    let segment = try fixture.history.segments()[0]
    try FileManager.default.moveItem(atPath: segment.path, toPath: fixture.folder + "/away")
    try fixture.reopen()
    let again = Recording(draft: RevisionDraft(id: "a001"), change: .operations([]))
    #expect(throws: HistoryError.self) { try fixture.history.record([again], by: "tester") }
    try fixture.history.tag("now", "a005", by: "tester")
    #expect(try fixture.history.resolve("now") == "a005")
  }

  @Test("blames two tables that changed names with each other")
  func swappedNames() throws {
    let fixture = try HistoryFixture()
    try fixture.record("a001", "CREATE TABLE a (x); CREATE TABLE b (y)")
    try fixture.record(
      "a002",
      "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b")
    let lines = try fixture.history.blame(.table("b"), at: "a002")
    #expect(lines.map { "\($0.name) \($0.created.id)" } == ["x a001"])
  }
}
