import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

/// All pages are sound and all hashes right here: only the events tell that something else is not.
@Suite("What is kept beside the events")
struct DerivedStateTests {
  /// Changes one database of a log as its writer would, but for what it says.
  private func edit(
    _ bed: StoreBed, _ name: String, _ change: (WriteTransaction, Database) throws -> Void
  ) throws {
    let environment = try Environment.open(path: bed.store + "/log")
    let database = try environment.database(name, create: false)
    let meta = try environment.database(Keys.meta, create: false)
    try environment.write { transaction in
      try change(transaction, database)
      var state = try StoreState(try #require(try transaction.get(meta, Keys.state)))
      state.transaction = try transaction.number
      try transaction.put(meta, key: Keys.state, value: state.bytes)
    }
  }

  private func expectDamage(
    _ bed: StoreBed, _ words: String, _ comment: Comment? = nil
  ) throws {
    let report = try History.verify(at: bed.store)
    let lines = report.findings.map { "\($0.severity.rawValue): \($0.place): \($0.message)" }
    #expect(report.isDamaged && lines.contains { $0.contains(words) }, comment ?? "\(lines)")
  }

  private func tagged(isCut: Bool = true) throws -> StoreBed {
    let bed = try StoreBed(isCut: isCut)
    for words in [
      ["tag", "v1", "005"], ["tag", "v2", "004"], ["tag", "v3"], ["tag", "--delete", "v3"],
    ] {
      let ending = try bed.run(words)
      try #require(ending.code == 0, "\(ending.errors)")
    }
    try #require(!History.verify(at: bed.store, full: true).isDamaged)
    return bed
  }

  @Test("is the state: what it says otherwise than the events is damage")
  func state() throws {
    let changes: [(String, (inout StoreState) -> Void)] = [
      ("root", { $0.root = nil }), ("root", { $0.root = "004" }),
      ("heads", { $0.heads = ["004"] }), ("heads", { $0.heads.append("004") }),
      ("segments", { $0.segments = [] }),
      ("segments", { $0.segments[0].reference.revisionCount += 1 }),
      ("segments", { $0.segments[0].truncation = EventSequence(2) }),
      ("tool's table", { $0.runners = [RunnerTable(name: "x", definition: "")] }),
      ("tables that are kept", { $0.keptTables = ["x"] }),
      ("chain", { $0.firstSequence = $0.firstSequence.next }),
    ]
    let bed = try tagged()
    try bed.keep()
    for (words, change) in changes {
      try bed.withState { change(&$0) }
      try expectDamage(bed, words)
      try bed.reset()
    }
  }

  @Test("is the tags: one that is gone, moved or made up is damage")
  func tags() throws {
    let bed = try tagged()
    try bed.keep()
    let changes: [(WriteTransaction, Database) throws -> Void] = [
      { _ = try $0.delete($1, Array("v1".utf8)) },
      { try $0.put($1, key: Array("v1".utf8), value: Array("004".utf8)) },
      { try $0.put($1, key: Array("v3".utf8), value: Array("005".utf8)) },
      { try $0.put($1, key: Array("v4".utf8), value: Array("005".utf8)) },
    ]
    for change in changes {
      try edit(bed, Keys.tags, change)
      try expectDamage(bed, "tag v")
      try bed.reset()
    }
  }

  @Test("is the index: an entry that is gone or says something else is damage, the root's too")
  func entries() throws {
    let bed = try tagged()
    try bed.keep()
    func change(_ id: String, _ body: @escaping (inout RevisionEntry) -> Void) throws {
      try edit(bed, Keys.revisions) { transaction, database in
        let key = Array(id.utf8)
        var entry = try RevisionEntry(try #require(try transaction.get(database, key)))
        body(&entry)
        try transaction.put(database, key: key, value: entry.bytes)
      }
      try expectDamage(bed, "revision \(id)")
      try bed.reset()
    }
    for id in ["003", "004"] {
      try change(id) { $0.sequence = EventSequence($0.sequence.value - 1) }
      try change(id) { $0.operationCount += 1 }
      try change(id) { $0.rows = nil }
      try change(id) { $0.dependsOn = ["005"] }
    }
    for id in ["003", "004"] {
      try edit(bed, Keys.revisions) { _ = try $0.delete($1, Array(id.utf8)) }
      try expectDamage(bed, "revision \(id)")
      try bed.reset()
    }
  }

  @Test("... and the texts of migrations: one that is gone, or another's, is damage")
  func texts() throws {
    for isCut in [false, true] {
      let bed = try tagged(isCut: isCut)
      try bed.keep()
      let history = try History.open(at: bed.store)
      for id: RevisionID in ["004", "005"] {
        let hash = try #require(try history.knownSources()[id]?.up)
        try edit(bed, Keys.nodes) { _ = try $0.delete($1, hash.bytes) }
        try expectDamage(bed, "the text of ")
        try bed.reset()
      }
    }
  }

  @Test("is what each revision touched: an entry less or more is damage")
  func touches() throws {
    let bed = try tagged()
    try bed.keep()
    let path = ObjectPath.table("t4")
    let sequence = try #require(
      try Store.open(at: bed.store).read { try $0.touches(of: path) }.first)
    try edit(bed, Keys.touches) { _ = try $0.delete($1, Keys.touch(path, sequence)) }
    try expectDamage(bed, "touches")
    try bed.reset()
    try edit(bed, Keys.touches) {
      try $0.put($1, key: Keys.touch(path, EventSequence(1)), value: [])
    }
    try expectDamage(bed, "touches")
  }

  @Test("is told also where a segment is missing, as far as the rest goes")
  func withoutSegment() throws {
    let bed = try tagged()
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: bed.store + "/archive").first)
    try FileManager.default.removeItem(atPath: bed.store + "/archive/" + name)
    let report = try History.verify(at: bed.store)
    #expect(report.findings.filter { $0.severity == .damage }.count == 1, "\(report.findings)")
    try bed.withState { $0.heads = ["004"] }
    try expectDamage(bed, "heads")
  }

  @Test("is the projection: what it says otherwise than the events is found")
  func projection() throws {
    let bed = try tagged()
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    try bed.keep()
    // An index that says otherwise than its table.
    let index = ".imposter object_changes_until imposter"
    for sql in [
      ["UPDATE revisions SET author = 'Eve' WHERE id = '002'"],
      ["DELETE FROM tags WHERE name = 'v1'"],
      ["UPDATE object_texts SET structure = replace(structure, 'INTEGER', 'TEXT')"],
      ["UPDATE object_changes SET until = 3"],
      ["UPDATE object_paths SET name = 'u' WHERE name = 't1'"],
      ["DELETE FROM event_object_keys WHERE sequence = 3"],
      ["UPDATE events SET summary = 'x' WHERE sequence = 4"],
      [index, "UPDATE imposter SET position = 9 WHERE position = 2"],
      [index, "DELETE FROM imposter WHERE position = 1"],
    ] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["sqlite3", bed.store + "/projection.sqlite"] + sql
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      let report = try History.verify(at: bed.store)
      #expect(report.isStale && !report.isDamaged, "\(sql): \(report.findings)")
      try bed.reset()
    }
  }

  @Test(
    "An older log is rolled back, by what the projection or the archive knows, and no verb hides it"
  )
  func rolledBack() throws {
    let bed = try StoreBed()
    let log = bed.store + "/log/data.mdb"
    let old = try Data(contentsOf: URL(fileURLWithPath: log))
    try #require(bed.run(["tag", "v1"]).code == 0)
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    try old.write(to: URL(fileURLWithPath: log))
    #expect(try bed.run(["verify"]).code == 3)
    try expectDamage(bed, "rolled back")
    // A question follows the log, and keeps what the projection knew.
    #expect(try bed.run(["query", "SELECT count(*) FROM tags"]).code == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: bed.store)
        .contains { $0.hasPrefix("projection.sqlite.old-") })

    // A segment of a cut that the log does not know, of events that it does not have.
    let other = try StoreBed()
    try FileManager.default.createDirectory(
      atPath: other.store + "/archive", withIntermediateDirectories: true)
    try other.write("x", other.store + "/archive/1-900-123456789abc.segment")
    try expectDamage(other, "rolled back")
  }

  @Test("A meta page with a wrong number is told, which hides the last commit from LMDB")
  func metaPages() throws {
    let bed = try StoreBed()
    let log = URL(fileURLWithPath: bed.store + "/log/data.mdb")
    for name in ["v1", "v2"] { try #require(bed.run(["tag", name]).code == 0) }
    let whole = try Data(contentsOf: log)
    for page in [0, 1] {
      for bit in 0..<64 {
        var bytes = whole
        bytes[page * 4096 + 144 + bit / 8] ^= 1 << UInt8(bit % 8)
        try bytes.write(to: log)
        let ending = try History.verify(at: bed.store)
        #expect(ending.isDamaged, "page \(page), bit \(bit)")
      }
    }
    try whole.write(to: log)
    #expect(try !History.verify(at: bed.store).isDamaged)
    // A copy without free pages counts anew.
    try #require(bed.run(["compact"]).code == 0)
    #expect(try !History.verify(at: bed.store).isDamaged)
    try #require(bed.run(["tag", "v3"]).code == 0)
    #expect(try !History.verify(at: bed.store).isDamaged)
  }

  @Test("init makes nothing where any part of a store is")
  func initialisation() throws {
    let bed = try StoreBed(isCut: true)
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    try bed.keep()
    let log = bed.store + "/log/data.mdb"
    let changes: [() throws -> Void] = [
      {}, { try FileManager.default.removeItem(atPath: bed.store + "/log") },
      { try drop(bed, Keys.state) },
      { try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: log)) },
      {
        let half = try Data(contentsOf: URL(fileURLWithPath: log)).prefix(40_000)
        try half.write(to: URL(fileURLWithPath: log))
      },
    ]
    for (number, change) in changes.enumerated() {
      do { try change() } catch {}
      let before = try files(bed)
      let ending = try bed.run(["init"])
      #expect(ending.code != 0 && ending.code != nil, "\(number): \(ending.output)")
      #expect(try files(bed) == before, "\(number)")
      try bed.reset()
    }
    // One that was being made when its maker was killed is made to the end.
    try FileManager.default.removeItem(atPath: bed.store)
    try FileManager.default.createDirectory(
      atPath: bed.store + "/log", withIntermediateDirectories: true)
    #expect(try bed.run(["init"]).code == 0)
  }

  private func drop(_ bed: StoreBed, _ key: [UInt8]) throws {
    let environment = try Environment.open(path: bed.store + "/log")
    let meta = try environment.database(Keys.meta, create: false)
    try environment.write { _ = try $0.delete(meta, key) }
  }

  private func files(_ bed: StoreBed) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: bed.store)
    where !name.hasSuffix(".lock") && !name.hasSuffix("lock.mdb") {
      found[name] = FileManager.default.contents(atPath: bed.store + "/" + name)
    }
    return found
  }
}
