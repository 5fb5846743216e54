import Foundation
import SchemaHistory
import SchemaModel
import Testing

/// What a segment held is still on pages of the log that nobody has written over.
@Suite("A salvage that finds again all that a lost segment held")
struct SalvagedUnchangedTests {
  /// A store whose newest segment is gone, by these cuts.
  private func lost(_ bed: StoreBed, after verbs: [[String]]) throws -> LogHead {
    for words in verbs {
      let ending = try bed.run(words, input: "CREATE TABLE t6 (a);")
      try #require(ending.code == 0, "\(words): \(ending.errors)")
    }
    let head = try History.open(at: bed.store, readOnly: true).logHead()
    let archive = bed.store + "/archive"
    let first = { (name: String) in Int(name.prefix { $0 != "-" }) ?? 0 }
    let newest = try FileManager.default.contentsOfDirectory(atPath: archive)
      .max { first($0) < first($1) }
    try FileManager.default.removeItem(atPath: "\(archive)/\(try #require(newest))")
    return head
  }

  private func expectWhole(_ bed: StoreBed, _ head: LogHead) throws {
    let ending = try bed.run(["verify", "--salvage", "new"])
    #expect(ending.code == 0 && ending.output.contains("nothing was lost"), "\(ending)")
    #expect(!ending.output.contains("written anew"), "\(ending.output)")
    #expect(try History.open(at: bed.project + "/new", readOnly: true).logHead() == head)
    #expect(try bed.run(["--store", "new", "verify", "--full"]).code == 0)
  }

  @Test("tells of no loss, and has the same head", arguments: [false, true])
  func same(isCutTwice: Bool) throws {
    let bed = try StoreBed(isCut: isCutTwice)
    // A later commit would write over what was archived.
    let head = try lost(bed, after: [["tag", "v1", "005"], ["truncate", "004"]])
    try expectWhole(bed, head)
    #expect(try bed.run(["--store", "new", "tag", "later"]).code == 0)
  }

  @Test("keeps the signatures of what is as it was")
  func signed() throws {
    let bed = try StoreBed()
    let key = try bed.run(
      ["genpkey", "-algorithm", "ed25519", "-out", "key.pem"], program: "/usr/bin/openssl")
    try #require(key.code == 0)
    let out = ["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"]
    try #require(bed.run(out, program: "/usr/bin/openssl").code == 0)
    let head = try lost(
      bed,
      after: [
        ["tag", "v1", "005", "--sign-key", "key.pem"],
        ["truncate", "003", "--sign-key", "key.pem"],
      ])
    try expectWhole(bed, head)
    #expect(try bed.run(["--store", "new", "verify", "--signed-by", "key.pub"]).code == 0)
  }

  @Test("tells of what is not there as it was, and of no more")
  func changed() throws {
    let bed = try StoreBed()
    // A cut that was taken back is not repeated.
    let verbs = [
      ["truncate", "003"], ["truncate", "004"], ["restore"], ["tag", "v1", "005"],
      ["truncate", "004"],
    ]
    let head = try lost(bed, after: verbs)
    let ending = try bed.run(["verify", "--salvage", "new"])
    let salvaged = try History.open(at: bed.project + "/new", readOnly: true)
    #expect((ending.code == 0) == (try salvaged.logHead() == head), "\(ending)")
    #expect(!ending.output.contains("found twice"), "\(ending)")
    #expect(try bed.run(["--store", "new", "verify", "--full"]).code == 0)
  }
}
