import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite(
  "Signatures",
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "no openssl"))
struct SignatureTests {
  /// Makes a key as the documentation says; its public half is `NAME.pub`.
  private func makeKey(_ name: String, in bed: StoreBed) throws {
    for words in [
      ["genpkey", "-algorithm", "ed25519", "-out", name],
      ["pkey", "-in", name, "-pubout", "-out", name + ".pub"],
    ] {
      let ending = try bed.run(words, program: "/usr/bin/openssl")
      try #require(ending.code == 0, "\(ending.errors)")
    }
  }

  private func record(_ id: String, _ key: String?, in bed: StoreBed) throws {
    let ending = try bed.run(
      ["record", "--id", id, "-"] + (key.map { ["--sign-key", $0] } ?? []),
      input: "CREATE TABLE s\(id) (a);")
    try #require(ending.code == 0, "\(ending.errors)")
  }

  private func expect(
    _ code: Int32, _ words: String, of keys: [String], in bed: StoreBed, _ more: [String] = []
  ) throws {
    let ending = try bed.run(["verify"] + keys.flatMap { ["--signed-by", $0] } + more)
    #expect(
      ending.code == code && ending.output.contains(words), "\(ending.output)\(ending.errors)")
  }

  private func signed() throws -> StoreBed {
    let bed = try StoreBed()
    try makeKey("key", in: bed)
    try makeKey("other", in: bed)
    try expect(3, "signatures: expected some by ", of: ["key.pub"], in: bed)
    try record("006", "key", in: bed)
    return bed
  }

  @Test("are told by key, with what each vouches for")
  func told() throws {
    let bed = try signed()
    try record("007", "other", in: bed)
    let pem = try SigningKey(pem: String(contentsOfFile: bed.project + "/key", encoding: .utf8))
    let key = "\(pem.verifyingKey)"
    let both = ["key.pub", "other.pub"]
    try expect(0, "signed by \(key): 1 revision from 006 on", of: both, in: bed)
    try expect(
      0, "before the first signature, which vouches for them: 5 revisions", of: both, in: bed)
    try expect(0, "1 revision from 007 on", of: [key, "other"], in: bed)
    try expect(3, "(revision 007)", of: ["key.pub"], in: bed)
    try expect(0, "6 revisions", of: ["other.pub"], in: bed)
    let json = try bed.run(["verify", "--json", "--signed-by", key, "--signed-by", "other.pub"])
    #expect(json.output.contains("\"unsignedRevisions\": 5"), "\(json.output)")
  }

  @Test("go through cuts and restorations, and are asked of these and of tags, too")
  func cut() throws {
    let bed = try signed()
    for command in [["truncate", "003"], ["truncate", "006"], ["restore"], ["tag", "v1"]] {
      let ending = try bed.run(command + ["--sign-key", "key"])
      try #require(ending.code == 0, "\(ending.errors)")
      try expect(0, "1 revision from 006 on", of: ["key.pub"], in: bed, ["--full"])
    }
    try #require(try bed.run(["tag", "v2"]).code == 0)
    try expect(3, "not signed by", of: ["key.pub"], in: bed)
  }

  @Test("are asked of every revision from the first signed one on")
  func missing() throws {
    let bed = try signed()
    try record("007", nil, in: bed)
    try expect(3, "(revision 007)", of: ["key.pub"], in: bed)
    try record("008", "key", in: bed)
    try expect(3, "(revision 007)", of: ["key.pub"], in: bed)
    try expect(0, "Sound; checked", of: [], in: bed)
  }

  @Test("are found wrong where what they sign was rewritten, or they were taken from elsewhere")
  func wrong() throws {
    let bed = try signed()
    try record("007", "key", in: bed)
    let changes: [(inout EventSignature) -> Void] = [
      { $0.signature[63] ^= 1 }, { $0.signature = [] }, { $0.key[0] ^= 1 }, { $0.key = [1] },
      { $0.first = EventSequence($0.first.value - 1) }, { $0.first = EventSequence(.max) },
    ]
    try bed.keep()
    for change in changes {
      try RewrittenHistory(bed: bed).write(bed.store + "/log") { event in
        guard case .signed(var signature) = event.fact else { return event }
        change(&signature)
        return Event(
          sequence: event.sequence, time: event.time, actor: event.actor, fact: .signed(signature))
      }
      try RewrittenHistory(bed: bed).forgetWitnesses()
      try expect(3, "unexpected: ", of: ["key.pub"], in: bed)
      try expect(0, "Sound; checked", of: [], in: bed)
      try bed.reset()
    }
    for id in ["004", "006", "007"] {
      try RewrittenHistory(bed: bed).giveAway(RevisionID(id))
      try expect(3, "its signature is wrong", of: ["key.pub"], in: bed)
      try expect(0, "Sound; checked", of: [], in: bed)
      try bed.reset()
    }
  }

  @Test("stand below checkpoints, and are checked there")
  func notes() throws {
    let bed = try signed()
    let words = ["checkpoint", "--origin", "example.com/shop", "--sign-key", "key"]
    let note = try bed.run(words).output
    #expect(note.contains("\n\n\u{2014} example.com/shop "))
    try bed.write(note, bed.project + "/kept")
    let kept = ["--expect", "kept"]
    try expect(0, "goes through event", of: ["key.pub"], in: bed, kept)
    try expect(0, "goes through event", of: [], in: bed, kept)
    try expect(3, "kept: expected a signature by ", of: ["other.pub"], in: bed, kept)
    for (old, new) in [("example.com/shop ", "example.com/shoq "), ("shop\n", "shoq\n")] {
      try bed.write(note.replacing(old, with: new), bed.project + "/kept")
      try expect(3, "kept: expected a signature by ", of: ["key.pub"], in: bed, kept)
    }
    try bed.write(note.split(separator: "\n\n")[0] + "\n", bed.project + "/kept")
    try expect(3, "kept: expected a signature by ", of: ["key.pub"], in: bed, kept)
    for origin in ["", "a b", "a+b", "a\nb"] {
      #expect(try bed.run(["checkpoint", "--origin", origin]).code == 2)
    }
  }

  @Test("are made with a key in PEM alone; anything else is bad input, and nothing is written")
  func keys() throws {
    let bed = try StoreBed()
    try makeKey("key", in: bed)
    try bed.write("no key\n", bed.project + "/text")
    _ = try bed.run(["genpkey", "-algorithm", "x25519", "-out", "x"], program: "/usr/bin/openssl")
    let head = try History.open(at: bed.store, readOnly: true).logHead()
    for file in ["text", "key.pub", "x"] {
      #expect(try bed.run(["tag", "v1", "--sign-key", file]).code == 2, "\(file)")
      #expect(try bed.run(["checkpoint", "--sign-key", file]).code == 2, "\(file)")
    }
    #expect(try bed.run(["tag", "v1", "--sign-key", "none"]).code != 0)
    for key in ["text", "x", "none", "1234"] {
      #expect(try bed.run(["verify", "--signed-by", key]).code == 2, "\(key)")
    }
    #expect(try History.open(at: bed.store, readOnly: true).logHead() == head)
  }
}
