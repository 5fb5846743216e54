import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Testing

@Suite("A salvage that is stopped at any write, sync or rename")
struct SalvageStopTests {
  private func files(_ store: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in ["log/data.mdb", "projection.sqlite"] {
      found[name] = try Data(contentsOf: URL(fileURLWithPath: "\(store)/\(name)"))
    }
    let folders = try ["", "/log", "/archive"].map {
      try FileManager.default.contentsOfDirectory(atPath: store + $0).sorted()
    }
    #expect(folders[1].contains("data.mdb") && !folders[2].isEmpty)
    return found
  }

  private func check(_ bed: CrashBed, _ place: String, _ before: [String: Data], _ what: Comment)
    throws
  {
    #expect(try files(place + "/store") == before, what)
    let target = place + "/salvaged"
    if !FileManager.default.fileExists(atPath: target) {
      let again = try bed.run("salvage", in: place)
      #expect(again.status == 0 && !again.isSignal, "\(what): a second try fails: \(again.errors)")
    }
    let report = try History.verify(at: target, full: true)
    #expect(!report.isDamaged, "\(what): \(report.findings)")
    let old = try History.open(at: place + "/store", readOnly: true).logHead()
    #expect(report.logHead == old, what)
    // The next salvage removes what the first one left.
    try FileManager.default.removeItem(atPath: target)
    #expect(try bed.run("salvage", in: place).status == 0, what)
    let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    #expect(names == ["migrations", "salvaged", "store"], what)
  }

  @Test(
    "leaves nothing or all of it, and the damaged store as it is", arguments: [nil, ENOSPC, EIO])
  func stops(code: Int32?) throws {
    let bed = try CrashBed()
    try #require(try bed.run("truncate", in: bed.base).status == 0)
    let before = try files(bed.base + "/store")
    var random = SeededRandom(seed: UInt64.random(in: 0..<1_000_000))
    var stops = 0
    var number = 1
    while number < 4000 {
      let place = try bed.copy(to: "work")
      let ending = try bed.run("salvage", in: place, stop: number, failing: code)
      if ending.status == 0, !ending.isSignal { break }
      stops += 1
      let expected: Int32 = code == nil ? 137 : ending.status
      #expect(ending.status == expected && !ending.isSignal, "at \(number): \(ending.errors)")
      if code != nil { #expect(!ending.errors.isEmpty, "at \(number)") }
      try check(bed, place, before, "stopped at call \(number), error \(code ?? 0)")
      number += 1 + random.below(4)
    }
    #expect(stops > 4)
  }

  @Test("takes all that was recorded from a log whose first pages are gone, merges too")
  func merges() throws {
    let bed = try CrashBed(revisions: 60)
    let store = bed.base + "/store"
    let head = try History.open(at: store, readOnly: true).logHead()
    let log = URL(fileURLWithPath: store + "/log/data.mdb")
    var bytes = try Data(contentsOf: log)
    bytes.replaceSubrange(0..<8192, with: Data(repeating: 0x55, count: 8192))
    try bytes.write(to: log)
    let report = try History.salvage(at: store, to: bed.root + "/new", by: "Ann")
    #expect(report.isWhole && report.revisionCount == 60, "\(report.losses)")
    #expect(report.logHead == head)
  }
}
