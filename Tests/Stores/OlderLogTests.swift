import Foundation
import SchemaHistory
import SchemaModel
import Storage
import Testing

@Suite("A log that was set back")
struct OlderLogTests {
  private static let writing = [
    ["record", "-m", "x", "--id", "zz", "-"], ["tag", "q", "005"], ["tag", "--delete", "v0"],
    ["truncate", "002"], ["compact"], ["import", "sql", "m"],
  ]

  private func log(_ bed: StoreBed) -> URL { URL(fileURLWithPath: bed.store + "/log/data.mdb") }

  private func expectRefusals(_ bed: StoreBed, _ what: Comment) throws {
    let before = try Data(contentsOf: log(bed))
    for words in Self.writing {
      let ending = try bed.run(words, input: "CREATE TABLE zz (a);")
      #expect(ending.code == 3, what)
      #expect(ending.errors.contains("rolled back"), "\(words): \(ending.errors)")
      #expect(try Data(contentsOf: log(bed)) == before, what)
    }
    for words in [["log"], ["schema"], ["blame", "t1"], ["stats"]] {
      let ending = try bed.run(words)
      #expect(ending.code == 0 && ending.errors.contains("rolled back"), "\(words)")
    }
    #expect(try bed.run(["verify"]).code == 3, what)
    #expect(try bed.run(["query", "SELECT 1"]).code == 0, what)
    #expect(try bed.run(["verify"]).code == 3, "a question hides it")
  }

  @Test(
    "is not written to, and whoever asks it is told",
    arguments: [["tag", "v1"], ["record", "-m", "y", "--id", "yy", "-"], ["truncate", "003"]])
  func setBack(verb: [String]) throws {
    let bed = try StoreBed()
    try #require(bed.run(["tag", "v0", "001"]).code == 0)
    for follows in [true, false] {
      try bed.keep()
      let old = try Data(contentsOf: log(bed))
      try #require(bed.run(verb, input: "CREATE TABLE yy (a);").code == 0)
      try old.write(to: log(bed))
      if !follows {
        for suffix in ["", "-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: bed.store + "/projection.sqlite" + suffix)
        }
      }
      try bed.write("CREATE TABLE late (a);", bed.migrations + "/006_t.sql")
      try expectRefusals(bed, "\(verb), projection \(follows)")
      try bed.reset()
    }
  }

  @Test("is told by the projection and by a segment's name alone, too")
  func otherWitnesses() throws {
    let bed = try StoreBed()
    let old = try Data(contentsOf: log(bed))
    try bed.keep()
    try #require(bed.run(["tag", "v1"]).code == 0)
    try old.write(to: log(bed))
    try FileManager.default.removeItem(atPath: bed.store + "/writer.lock")
    let refused = try bed.run(["tag", "v2"])
    #expect(refused.code == 3 && refused.errors.contains("the projection"), "\(refused.errors)")
    try bed.reset()
    try FileManager.default.createDirectory(
      atPath: bed.store + "/archive", withIntermediateDirectories: true)
    try bed.write("x", bed.store + "/archive/1-900-123456789abc.segment")
    let other = try bed.run(["tag", "v2"])
    #expect(other.code == 3 && other.errors.contains("archive/1-900"), "\(other.errors)")
  }

  @Test("is another's where the projection has followed another event of the same number")
  func anothers() throws {
    let (bed, other) = (try StoreBed(), try StoreBed())
    for one in [bed, other] { try #require(one.run(["tag", "v1"]).code == 0) }
    try Data(contentsOf: log(other)).write(to: log(bed))
    let ending = try bed.run(["tag", "v2"])
    #expect(ending.code == 3 && ending.errors.contains("another event"), "\(ending.errors)")
  }

  @Test("stays another's whatever is asked of it, until somebody takes it as it is")
  func askedAnothers() throws {
    for spoil in ["nothing", "the projection", "later"] {
      let (bed, other) = (try StoreBed(), try StoreBed())
      for one in [bed, other] { try #require(one.run(["tag", "v1"]).code == 0) }
      let own = try Data(contentsOf: log(bed))
      if spoil == "later" { try #require(other.run(["tag", "v3"]).code == 0) }
      try Data(contentsOf: log(other)).write(to: log(bed))
      for _ in 0..<2 {
        let asked = try bed.run(["query", "SELECT count(*) FROM revisions"])
        #expect(asked.code == 0 && asked.errors.contains("another event"), "\(asked)")
        if spoil == "the projection" {
          try FileManager.default.removeItem(atPath: bed.store + "/projection.sqlite")
        }
        #expect(try bed.run(["log"]).errors.contains("another event"), "\(spoil)")
        #expect(try bed.run(["verify"]).code == 3, "\(spoil)")
        #expect(try bed.run(["tag", "v2"]).code == 3, "\(spoil)")
        #expect(try bed.run(["truncate", "002"]).code == 3, "\(spoil)")
      }
      let taken = try Data(contentsOf: log(bed))
      // The log that was seen is the one that belongs here, whatever was asked meanwhile.
      try own.write(to: log(bed))
      #expect(try bed.run(["query", "SELECT count(*) FROM revisions"]).code == 0, "\(spoil)")
      #expect(try bed.run(["tag", "v2"]).code == 0, "\(spoil)")
      #expect(try bed.run(["verify"]).code == 0, "\(spoil)")
      try taken.write(to: log(bed))
      #expect(try bed.run(["query", "SELECT 1"]).code == 0, "\(spoil)")
      #expect(try bed.run(["tag", "v4"]).code == 3, "\(spoil)")
      #expect(try bed.run(["rebuild"]).code == 0, "\(spoil)")
      #expect(try bed.run(["tag", "v4"]).code == 0, "\(spoil)")
      let end = try bed.run(["verify", "--full"])
      #expect(end.code == 0, "\(spoil): \(end)")
      #expect(try bed.run(["log"]).errors.isEmpty, "\(spoil)")
    }
  }

  @Test("what a projection of another history had seen stays known, too")
  func askedForeign() throws {
    let (bed, other) = (try StoreBed(), try StoreBed())
    try #require(other.run(["query", "SELECT 1"]).code == 0)
    for suffix in ["", "-wal", "-shm"] {
      let path = bed.store + "/projection.sqlite" + suffix
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.copyItem(
        atPath: other.store + "/projection.sqlite" + suffix, toPath: path)
    }
    #expect(try bed.run(["tag", "v1"]).code == 3)
    #expect(try bed.run(["query", "SELECT 1"]).code == 0)
    #expect(try bed.run(["tag", "v1"]).code == 3)
    #expect(try bed.run(["rebuild"]).code == 0)
    #expect(try bed.run(["tag", "v1"]).code == 0)
  }

  @Test("is the newest there is from the moment that somebody makes the projection anew of it")
  func accepted() throws {
    let bed = try StoreBed()
    let old = try Data(contentsOf: log(bed))
    try #require(bed.run(["tag", "v1"]).code == 0)
    try old.write(to: log(bed))
    try #require(bed.run(["tag", "v2"]).code == 3)
    #expect(try bed.run(["rebuild"]).code == 0)
    #expect(try bed.run(["tag", "v2"]).code == 0)
    let log = try bed.run(["log"])
    #expect(log.code == 0 && log.errors.isEmpty, "\(log.errors)")
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }
}
