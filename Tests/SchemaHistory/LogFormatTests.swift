import DialectSQLite
import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("The log of a history")
struct LogFormatTests {
  @Test("begins with sequence 1 linked to zeros, and its state names both its ends")
  func ends() throws {
    let fixture = try HistoryTests.users()
    try fixture.history.truncate(
      fixture.history.planTruncation(at: "a003"), reason: "test", by: "tester")
    let store = try Store.open(at: fixture.store, readOnly: true)
    let segment = try #require(try fixture.history.segments().first).reference
    let archive = try ArchivedLog(segment, in: store.archivePath)
    let archived = try archive.read { log in
      (try log.event(EventSequence(1)), try log.event(segment.last), try log.state())
    }
    #expect(archived.0.previous == ContentHash(0, 0, 0, 0))
    #expect(archived.0.event.fact.kind == "opened")
    #expect(archived.1.hash == segment.lastHash)
    #expect(archived.2.lastSequence == segment.last && archived.2.heads == ["a003"])
    try store.read { log in
      let state = try log.state()
      #expect(state.firstSequence == segment.last.next)
      #expect(state.firstPrevious == segment.lastHash)
      #expect(try log.event(state.firstSequence).previous == segment.lastHash)
      #expect(try log.event(state.lastSequence).hash == state.lastHash)
      #expect(try log.recordBytes(state.lastSequence.next) == nil)
      #expect(try log.recordBytes(segment.last) == nil)
    }
  }

  @Test("is archived in a file that is named by its range and its SHA-256")
  func segmentNames() throws {
    let fixture = try HistoryTests.users()
    for cut in ["a002", "a004"] as [RevisionID] {
      try fixture.history.truncate(
        fixture.history.planTruncation(at: cut), reason: "test", by: "tester")
      try fixture.reopen()
    }
    let folder = fixture.store + "/archive/"
    let segments = try fixture.history.segments().map(\.reference)
    #expect(segments.count == 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == segments.map(\.name).sorted())
    for segment in segments {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + segment.name)))
      let hash = ContentHash(of: bytes)
      #expect(hash == segment.hash && UInt64(bytes.count) == segment.byteCount)
      #expect(
        segment.name
          == "\(segment.first.value)-\(segment.last.value)-\(hash.description.prefix(12)).segment")
    }
  }

  @Test("holds the rows that were there at each revision, apart from the fingerprint")
  func rows() throws {
    let fixture = try HistoryFixture()
    try fixture.record("a", "CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)")
    try fixture.record("b", "INSERT INTO t VALUES (1, 'one'), (2, 'two')")
    try fixture.record("c", "UPDATE t SET y = 'zwei' WHERE x = 2; DELETE FROM t WHERE x = 1")
    let history = fixture.history
    func rows(_ id: RevisionID) throws -> [[RowValue]] {
      try history.rows(at: id).tables[.table("t")]?.rows ?? []
    }
    #expect(try rows("a").isEmpty)
    #expect(try rows("b") == [[.integer(1), .text("one")], [.integer(2), .text("two")]])
    #expect(try rows("c") == [[.integer(2), .text("zwei")]])
    #expect(try history.fingerprint(at: "a") == history.fingerprint(at: "c"))
  }

  @Test("notes a migration tool's table in an event of its own, not in the schema")
  func runners() throws {
    let fixture = try HistoryFixture()
    let text = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
    fixture.keepOut("alembic_version")
    try fixture.record("a", "CREATE TABLE t (x); " + text)
    let history = fixture.history
    #expect(try history.schema(at: "a").paths == [.table("t")])
    #expect(try history.runners() == [RunnerTable(name: "alembic_version", definition: text)])
    let noted = try history.audit(AuditFilter(kinds: ["runner noted"]))
    #expect(noted.count == 1)
    try fixture.record("b", "CREATE TABLE u (x)")
    #expect(try history.audit(AuditFilter(kinds: ["runner noted"])) == noted)
  }

  @Test("is not read again for the objects that a recording ended with")
  func remembered() throws {
    let folder = NSTemporaryDirectory() + "strata-cache-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = try History.create(at: folder, dialect: .sqlite, by: "tester")
    let path = ObjectPath.table("t")
    let object = SchemaObject(.table(Table(columns: [Column(name: "x", type: "")])))
    func record(_ history: History, _ id: RevisionID, after parent: RevisionID?) throws {
      let column = Column(name: "c_\(id)", type: "")
      let operation: SchemaModel.Operation =
        parent == nil
        ? .createObject(CreateObject(path: path, object: object))
        : .addColumn(AddColumn(table: path, column: column, position: 1))
      let draft = RevisionDraft(id: id, parents: parent.map { [$0] } ?? [])
      try history.record([Recording(draft: draft, change: .operations([operation]))], by: "tester")
    }
    try record(history, "a", after: nil)
    let environment = try Environment.open(path: folder + "/log")
    let nodes = try environment.database(Keys.nodes, create: false)
    let key = ContentHash(of: ContentNode.bytes(of: object)).bytes
    try environment.write { _ = try $0.delete(nodes, key) }
    // Another value has to read it, and cannot.
    #expect(throws: HistoryError.self) { try record(History.open(at: folder), "b", after: "a") }
    try record(history, "b", after: "a")
    #expect(try history.object(path, at: "b")?.table?.columns.count == 2)
  }

  @Test("is read again for objects that a full cache let go of")
  func bounded() throws {
    let fixture = try HistoryFixture()
    try fixture.record("a", "CREATE TABLE t1 (x); CREATE TABLE t2 (x); CREATE TABLE t3 (x)")
    let store = try Store.open(at: fixture.store)
    let hashes = try (1...3).map { number in
      let object = try #require(try fixture.history.object(.table("t\(number)"), at: "a"))
      return ContentHash(of: ContentNode.bytes(of: object))
    }
    let cache = ObjectCache(countMax: 2)
    try store.read { log in for hash in hashes { _ = try cache.cached(hash, in: log) } }
    let environment = try Environment.open(path: fixture.store + "/log")
    let nodes = try environment.database(Keys.nodes, create: false)
    try environment.write { for hash in hashes { _ = try $0.delete(nodes, hash.bytes) } }
    try store.read { log in
      _ = try cache.cached(hashes[2], in: log)
      #expect(throws: StoreError.self) { try cache.cached(hashes[0], in: log) }
    }
  }
}
