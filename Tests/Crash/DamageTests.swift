import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("A flipped byte")
struct DamageTests {
  private static let seed: UInt64 = 4711

  /// The stored bytes of all events and nodes.
  private func values(of store: String) throws -> [(name: String, bytes: Data)] {
    var values: [(String, Data)] = []
    let store = try Store.open(at: store)
    try store.read { log in
      try log.forEachRecord(from: EventSequence(0)) { sequence, bytes in
        values.append(("event \(sequence)", Data(bytes)))
        return true
      }
      try log.forEachNode { hash, bytes in
        values.append(("node \(hash?.short ?? "?")", Data(bytes)))
        return true
      }
    }
    return values
  }

  @Test("of any event or node is found by verify, which names it")
  func values() throws {
    let bed = try CrashBed()
    var random = SeededRandom(seed: Self.seed)
    let values = try values(of: bed.base + "/store")
    let clean = try Data(contentsOf: URL(fileURLWithPath: bed.base + "/store/log/data.mdb"))
    for round in 0..<120 {
      let place = try bed.copy(to: "flip-\(round)")
      defer { try? FileManager.default.removeItem(atPath: place) }
      guard let (name, bytes) = random.pick(values) else { return }
      let offset = random.below(bytes.count)
      let bit = UInt8(1) << UInt8(random.below(8))
      var file = clean
      var start = file.startIndex
      // Pages that were given up still hold old copies: the live one is among them.
      while let range = file.range(of: bytes, in: start..<file.endIndex) {
        file[range.lowerBound + offset] ^= bit
        start = range.upperBound
      }
      try file.write(to: URL(fileURLWithPath: place + "/store/log/data.mdb"))
      let report = try History.verify(at: place + "/store", full: true)
      let places = report.findings.map { $0.place + ": " + $0.message }.joined(separator: "; ")
      #expect(report.isDamaged, "seed \(Self.seed) round \(round): byte \(offset) of \(name)")
      #expect(places.contains(name), "byte \(offset) of \(name) is named as: \(places)")
    }
  }

  @Test("of a segment is found by verify, which names the segment")
  func segments() throws {
    let bed = try CrashBed()
    #expect(try bed.run("truncate", in: bed.base).status == 0)
    var random = SeededRandom(seed: Self.seed)
    let archive = bed.base + "/store/archive"
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: archive).first {
        $0.hasSuffix(".segment")
      })
    let path = archive + "/" + name
    let clean = try Data(contentsOf: URL(fileURLWithPath: path))
    for _ in 0..<40 {
      var file = clean
      file[random.below(file.count)] ^= UInt8(1) << UInt8(random.below(8))
      try file.write(to: URL(fileURLWithPath: path))
      let report = try History.verify(at: bed.base + "/store", full: true)
      #expect(report.findings.contains { $0.severity == .damage && $0.place.contains(name) })
    }
    try clean.write(to: URL(fileURLWithPath: path))
    #expect(try !History.verify(at: bed.base + "/store", full: true).isDamaged)
  }

  @Test("anywhere in the log's file, page headers too, never ends verify by a signal")
  func anywhere() throws {
    let bed = try CrashBed()
    var random = SeededRandom(seed: Self.seed)
    let clean = try Data(contentsOf: URL(fileURLWithPath: bed.base + "/store/log/data.mdb"))
    var damaged = 0
    for round in 0..<100 {
      let place = try bed.copy(to: "random-\(round)")
      defer { try? FileManager.default.removeItem(atPath: place) }
      var file = clean
      var offsets: [Int] = []
      for _ in 0..<(1 + round % 3) {
        // Every other one in the first bytes of a page, where LMDB's own numbers are.
        let page = random.below(file.count / 4096) * 4096
        let offset = random.chance(50) ? page + random.below(64) : random.below(file.count)
        file[offset] ^= UInt8(1) << UInt8(random.below(8))
        offsets.append(offset)
      }
      try file.write(to: URL(fileURLWithPath: place + "/store/log/data.mdb"))
      let ending = try bed.run("verify", in: place)
      #expect(
        !ending.isSignal,
        "seed \(Self.seed) round \(round), bytes \(offsets): signal \(ending.status) \(ending.errors)"
      )
      if ending.status == 3 { damaged += 1 }
    }
    // A canary: many flips hit what is in use.
    #expect(damaged > 10)
  }
}
