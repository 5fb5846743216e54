import Foundation
import GRDB
import Projections
import SchemaModel
import Testing

@Suite struct ProjectionTests {
  let folder: Folder
  var history: History
  let projection: Projection

  init() throws {
    folder = try Folder()
    history = try History.sample()
    projection = try Projection.open(path: folder.file, readOnly: false)
    try projection.apply(history.facts, position: history.position)
  }

  private func truncation(at root: RevisionID, _ first: UInt64, _ last: UInt64) -> Truncation {
    Truncation(
      revision: Revision(
        draft: RevisionDraft(id: root), source: nil, snapshot: Fingerprint(hash(9)), rows: nil,
        operationCount: 0),
      schema: history.schemas[root] ?? Schema(),
      segment: SegmentReference(
        name: "0001.segment", hash: hash(8), byteCount: 100, first: EventSequence(first),
        last: EventSequence(last), lastHash: hash(7), revisionCount: 4),
      reason: "spring cleaning")
  }

  @Test(
    "A query with a place for a value is refused: SQLite would take NULL for it",
    arguments: [
      ("SELECT ?1", "?1"), ("SELECT ?", "?"), ("SELECT * FROM revisions WHERE id = :a", ":a"),
      ("SELECT id FROM revisions WHERE id IN (@b, $c)", "@b"),
    ])
  func parameters(sql: String, parameter: String) throws {
    let error = #expect(throws: ProjectionError.self) { try projection.query(sql) }
    #expect(error?.description.contains("without parameters, found \(parameter);") == true)
  }

  @Test("Revisions keep their order, their graph and their places on lines")
  func listsRevisions() throws {
    let sql = "SELECT ordinal, id, parents, is_head, line, position FROM revisions ORDER BY ordinal"
    #expect(
      try projection.lines(sql) == [
        #"1 | create_users | [] | 0 | 1 | 1"#,
        #"2 | add_email | ["create_users"] | 0 | 1 | 2"#,
        #"3 | add_notes | ["create_users"] | 0 | 2 | 2"#,
        #"4 | widen_name | ["add_email"] | 0 | 1 | 3"#,
        #"5 | merge | ["widen_name","add_notes"] | 0 | 1 | 4"#,
        #"6 | rename | ["merge"] | 1 | 1 | 5"#,
      ])
    #expect(
      try projection.lines("SELECT parent FROM revision_parents WHERE revision = 'merge'") == [
        "widen_name", "add_notes",
      ])
  }

  @Test("The schema at every revision is the one that was recorded")
  func givesEveryPast() throws {
    for (id, schema) in history.schemas {
      let expected = schema.paths.flatMap { path in
        (schema.objects[path]?.table?.columns ?? []).map { column in
          "\(path.name) | \(column.name) | \(column.type)"
        }
      }
      let sql = """
        SELECT table_name, name, type FROM columns_at WHERE revision = '\(id)'
        ORDER BY table_name, position
        """
      #expect(try projection.lines(sql) == expected, "\(id)")
    }
  }

  @Test("The present schema is the head's, and of each head where there are several")
  mutating func givesPresent() throws {
    let sql = "SELECT revision, name, column_count FROM tables ORDER BY revision, name"
    #expect(try projection.lines(sql) == ["rename | remarks | 1", "rename | users | 3"])
    let count = history.facts.count
    try history.record("side", parents: ["add_notes"], [create("side", ["a INTEGER"])])
    try projection.apply(Array(history.facts[count...]), position: history.position)
    #expect(
      try projection.lines(sql) == [
        "rename | remarks | 1", "rename | users | 3", "side | notes | 1", "side | side | 1",
        "side | users | 2",
      ])
    #expect(
      try projection.lines("SELECT line, position FROM revisions WHERE id = 'side'") == ["2 | 3"])
  }

  @Test("An object that is dropped and made again on another line is right on both")
  mutating func keepsLinesApart() throws {
    let users = try #require(history.schemas["create_users"]?.objects[.table("users")])
    let drop = SchemaModel.Operation.dropObject(DropObject(path: .table("users"), object: users))
    let count = history.facts.count
    try history.record("without", parents: ["create_users"], [drop])
    try history.record("again", parents: ["without"], [create("users", ["x INTEGER"])])
    try projection.apply(Array(history.facts[count...]), position: history.position)
    let sql = "SELECT name FROM columns_at WHERE table_name = 'users' AND revision = "
    #expect(try projection.lines(sql + "'without'") == [])
    #expect(try projection.lines(sql + "'again'") == ["x"])
    #expect(try projection.lines(sql + "'rename'") == ["id", "name", "email"])
    let changes =
      "SELECT revision, change FROM object_versions WHERE name = 'users' ORDER BY ordinal"
    #expect(
      try projection.lines(changes) == [
        "create_users | created", "add_email | altered", "widen_name | altered",
        "without | dropped", "again | created",
      ])
  }

  @Test("Every event is one readable line with the objects it touches")
  func listsEvents() throws {
    #expect(
      try projection.lines(
        "SELECT sequence, kind, revision, object_kind, name FROM events WHERE sequence IN (1, 4, 5, 13)"
      ) == [
        "1 | opened | - | - | -",
        "4 | revision recorded | add_email | - | -",
        "5 | add column | add_email | table | users",
        "13 | rename table | rename | table | notes",
      ])
    #expect(
      try projection.lines("SELECT name FROM event_objects WHERE sequence = 13 ORDER BY name") == [
        "notes", "remarks",
      ])
    #expect(
      try projection.lines("SELECT summary FROM events WHERE sequence = 4") == [
        "add_email do add_email"
      ])
  }

  @Test("Tags come, move and go")
  mutating func followsTags() throws {
    history.event(.tagged(name: "v1", revision: "add_email"))
    history.event(.tagged(name: "v2", revision: "merge"))
    history.event(.tagged(name: "v1", revision: "merge"))
    history.event(.tagDeleted(name: "v2"))
    try projection.apply(history.facts, position: history.position)
    #expect(try projection.lines("SELECT name, revision FROM tags") == ["v1 | merge"])
  }

  @Test("Truncation marks what is archived, all but its root, and restoring takes the mark away")
  mutating func marksArchived() throws {
    let archived = "SELECT id FROM revisions WHERE is_archived ORDER BY ordinal"
    let cut = history.next
    history.event(.truncated(truncation(at: "widen_name", 1, 9)))
    try projection.apply(history.facts, position: history.position)
    #expect(try projection.lines(archived) == ["create_users", "add_email", "add_notes"])
    #expect(try projection.lines("SELECT count(*) FROM events WHERE is_archived") == ["9"])
    #expect(
      try projection.lines("SELECT root, reason, is_restored FROM truncations") == [
        "widen_name | spring cleaning | 0"
      ])
    history.event(
      .restored(Restoration(segment: truncation(at: "widen_name", 1, 9).segment, truncation: cut)))
    try projection.apply(history.facts, position: history.position)
    #expect(try projection.lines(archived) == [])
    #expect(try projection.lines("SELECT is_restored FROM truncations") == ["1"])
  }

  @Test("A truncated history whose segment is gone begins with its root's schema")
  mutating func beginsAtRoot() throws {
    let cut = Event(
      sequence: history.next, time: history.time, actor: "Ada",
      fact: .truncated(truncation(at: "merge", 1, 11)))
    history.next = history.next.next
    let count = history.facts.count
    try history.record("later", parents: ["merge"], [create("late", ["a INTEGER"])])
    try projection.reset()
    try projection.apply([.event(cut)] + history.facts[count...], position: history.position)
    #expect(
      try projection.lines("SELECT name FROM tables ORDER BY name") == ["late", "notes", "users"])
    #expect(
      try projection.lines("SELECT id, first_parent, is_head FROM revisions ORDER BY ordinal") == [
        "merge | - | 0", "later | merge | 1",
      ])
    #expect(try projection.check().problems == [])
  }

  @Test("Feeding the same facts again, or older ones, changes nothing")
  func ignoresKnown() throws {
    let before = try projection.check()
    try projection.apply(history.facts, position: history.position)
    try projection.apply(Array(history.facts.prefix(2)), position: (EventSequence(3), hash(3)))
    #expect(try projection.check() == before)
    let position = try #require(try projection.position)
    #expect(position.sequence == history.position.0 && position.hash == history.position.1)
  }

  @Test("Applying in one go and fact by fact give the same rows")
  func isIncremental() throws {
    let other = try Folder()
    let stepwise = try Projection.open(path: other.file, readOnly: false)
    for fact in history.facts {
      try stepwise.apply([fact], position: (last(of: fact), hash(1)))
    }
    for relation in ["revisions", "events", "event_objects", "objects_at", "lines"] {
      let sql = "SELECT * FROM \(relation) ORDER BY 1, 2, 3"
      #expect(try stepwise.query(sql) == projection.query(sql), "\(relation)")
    }
  }

  private func last(of fact: ProjectedFact) -> EventSequence {
    switch fact {
    case .event(let event): event.sequence
    case .revision(let revision): revision.operations.last?.0 ?? revision.sequence
    }
  }

  @Test("A fact that cannot be applied leaves the projection as it was")
  func appliesWhole() throws {
    let before = try projection.check()
    var twice = try History.sample()
    twice.next = history.next
    twice.facts = []
    try twice.record("new", [create("new", ["a INTEGER"])])
    try twice.record("merge", [create("other", ["a INTEGER"])])
    #expect(throws: ProjectionError.self) {
      try projection.apply(twice.facts, position: twice.position)
    }
    #expect(try projection.check() == before)
  }

  @Test("Counts are told, and a row that was tampered with is named")
  func checks() throws {
    let check = try projection.check()
    #expect(check.revisionCount == 6 && check.headCount == 1 && check.eventCount == 13)
    #expect(check.lastSequence == EventSequence(13))
    #expect(check.problems == [])
    try DatabaseQueue(path: folder.file).write { db in
      try db.execute(
        sql: """
          DELETE FROM events WHERE sequence = 5;
          UPDATE revisions SET is_head = 1 WHERE id = 'merge';
          """)
    }
    #expect(
      try projection.check().problems == [
        "events: expected 13, found 12", "revision add_email has other operations than its 1",
        "revision merge is marked as a head",
      ])
  }
}
