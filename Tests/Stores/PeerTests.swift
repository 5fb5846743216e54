import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("A peer on the same store")
struct PeerTests {
  /// What `record` has said is recorded, and what any process said that it should not have.
  private final class Notes: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var acknowledged: Set<String> = []
    private(set) var false_: [String] = []
    private(set) var counts: [String: Int] = [:]

    func acknowledge(_ id: String) { lock.withLock { _ = acknowledged.insert(id) } }
    func blame(_ text: String) { lock.withLock { false_.append(text) } }
    func count(_ verb: String) { lock.withLock { counts[verb, default: 0] += 1 } }
  }

  private static func seconds(_ name: String, _ usual: Double) -> Double {
    ProcessInfo.processInfo.environment[name].flatMap(Double.init) ?? usual
  }

  private func ids(_ bed: StoreBed) throws -> Set<String> {
    let log = try bed.run(["log", "--json"])
    #expect(log.code == 0, "\(log.errors)")
    return Set(
      log.output.split(separator: "\n").compactMap { line in
        (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"]
          as? String
      })
  }

  private func expectSound(_ bed: StoreBed, _ notes: Notes) throws {
    let verified = try bed.run(["verify", "--full"])
    #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    let lost = notes.acknowledged.subtracting(try ids(bed)).sorted()
    #expect(lost.isEmpty, "\(lost) of \(notes.acknowledged.count) are lost")
    #expect(notes.false_.isEmpty, "\(notes.false_.prefix(5))")
  }

  /// As a writer leaves it that is killed between its commit and the lengthening of the file.
  private func shorten(_ bed: StoreBed, by missing: Int) throws {
    do {
      let environment = try Environment.open(path: bed.store + "/log")
      let meta = try environment.database(Keys.meta, create: false)
      try environment.write { transaction in
        try transaction.put(meta, key: [1], value: [UInt8](repeating: 5, count: missing + 50_000))
        _ = try transaction.delete(meta, [1])
        // As every writer of a log does at its end.
        let bytes = try #require(try transaction.get(meta, Keys.state))
        var state = try StoreState(bytes)
        state.transaction = try transaction.number
        try transaction.put(meta, key: Keys.state, value: state.bytes)
      }
    }
    let file = bed.store + "/log/data.mdb"
    let count = try #require(
      try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
    try #require(count > missing + 50_000)
    try #require(truncate(file, off_t(count - missing)) == 0)
  }

  private func length(_ bed: StoreBed) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: bed.store + "/log/data.mdb")[.size] as? Int)
      ?? -1
  }

  @Test("reads a file that is short of free pages alone, and leaves its length as it is")
  func readsShortFile() throws {
    let bed = try StoreBed()
    try shorten(bed, by: 2_000_000)
    let before = length(bed)
    for words in [["log"], ["schema"], ["verify", "--full"], ["blame", "t1"], ["audit"]] {
      let ending = try bed.run(words)
      #expect(ending.code == 0, "\(words): \(ending.output)\(ending.errors)")
      #expect(length(bed) == before, "\(words) changed the file's length")
    }
    #expect(try bed.run(["tag", "v1"]).code == 0)
    #expect(length(bed) > before)
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }

  @Test("refuses a file that was cut off, for writing too, and does not hide it with zeros")
  func refusesCutFile() throws {
    let bed = try StoreBed()
    let file = bed.store + "/log/data.mdb"
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
    let cut = length(bed)
    for words in [["log"], ["verify"], ["tag", "v1"], ["compact"]] {
      #expect(try bed.run(words).code == 3, "\(words)")
      #expect(length(bed) == cut)
    }
  }

  @Test("loses no commit to one that opens the store, however long that waits before it lengthens")
  func delayedLengthening() throws {
    let bed = try StoreBed()
    let shim = bed.root + "/shim.so"
    let source =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/tools/crash/shim.c"
    try #require(
      try bed.run(
        ["-O1", "-shared", "-fPIC", "-o", shim, source, "-ldl"], program: "/usr/bin/cc"
      ).code == 0)
    for round in 0..<2 {
      try shorten(bed, by: 100_000)
      let notes = Notes()
      let late = Thread {
        let script = """
          STRATA_CRASH_BELOW='\(bed.store)' STRATA_CRASH_DELAY=4000 LD_PRELOAD='\(shim)' \
            '\(StoreBed.binary)' tag late\(round) head
          """
        let ending = try? bed.run(["-c", script], program: "/bin/sh")
        if ending?.code != 0 { notes.blame("tag: \(ending?.errors ?? "")") }
        // A canary: the delay was there.
        if ending?.errors.contains("later") != true { notes.blame("nothing was delayed") }
        notes.count("late")
      }
      late.start()
      usleep(300_000)
      // Enough to need more than the pages that were free: then the file grows.
      let text = String(repeating: "x", count: 120_000)
      for number in 0..<6 {
        let id = "r\(round)x\(number)"
        let ending = try bed.run(
          ["record", "-m", id, "--id", id, "-"],
          input: "CREATE TABLE \(id) (a TEXT); INSERT INTO \(id) VALUES ('\(number)\(text)');")
        if ending.code == 0 { notes.acknowledge(id) } else { notes.blame(ending.errors) }
      }
      while notes.counts["late"] == nil { usleep(10_000) }
      #expect(notes.acknowledged.count == 6, "\(notes.false_)")
      try expectSound(bed, notes)
    }
  }

  /// Starts a thread that does one thing again and again until the time is over.
  private func again(
    until end: Date, _ group: DispatchGroup, _ body: @escaping @Sendable (Int) throws -> Void
  ) {
    group.enter()
    Thread {
      var round = 0
      while Date() < end {
        try? body(round)
        round += 1
      }
      group.leave()
    }.start()
  }

  @Test(
    "writes, cuts, restores, compacts and is killed among six, and nothing acknowledged is lost")
  func sixProcesses() throws {
    let bed = try StoreBed()
    let notes = Notes()
    let end = Date().addingTimeInterval(Self.seconds("STRATA_PEER_SECONDS", 15))
    let group = DispatchGroup()
    let binary = StoreBed.binary
    for writer in 0..<3 {
      again(until: end, group) { round in
        let id = "w\(writer)x\(round)"
        // One of four is killed somewhere on its way.
        let killed = round % 4 == 3
        let delay = Double.random(in: 0.01...0.25)
        let script =
          "echo 'CREATE TABLE \(id) (a);' | "
          + (killed ? "timeout -s KILL \(delay) " : "")
          + "'\(binary)' record -m \(id) --id \(id) -"
        let ending = try bed.run(["-c", script], program: "/bin/sh")
        if ending.output.contains("Recorded \(id)") { notes.acknowledge(id) }
        notes.count("record \(ending.code ?? -1)")
        if ending.code == 3 { notes.blame("record: \(ending.errors)") }
      }
    }
    again(until: end, group) { round in
      let verb = [["truncate", "00\(2 + round % 3)"], ["compact"], ["restore"], ["restore"]][
        round % 4]
      let delay = Double.random(in: 0.01...0.4)
      let words = round % 5 == 4 ? ["-s", "KILL", "\(delay)", binary] : ["60", binary]
      let ending = try bed.run(words + verb, program: "/usr/bin/timeout")
      notes.count("\(verb[0]) \(ending.code ?? -1)")
      if ending.code == 3 { notes.blame("\(verb[0]): \(ending.errors)") }
    }
    for reader in 0..<2 {
      again(until: end, group) { round in
        let words = [
          ["verify"], ["log"], ["audit"], ["verify", "--full"], ["blame", "t1", "--at", "005"],
          ["schema", "t2", "--at", "003"], ["query", "SELECT count(*) FROM events"], ["archive"],
        ][(round + reader * 3) % 8]
        let ending = try bed.run(words)
        notes.count("\(words[0]) \(ending.code ?? -1)")
        if ending.code != 0 { notes.blame("\(words): \(ending.output)\(ending.errors)") }
      }
    }
    group.wait()
    print("six processes: \(notes.counts.sorted { $0.key < $1.key })")
    #expect(!notes.acknowledged.isEmpty)
    try expectSound(bed, notes)
  }

  @Test("that verifies or asks beside cuts, restorations and rebuilds never says a false word")
  func verifyBesideCuts() throws {
    let bed = try StoreBed()
    let notes = Notes()
    let end = Date().addingTimeInterval(Self.seconds("STRATA_VERIFY_SECONDS", 15))
    let group = DispatchGroup()
    again(until: end, group) { round in
      let verbs = [
        ["truncate", "003"], ["restore"], ["tag", "t\(round % 7)", "004"], ["truncate", "002"],
        ["rebuild"], ["restore"], ["compact"],
      ]
      let verb = verbs[round % verbs.count]
      let ending = try bed.run(verb)
      if ending.code != 0 { notes.blame("\(verb): \(ending.errors)") }
      notes.count(verb[0])
    }
    again(until: end, group) { round in
      let ending = try bed.run(round % 3 == 2 ? ["verify", "--full"] : ["verify"])
      notes.count("verify \(ending.code ?? -1)")
      if ending.code != 0 { notes.blame("verify: \(ending.output)\(ending.errors)") }
      if ending.output.contains("can be removed") { notes.blame("verify: \(ending.output)") }
    }
    again(until: end, group) { round in
      let (words, count) = [
        (["log", "--json"], 5), (["blame", "t1", "--json"], nil), (["show", "002"], nil),
        (["diff", "001", "005"], nil), (["schema", "--at", "001"], nil), (["stats"], nil),
        (["query", "--csv", "SELECT id FROM revisions"], 6), (["archive", "list"], nil),
      ][round % 8]
      let ending = try bed.run(words)
      notes.count("\(words[0]) \(ending.code ?? -1)")
      if ending.code != 0 { notes.blame("\(words): \(ending.output)\(ending.errors)") }
      let lines = ending.output.split(separator: "\n").count
      if let count, lines != count { notes.blame("\(words): \(lines) lines") }
      if ending.errors.contains("not among these") { notes.blame("\(words): \(ending.errors)") }
    }
    group.wait()
    print("beside cuts: \(notes.counts.sorted { $0.key < $1.key })")
    try expectSound(bed, notes)
  }
}
