import Foundation
import GRDB
import SchemaHistory
import SchemaModel
import Testing

@Suite("What tells of a log that was set back")
struct WitnessTests {
  private func change(_ bed: StoreBed, _ sql: String) throws {
    let queue = try DatabaseQueue(path: bed.store + "/projection.sqlite")
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: sql)
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  @Test(
    "is no projection whose position is damaged: it is the one that is wrong",
    arguments: [
      "UPDATE projection_state SET last_sequence = 900",
      "UPDATE projection_state SET last_hash = replace(last_hash, substr(last_hash, 1, 1), 'f')",
      "UPDATE projection_state SET last_sequence = last_sequence - 1",
      "DELETE FROM events WHERE sequence = 3; UPDATE projection_state SET last_sequence = 900",
    ])
  func damagedPosition(sql: String) throws {
    let bed = try StoreBed(isCut: true)
    try #require(bed.run(["tag", "v1"]).code == 0)
    try change(bed, sql)
    let ending = try bed.run(["verify"])
    #expect(ending.code == 1 && ending.output.contains("stale: projection"), "\(ending.output)")
    #expect(!ending.output.contains("rolled back"), "\(ending.output)")
    let tagged = try bed.run(["tag", "v2"])
    #expect(tagged.code == 0, "\(tagged.errors)")
    #expect(try bed.run(["rebuild"]).code == 0)
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }

  @Test("is no projection of another history, and that is said")
  func foreign() throws {
    let (bed, other) = (try StoreBed(), try StoreBed())
    for _ in 0..<3 { try #require(other.run(["tag", "v1"]).code == 0) }
    for suffix in ["", "-wal", "-shm"] {
      let path = bed.store + "/projection.sqlite" + suffix
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.copyItem(
        atPath: other.store + "/projection.sqlite" + suffix, toPath: path)
    }
    let ending = try bed.run(["verify"])
    #expect(ending.code == 1 && ending.output.contains("another history"), "\(ending.output)")
    // Which of the two belongs here is not Strata's to say.
    #expect(try bed.run(["tag", "v2"]).code == 3)
    #expect(try bed.run(["rebuild"]).code == 0)
    #expect(try bed.run(["tag", "v2"]).code == 0)
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }

  @Test("is told without the advice to remove what may be all that is left of its events")
  func archive() throws {
    let bed = try StoreBed()
    let log = SalvageTests.log(bed)
    let old = try Data(contentsOf: log)
    try #require(bed.run(["truncate", "003"]).code == 0)
    try old.write(to: log)
    let ending = try bed.run(["verify"])
    #expect(ending.code == 3 && ending.output.contains("rolled back"), "\(ending.output)")
    #expect(!ending.output.contains("can be removed"), "\(ending.output)")
    #expect(ending.output.contains("verify --salvage DIR"), "\(ending.output)")
  }

  @Test("is a document, too, where a script asks for one and the store cannot be looked at")
  func document() throws {
    let bed = try StoreBed()
    let log = SalvageTests.log(bed)
    let clean = try Data(contentsOf: log)
    func document(_ code: Int32, _ severity: String, _ what: Comment) throws {
      let ending = try bed.run(["verify", "--json"])
      #expect(ending.code == code, "\(what): \(ending.errors)")
      let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
      #expect(found?["sound"] as? Bool == false, what)
      let findings = found?["findings"] as? [[String: String]]
      #expect(findings?.first?["severity"] == severity, what)
    }
    for count in [0, 100, 5000, clean.count - 5000] {
      try clean.prefix(count).write(to: log)
      try document(3, "damage", "\(count) bytes")
    }
    try FileManager.default.removeItem(at: log)
    try document(3, "damage", "no log")
    try FileManager.default.removeItem(atPath: bed.store + "/projection.sqlite")
    try document(2, "unreadable", "no store")
    try bed.link("log/data.mdb", to: bed.victim + "/precious")
    try document(4, "unreadable", "a link")
  }

  @Test("compact leaves permissions as they were, whatever the mask is")
  func modes() throws {
    let bed = try StoreBed(isCut: true)
    _ = try bed.run(["stats"])
    let names = ["log", "log/data.mdb", "log/lock.mdb"]
    func modes() throws -> [mode_t] {
      try names.map { name in
        var status = stat()
        try #require(stat("\(bed.store)/\(name)", &status) == 0, "\(name)")
        return status.st_mode & 0o7777
      }
    }
    for name in names { chmod("\(bed.store)/\(name)", name == "log" ? 0o775 : 0o664) }
    let ending = try bed.run(
      ["-c", "umask 077; exec '\(StoreBed.binary)' compact"], program: "/bin/sh")
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(try modes() == [0o775, 0o664, 0o664])
    #expect(try bed.run(["tag", "v1"]).code == 0)
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }

  @Test("a segment that may not be read is no damage", .enabled(if: geteuid() == 0))
  func forbidden() throws {
    let bed = try StoreBed(isCut: true)
    chmod(bed.root, 0o755)
    let archive = bed.store + "/archive"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: archive).first)
    chmod("\(archive)/\(name)", 0)
    chmod(bed.store + "/log/lock.mdb", 0o666)
    // The binary's folder need not be one that others may look into.
    let program = NSTemporaryDirectory() + "strata-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: StoreBed.binary, toPath: program)
    defer { try? FileManager.default.removeItem(atPath: program) }
    for verb in ["verify", "verify --salvage /tmp/strata-forbidden", "log", "schema --at 002"] {
      let words =
        ["--reuid", "65534", "--clear-groups", program]
        + verb.split(separator: " ").map(String.init)
      let ending = try bed.run(words, program: "/usr/bin/setpriv")
      #expect(ending.code == 4, "\(verb): \(ending.errors)")
      #expect(ending.errors.lowercased().contains("permission denied"), "\(verb): \(ending.errors)")
      #expect(!ending.errors.contains("damaged"), "\(verb): \(ending.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/strata-forbidden"))
  }

  @Test("no question takes away what tells that a log was set back")
  func questionOnOlderLog() throws {
    for spoil in ["", "remove", "empty"] {
      let bed = try StoreBed()
      let log = bed.store + "/log/data.mdb"
      let old = try Data(contentsOf: URL(fileURLWithPath: log))
      try #require(bed.run(["tag", "v1"]).code == 0)
      try #require(bed.run(["query", "SELECT 1"]).code == 0)
      try old.write(to: URL(fileURLWithPath: log))
      if spoil == "remove" {
        try FileManager.default.removeItem(atPath: bed.store + "/writer.lock")
      } else if spoil == "empty" {
        try bed.write("\n", bed.store + "/writer.lock")
      }
      for _ in 0..<2 {
        let asked = try bed.run(["query", "SELECT count(*) FROM tags"])
        #expect(asked.code == 0 && asked.errors.contains("rolled back"), "\(spoil): \(asked)")
        #expect(try bed.run(["verify"]).code == 3, "\(spoil)")
        #expect(try bed.run(["tag", "v2"]).code == 3, "\(spoil)")
      }
      #expect(try bed.run(["rebuild"]).code == 0)
      #expect(try bed.run(["tag", "v2"]).code == 0)
      #expect(try bed.run(["verify"]).code == 0)
    }
  }

  @Test("a projection that can neither be read nor emptied is made anew, and what it was is kept")
  func unreadableProjection() throws {
    let bed = try StoreBed()
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    for suffix in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: bed.store + "/projection.sqlite" + suffix)
    }
    let path = bed.store + "/projection.sqlite"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var setAsideCount = 0
    for page in 0..<(whole.count / 4096) {
      var damaged = whole
      damaged.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(count: 4096))
      for suffix in ["-wal", "-shm", ".damaged"] {
        try? FileManager.default.removeItem(atPath: path + suffix)
      }
      try damaged.write(to: URL(fileURLWithPath: path))
      let ending = try bed.run(["rebuild"])
      #expect(ending.code == 0, "page \(page): \(ending.errors)")
      let asked = try bed.run(["query", "SELECT count(*) FROM revisions"])
      #expect(asked.code == 0 && asked.output.contains("5"), "page \(page): \(asked)")
      let kept = FileManager.default.contents(atPath: path + ".damaged")
      if let kept {
        setAsideCount += 1
        #expect(kept == damaged, "page \(page)")
      }
    }
    #expect(setAsideCount > 0)
    #expect(try bed.run(["verify"]).code == 0)
  }

  @Test("a projection for which there is no room to compare it is not called sound")
  func uncompared() throws {
    let bed = try StoreBed()
    try #require(bed.run(["query", "SELECT 1"]).code == 0)
    let ending = try bed.run(
      ["-c", "ulimit -f 8; exec '\(StoreBed.binary)' verify"], program: "/bin/sh")
    #expect(ending.code == 4, "\(ending)")
    #expect(ending.output.contains("could not be compared"), "\(ending)")
    #expect(!ending.output.contains("Sound;"), "\(ending)")
    #expect(try bed.run(["verify"]).code == 0)
  }

  @Test("a salvage for which there is no room leaves nothing, and can be repeated")
  func room() throws {
    let bed = try StoreBed(isCut: true)
    let before = try FileManager.default.contentsOfDirectory(atPath: bed.project).sorted()
    for blocks in [1, 8, 40, 80] {
      let ending = try bed.run(
        ["-c", "ulimit -f \(blocks); exec '\(StoreBed.binary)' verify --salvage new"],
        program: "/bin/sh")
      #expect(
        ending.code == 4 && ending.errors.contains("ulimit -f"), "\(blocks): \(ending.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: bed.project).sorted() == before)
    }
    #expect(try bed.run(["verify", "--salvage", "new"]).code == 0)
  }
}
