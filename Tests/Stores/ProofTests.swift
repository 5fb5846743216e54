import Foundation
import SchemaHistory
import Testing

@Suite(
  "A proof of one event or object",
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "no python3"))
struct ProofTests {
  static let root = String(#filePath.dropLast("/Tests/Stores/ProofTests.swift".count))
  static let checker = root + "/tools/prove/check.py"

  private func check(_ words: [String], in bed: StoreBed) throws -> StoreBed.Ending {
    try bed.run([Self.checker] + words, program: "/usr/bin/python3")
  }

  /// A proof as it is printed, in the project's file `proof`.
  private func prove(_ words: [String], in bed: StoreBed) throws {
    let proof = try bed.run(["prove"] + words)
    try #require(proof.code == 0, "\(words): \(proof.errors)")
    try bed.write(proof.output, bed.project + "/proof")
  }

  private func keepCheckpoint(_ bed: StoreBed, _ words: [String] = []) throws {
    let checkpoint = try bed.run(["checkpoint"] + words)
    try #require(checkpoint.code == 0, "\(checkpoint.errors)")
    try bed.write(checkpoint.output, bed.project + "/kept")
  }

  static let subjects: [(words: [String], said: String)] = [
    (["#1"], "event 1, "), (["#4"], ": operation"), (["003"], ": revision '003'"),
    (["--object", "t2"], "it had the table 't2'"),
    (["--object", "table t1", "--at", "001"], "it had the table 't1'"),
    (
      ["--object", "table:t2", "--column", "b", "--at", "002"],
      "it had the column 'b' of the table 't2'"
    ),
    (["--object", "t3.a", "--at", "004"], "it had the column 'a' of the table 't3'"),
  ]

  @Test("is checked by a program that shares nothing with Strata, across cuts and restorations")
  func checked() throws {
    let bed = try StoreBed()
    try keepCheckpoint(bed)
    for command in [[], ["truncate", "002"], ["truncate", "004"], ["restore"], ["restore"]] {
      if !command.isEmpty { try #require(try bed.run(command).code == 0, "\(command)") }
      for (words, said) in Self.subjects {
        for kept in [[], ["--checkpoint", "kept"]] {
          try prove(words + kept, in: bed)
          let ending = try check(["proof"] + kept.suffix(1), in: bed)
          #expect(ending.code == 0 && ending.output.contains(said), "\(words): \(ending)")
          #expect(ending.output.contains("of your checkpoint of") == !kept.isEmpty)
        }
      }
    }
    try prove(["005"], in: bed)
    let later = try check(["proof", "kept"], in: bed)
    #expect(later.code == 1 && later.errors.contains("under another checkpoint"), "\(later)")
  }

  /// Changes each byte of a proof. One that is still taken must say the same, and hold the same bytes
  /// but for what a checkpoint of nobody says beside its root. Then an object is forged together with the
  /// leaf that names it.
  private static let harm = """
    import base64, json, sys; sys.path.insert(0, sys.argv[1]); import check
    text = open("proof", "rb").read(); kept = open("kept").read()
    def bytes_of(value):
      if isinstance(value, dict): return {k: bytes_of(v) for k, v in value.items() if k != "checkpoint"}
      if isinstance(value, list): return [bytes_of(v) for v in value]
      try: return base64.b64decode(value, validate=True)
      except Exception: return value
    def taken(changed, known):
      try: return check.check(changed, known)
      except Exception: return None
    for known in (None, kept):
      said = check.check(text.decode(), known)
      for at in range(len(text)):
        for bit in (1, 2, 4, 16, 32):
          harmed = (text[:at] + bytes([text[at] ^ bit]) + text[at + 1:]).decode("latin-1")
          now = taken(harmed, known)
          if now is not None and (now != said or bytes_of(json.loads(harmed)) != bytes_of(json.loads(text))):
            print(at, bit, harmed[max(0, at - 20):at + 20], now)
    proof = json.loads(text)
    if proof["object"]:
      tree = proof["object"]; content = base64.b64decode(tree["content"]); leaf = base64.b64decode(tree["nodes"][-1])
      forged = content + bytes([9, 1, 0x21]); assert check.sha(content) in leaf
      tree["content"] = base64.b64encode(forged).decode()
      tree["nodes"][-1] = base64.b64encode(leaf.replace(check.sha(content), check.sha(forged))).decode()
      if taken(json.dumps(proof), kept): print("forged")
    print("done")
    """

  @Test(
    "fails with any byte of it changed, or says the same",
    arguments: [["003"], ["--object", "t3", "--column", "b", "--at", "003"]])
  func harmed(_ words: [String]) throws {
    let bed = try StoreBed(isCut: true)
    try keepCheckpoint(bed)
    try prove(words, in: bed)
    try bed.write(Self.harm, bed.project + "/harm.py")
    let ending = try bed.run(
      ["harm.py", Self.root + "/tools/prove"], program: "/usr/bin/python3")
    #expect(ending.code == 0 && ending.output == "done\n", "\(ending)")
  }

  @Test("of a large schema leads through branches, and of what is not there is none")
  func branches() throws {
    let bed = try StoreBed()
    let tables = (1...300).map { "CREATE TABLE many\($0) (c\($0) TEXT);" }.joined(separator: "\n")
    try #require(try bed.run(["record", "--id", "006", "-"], input: tables).code == 0)
    try #require(try bed.run(["truncate", "006"]).code == 0)
    try keepCheckpoint(bed)
    for number in stride(from: 1, through: 300, by: 37) {
      try prove(["--object", "many\(number)", "--column", "c\(number)"], in: bed)
      let ending = try check(["proof", "kept"], in: bed)
      let said = "it had the column 'c\(number)' of the table 'many\(number)'"
      #expect(ending.code == 0 && ending.output.contains(said), "\(ending)")
    }
    for words in [
      ["--object", "t1", "--column", "z"], ["--object", "none"], ["#9999"], ["#0"], ["none"],
      ["--object", "t5", "--at", "004"], ["001", "--object", "t1"], [], ["001", "--at", "001"],
    ] {
      #expect(try bed.run(["prove"] + words).code == 2, "\(words)")
    }
  }

  @Test("is not made under a checkpoint that is not of this history")
  func foreign() throws {
    let (bed, other) = (try StoreBed(), try StoreBed())
    try keepCheckpoint(other)
    try FileManager.default.copyItem(
      atPath: other.project + "/kept", toPath: bed.project + "/foreign")
    let ending = try bed.run(["prove", "001", "--checkpoint", "foreign"])
    #expect(ending.code == 3 && ending.errors.contains("another history"), "\(ending)")
  }
}
