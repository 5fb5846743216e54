import Foundation
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("A history that was rewritten with all hashes right")
struct TamperTests {
  struct Rewriting: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var act: @Sendable (RewrittenHistory) throws -> Void
  }

  static let rewritings = [
    Rewriting(testDescription: "an event in the middle was changed") { try $0.giveAway("004") },
    Rewriting(testDescription: "the last events were replaced by others") { rewritten in
      try rewritten.takeBack(1)
      let ending = try rewritten.bed.run(["tag", "v3", "005"])
      try #require(ending.code == 0, "\(ending.errors)")
    },
    Rewriting(testDescription: "the last events were taken back") { try $0.takeBack(1) },
    Rewriting(testDescription: "a cut's archive was rewritten with the event that names it") {
      try $0.giveAwayArchived("002")
    },
  ]

  private func tagged() throws -> StoreBed {
    let bed = try StoreBed(isCut: true)
    for name in ["v1", "v2"] {
      let ending = try bed.run(["tag", name, "005"])
      try #require(ending.code == 0, "\(ending.errors)")
    }
    return bed
  }

  private func head(_ bed: StoreBed) throws -> LogHead {
    try History.open(at: bed.store, readOnly: true).logHead()
  }

  @Test("is sound by itself, and found by what was noted down", arguments: rewritings)
  func found(_ rewriting: Rewriting) throws {
    let bed = try tagged()
    let hash = "\(try head(bed).hash)"
    let checkpoint = try bed.run(["checkpoint"])
    try bed.write(checkpoint.output, bed.project + "/kept")
    let expected = [hash, String(hash.prefix(12)), "kept"]
    for word in expected {
      let ending = try bed.run(["verify", "--full", "--expect", word])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    }
    try rewriting.act(RewrittenHistory(bed: bed))
    let plain = try bed.run(["verify", "--full"])
    #expect(plain.code == 0 && plain.output.contains("Sound; checked"), "\(plain.output)")
    for word in expected {
      let ending = try bed.run(["verify", "--expect", word])
      #expect(ending.code == 3, "\(word): \(ending.output)")
      #expect(ending.output.contains("unexpected: \(word): "), "\(ending.output)")
      #expect(ending.output.contains("next: record nothing here"), "\(ending.output)")
    }
  }

  @Test("has heads of before that still stand, archived and restored ones too")
  func earlier() throws {
    let bed = try StoreBed()
    var words: [String] = []
    func note() throws {
      words += ["--expect", "\(try head(bed).hash)"]
      let name = "kept\(words.count)"
      try bed.write(try bed.run(["checkpoint"]).output, bed.project + "/" + name)
      words += ["--expect", name]
    }
    try note()
    for command in [
      ["truncate", "002"], ["truncate", "004"], ["tag", "v1"], ["restore"], ["tag", "v2"],
      ["restore"], ["truncate", "003"],
    ] {
      let ending = try bed.run(command)
      try #require(ending.code == 0, "\(command): \(ending.errors)")
      try note()
    }
    let ending = try bed.run(["verify"] + words)
    #expect(ending.code == 0, "\(ending.output)")
    #expect(ending.output.split(separator: "\n").count { $0.hasPrefix("as expected") } == 16)
  }

  @Test("is told from another history, and from one that was rolled back")
  func told() throws {
    let (bed, other) = (try tagged(), try StoreBed())
    let kept = try bed.run(["checkpoint"]).output
    try other.write(kept, other.project + "/kept")
    let foreign = try other.run(["verify", "--expect", "kept"])
    #expect(foreign.output.contains("kept: another history: expected strata/"))
    try bed.write(kept, bed.project + "/kept")
    try RewrittenHistory(bed: bed).takeBack(1)
    let back = try bed.run(["verify", "--expect", "kept"])
    #expect(back.output.contains("found 18: this history was rolled back"), "\(back.output)")
  }

  @Test("is told from what a checkpoint says of its last event")
  func checkpointHead() throws {
    let bed = try tagged()
    let kept = try bed.run(["checkpoint"]).output
    let hash = "\(try head(bed).hash)"
    for (other, code, words) in [
      (String(repeating: "0", count: 64), 3, "its line 'head' was changed"),
      ("\(hash.dropLast())\(hash.hasSuffix("0") ? 1 : 0)", 3, "its line 'head' was changed"),
      ("00000000", 2, "expected one line 'head'"), ("", 2, "expected one line 'head'"),
    ] {
      try bed.write(kept.replacing(hash, with: other), bed.project + "/kept")
      let ending = try bed.run(["verify", "--expect", "kept"])
      #expect(ending.code == Int32(code), "\(other): \(ending)")
      #expect((ending.output + ending.errors).contains(words), "\(other): \(ending)")
      #expect(!ending.output.contains("as expected"), "\(other): \(ending)")
    }
  }

  @Test(
    "is damage where the state alone has another version, and all else of it is as it was",
    arguments: [0, 2, 3, 9, 0x81, 0xFF] as [UInt8])
  func stateVersion(version: UInt8) throws {
    let bed = try SalvageTests.compactBed()
    let events = try bed.run(["log", "--json"]).output
    var bytes = try Data(contentsOf: SalvageTests.log(bed))
    let state = try Store.open(at: bed.store, readOnly: true).read { try $0.state().bytes }
    let place = try #require(bytes.range(of: Data(state)))
    try #require(bytes[place.lowerBound + 1] == 1)
    bytes[place.lowerBound + 1] = version
    try bytes.write(to: SalvageTests.log(bed))
    for words in [["verify"], ["verify", "--full"], ["log"], ["tag", "v1"]] {
      let ending = try bed.run(words)
      #expect(ending.code == 3, "\(words): \(ending)")
      #expect(!(ending.output + ending.errors).contains("newer Strata"), "\(words): \(ending)")
    }
    #expect(try bed.run(["verify", "--salvage", "new"]).code == 0)
    #expect(try bed.run(["--store", "new", "log", "--json"]).output == events)
  }

  @Test("is refused as newer, not called damaged, where its events have a newer version")
  func newer() throws {
    let bed = try StoreBed(isCut: true)
    try RewrittenHistory(bed: bed).write(bed.store + "/log", version: 3) { $0 }
    let ending = try bed.run(["verify"])
    #expect(ending.code == 4 && ending.errors.contains("use a newer Strata"), "\(ending)")
  }

  @Test("is asked by words that mean something", arguments: ["", "v1", "1f8f01c2a6d", "nothing"])
  func words(_ word: String) throws {
    let bed = try StoreBed()
    let ending = try bed.run(["verify", "--expect", word])
    #expect(ending.code == 2, "\(ending.output)\(ending.errors)")
    try bed.write("no checkpoint\n", bed.project + "/kept")
    #expect(try bed.run(["verify", "--expect", "kept"]).code == 2)
  }

  @Test("is asked by digits of any case, which must be of one event")
  func digits() throws {
    let bed = try StoreBed()
    let hash = "\(try head(bed).hash)"
    #expect(try bed.run(["verify", "--expect", hash.uppercased()]).code == 0)
    let json = try bed.run([
      "verify", "--json", "--expect", hash, "--expect", "\(hash.dropLast())0",
    ])
    let other = hash.hasSuffix("0") ? 0 : 3
    #expect(json.code == Int32(other))
    #expect(json.output.contains("\"sound\": \(other == 0)"), "\(json.output)")
  }
}
