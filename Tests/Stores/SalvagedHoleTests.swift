import Foundation
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("Behind a hole in the events")
struct SalvagedHoleTests {
  private func log(_ bed: StoreBed) -> URL { SalvageTests.log(bed) }

  /// Overwrites every copy of some bytes.
  private func erase(_ values: [Data], in file: URL) throws {
    var bytes = try Data(contentsOf: file)
    for value in values {
      while let range = bytes.range(of: value) {
        bytes.replaceSubrange(range, with: Data(repeating: 0xEE, count: value.count))
      }
    }
    try bytes.write(to: file)
  }

  private func record(_ bed: StoreBed, _ match: (Event.Fact) -> Bool) throws -> Data {
    var found: Data?
    try Store.open(at: bed.store, readOnly: true).read { log in
      try log.forEachRecord(from: EventSequence(0)) { _, bytes in
        if match(try EventRecord(bytes).event.fact) { found = Data(bytes) }
        return true
      }
    }
    return try #require(found)
  }

  private func revision(_ id: RevisionID) -> (Event.Fact) -> Bool {
    { if case .revisionRecorded(let revision) = $0 { revision.id == id } else { false } }
  }

  private func json(_ ending: StoreBed.Ending) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
  }

  @Test("revisions are carried over with their schemas, rows, texts, times and tags")
  func carried() throws {
    let bed = try SalvageTests.compactBed(isCut: false)
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let answers = [["schema", "--at", "005"], ["baseline", "005", "--data"], ["tag"]]
    let before = try answers.map { try bed.run($0).output }
    let texts = try ["002", "004", "005"].map { try bed.run(["show", $0, "--json"]).output }
    try erase([record(bed, revision("003"))], in: log(bed))
    let report = try check.run(bed.store, "003")
    #expect(report.losses.contains { $0.place == "event #8" && $0.message.contains("003") })
    let store = ["--store", check.target]
    for (words, expected) in zip(answers, before) {
      #expect(try bed.run(store + words).output == expected, "\(words)")
    }
    for (id, text) in zip(["002", "004", "005"], texts) {
      let shown = try bed.run(store + ["show", id, "--json"]).output
      for field in ["recorded", "recordedBy", "fingerprint", "up", "message", "source"] {
        let parts = [text, shown].map {
          $0.components(separatedBy: "\"\(field)\":").last?.prefix(20)
        }
        #expect(parts[0] == parts[1], "\(id): \(field)")
      }
    }
    let child = try bed.run(store + ["show", "004"])
    #expect(child.output.contains("its parent 003 is lost, it follows 002"), "\(child.output)")
    // The text of what is lost is written beside.
    #expect(report.files.count == 1)
    let text = try String(contentsOfFile: "\(check.target)/\(report.files[0])", encoding: .utf8)
    #expect(text.contains("t3"))
  }

  @Test("a revision of which only some operations are lost is told by its schema")
  func operations() throws {
    let bed = try SalvageTests.compactBed(isCut: false)
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    try erase(
      [
        record(bed) {
          if case .operation(let operation, _) = $0 {
            operation.summary.contains("t4")
          } else {
            false
          }
        }
      ], in: log(bed))
    let report = try check.run(bed.store, "an operation of 004")
    #expect(report.revisionCount == 5)
    #expect(report.losses.contains { $0.place == "revision 004" }, "\(report.losses)")
    #expect(try bed.run(["--store", check.target, "blame", "t4"]).output.contains("004"))
  }

  @Test("rows that are lost leave those of other tables")
  func rows() throws {
    let bed = try SalvageTests.compactBed(isCut: false)
    try bed.write(
      "CREATE TABLE own (a, b);\nINSERT INTO own VALUES (7, 'o' || 'nly here');",
      bed.migrations + "/006_own.sql")
    for words in [["import", "sql", "m"], ["compact"]] { try #require(bed.run(words).code == 0) }
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let other = "INSERT INTO \"t2\""
    try #require(bed.run(["baseline", "006", "--data"]).output.contains("only here"))
    try erase([Data("only here".utf8)], in: log(bed))
    let report = try check.run(bed.store, "rows of 006")
    #expect(report.revisionCount == 6)
    #expect(report.losses.contains { $0.message == "the rows of own are lost" }, "\(report.losses)")
    let baseline = try bed.run(["--store", check.target, "baseline", "006", "--data"]).output
    #expect(baseline.contains(other) && !baseline.contains("INSERT INTO \"own\""), "\(baseline)")
  }

  @Test("a text that is lost takes nothing else with it")
  func text() throws {
    let bed = try SalvageTests.compactBed(isCut: false)
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    try erase(
      [Data("CREATE TABLE t2 (a INTEGER, b TEXT);\nINSERT INTO t2 VALUES".utf8)], in: log(bed))
    let report = try check.run(bed.store, "the text of 002")
    #expect(report.revisionCount == 5)
    #expect(
      report.losses.contains { $0.message.contains("the text of 002_t.sql is lost") },
      "\(report.losses)")
  }

  @Test("a lost segment leaves what came after its cut, and a damaged one what it still holds")
  func segments() throws {
    let bed = try SalvageTests.compactBed()
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let archive = bed.store + "/archive"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: archive).first)
    let file = URL(fileURLWithPath: "\(archive)/\(name)")
    let clean = try Data(contentsOf: file)
    let head = try History.open(at: bed.store, readOnly: true).logHead()
    try FileManager.default.removeItem(at: file)
    let lost = try check.run(bed.store, "no segment")
    #expect(lost.revisionCount == 3, "the root of the cut, and two behind it")
    var wholeCount = 0
    let pageCount = clean.count / SalvageTests.pageSize
    for page in 0..<pageCount {
      var bytes = clean
      let start = page * SalvageTests.pageSize
      bytes.replaceSubrange(
        start..<start + SalvageTests.pageSize,
        with: Data(repeating: 0, count: SalvageTests.pageSize))
      try bytes.write(to: file)
      let report = try check.run(bed.store, "page \(page) of the segment")
      // It is made again, to the byte, where the page held nothing that is not told elsewhere.
      let made = FileManager.default.contents(atPath: "\(check.target)/archive/\(name)")
      #expect(report.isWhole == (made == clean && report.logHead == head), "page \(page)")
      wholeCount += report.isWhole ? 1 : 0
      let history = try History.open(at: check.target, readOnly: true)
      let revisions = try history.graph().entries.map(\.id)
      #expect(Set(["003", "004", "005"]).isSubset(of: revisions), "page \(page)")
    }
    #expect((1..<pageCount).contains(wholeCount), "\(wholeCount)")
  }

  @Test("a log that was set back is brought up from the archive, to the event")
  func archive() throws {
    let bed = try StoreBed()
    let old = try Data(contentsOf: log(bed))
    try #require(bed.run(["truncate", "005"]).code == 0)
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    try old.prefix(old.count / 2).write(to: log(bed))
    let report = try check.run(bed.store, "half of an older log")
    #expect(report.revisionCount == 5)
    #expect(report.origins.contains { $0.name.hasPrefix("archive/") })
  }

  @Test("events of which the projection holds all are made again, where they lead to its hash")
  func projection() throws {
    let bed = try StoreBed()
    try #require(bed.run(["tag", "v1", "003"]).code == 0)
    let old = try Data(contentsOf: log(bed))
    for words in [["tag", "v2 = x", "005"], ["tag", "v2", "004"], ["tag", "--delete", "v1"]] {
      _ = try bed.run(words)
    }
    let head = try bed.run(["log", "--json"]).output
    let tags = try bed.run(["tag"]).output
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    try old.write(to: log(bed))
    let ending = try bed.run(["verify", "--salvage", "new"])
    #expect(ending.code == 0 && ending.output.contains("from the projection"), "\(ending.output)")
    #expect(try bed.run(["--store", "new", "log", "--json"]).output == head)
    #expect(try bed.run(["--store", "new", "tag"]).output == tags)
    // One that says otherwise leads to another hash.
    let query = "UPDATE events SET actor = 'Eve' WHERE kind = 'tagged'"
    let changed = try bed.run(
      [bed.store + "/projection.sqlite", query], program: "/usr/bin/sqlite3")
    if changed.code == 0 {
      let other = try bed.run(["verify", "--salvage", "other", "--json"])
      #expect(other.code == 3)
      let losses = try #require(json(other)["losses"] as? [[String: String]])
      #expect(losses.contains { $0["message"]?.contains("not found") == true })
    }
  }

  @Test("a projection that `rebuild` kept is read too, where its hashes lead on from what there is")
  func keptProjection() throws {
    let bed = try StoreBed()
    try #require(bed.run(["tag", "v1", "003"]).code == 0)
    let old = try Data(contentsOf: log(bed))
    for words in [["tag", "v2", "004"], ["tag", "--delete", "v1"]] { _ = try bed.run(words) }
    let head = try bed.run(["log", "--json"]).output
    let tags = try bed.run(["tag"]).output
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    try old.write(to: log(bed))
    try #require(bed.run(["rebuild"]).code == 0)
    let ending = try bed.run(["verify", "--salvage", "new"])
    #expect(
      ending.code == 0 && ending.output.contains("2 events from projection.sqlite.old-#"),
      "\(ending)")
    #expect(try bed.run(["--store", "new", "log", "--json"]).output == head)
    #expect(try bed.run(["--store", "new", "tag"]).output == tags)
    // The log goes on otherwise: those are another history's, by whose leave is known.
    try #require(bed.run(["tag", "v3", "002"]).code == 0)
    let other = try bed.run(["tag"]).output
    let second = try bed.run(["verify", "--salvage", "second"])
    #expect(second.code == 0 && !second.output.contains("projection.sqlite.old"), "\(second)")
    #expect(try bed.run(["--store", "second", "tag"]).output == other)
  }

  @Test("an event in the middle is made again from a projection under another name")
  func middle() throws {
    let bed = try StoreBed()
    for words in [["tag", "v1", "003"], ["tag", "v2", "004"]] { _ = try bed.run(words) }
    let tags = try bed.run(["tag"]).output
    for words in [["query", "SELECT 1"], ["compact"]] { try #require(bed.run(words).code == 0) }
    for suffix in ["", "-wal"] {
      let path = bed.store + "/projection.sqlite"
      try? FileManager.default.moveItem(atPath: path + suffix, toPath: path + ".old-#1" + suffix)
    }
    try erase(
      [record(bed) { if case .tagged("v1", _) = $0 { true } else { false } }], in: log(bed))
    let ending = try bed.run(["verify", "--salvage", "new"])
    #expect(
      ending.code == 0 && ending.output.contains("1 event from projection.sqlite.old-#1"),
      "\(ending)")
    #expect(try bed.run(["--store", "new", "tag"]).output == tags)
  }

  @Test("signatures are not carried over, and that is said")
  func signatures() throws {
    let bed = try StoreBed()
    let key = bed.project + "/key.pem"
    let made = try bed.run(
      ["genpkey", "-algorithm", "ed25519", "-out", key], program: "/usr/bin/openssl")
    try #require(made.code == 0)
    for id in ["006", "007"] {
      let words = ["record", "-m", "x", "--id", id, "-", "--sign-key", key]
      try #require(bed.run(words, input: "CREATE TABLE t\(id) (a);").code == 0)
    }
    try #require(bed.run(["compact"]).code == 0)
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    try erase([record(bed, revision("004"))], in: log(bed))
    let report = try check.run(bed.store, "004 of a signed history")
    #expect(report.losses.contains { $0.place == "signatures" && $0.message.hasPrefix("2 ") })
  }

  @Test("a cut is made again, with what was archived")
  func cut() throws {
    let bed = try SalvageTests.compactBed()
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let archive = bed.store + "/archive"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: archive).first)
    let second = try #require(
      try Store.open(at: bed.store, readOnly: true).read { try $0.state().segments.first })
    let segment = try ArchivedLog(second.reference, in: archive)
    let event = try segment.read { log -> Data in
      let entry = try #require(try log.entry("002"))
      return try #require(try log.recordBytes(entry.sequence).map { Data($0) })
    }
    try erase([event], in: URL(fileURLWithPath: "\(archive)/\(name)"))
    let report = try check.run(bed.store, "002 in the segment")
    #expect(report.revisionCount == 4)
    let log = try bed.run(["--store", check.target, "archive"])
    #expect(log.code == 0 && log.output.contains("003"), "\(log.output)")
  }
}
