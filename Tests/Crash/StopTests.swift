import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("A process that is stopped at any write, sync or rename")
struct StopTests {
  @Test(
    "leaves the old state or the new one, and a second try succeeds",
    arguments: ["record", "truncate", "restore", "rebuild", "compact"])
  func stops(action: String) throws {
    let bed = try CrashBed()
    if action == "restore" {
      try #require(try bed.run("truncate", in: bed.base).status == 0)
    }
    let old = try PlaceState(bed.base)
    let done = try bed.copy(to: "done")
    try #require(try bed.run(action, in: done, stop: 0).status == 0)
    let new = try PlaceState(done)
    var stops = 0
    for number in 1...2000 {
      var isComplete = false
      for isPartial in [false, true] {
        let place = try bed.copy(to: "work")
        let ending = try bed.run(action, in: place, stop: number, isPartial: isPartial)
        if ending.status == 0, !ending.isSignal {
          isComplete = true
          break
        }
        #expect(ending.status == 137, "\(action) at \(number): \(ending.errors)")
        stops += 1
        try check(bed, place, old, new, "\(action) stopped at call \(number)", action)
      }
      if isComplete { break }
    }
    // A canary: where nothing was stopped, nothing was tested.
    #expect(stops > 4)
  }

  private func check(
    _ bed: CrashBed, _ place: String, _ old: PlaceState, _ new: PlaceState, _ what: String,
    _ action: String
  ) throws {
    let found = try PlaceState(place)
    #expect(found == old || found == new, "\(what): neither the old state nor the new one")
    let report = try History.verify(at: place + "/store", full: true)
    #expect(!report.isDamaged, "\(what): \(report.findings)")
    let again = try bed.run(action, in: place)
    #expect(again.status == 0, "\(what): a second try fails: \(again.errors)")
    #expect(try PlaceState(place) == new, "\(what): a second try gives another state")
    let after = try History.verify(at: place + "/store", full: true)
    #expect(!after.isDamaged && !after.isStale || action != "rebuild", "\(what): \(after.findings)")
  }

  @Test(
    "a full disk is one error, and leaves the old state or the new one",
    arguments: ["record", "truncate", "restore"])
  func fullDisk(action: String) throws {
    let bed = try CrashBed()
    if action == "restore" {
      try #require(try bed.run("truncate", in: bed.base).status == 0)
    }
    let old = try PlaceState(bed.base)
    let done = try bed.copy(to: "done")
    try #require(try bed.run(action, in: done).status == 0)
    let new = try PlaceState(done)
    var failures = 0
    for number in stride(from: 1, through: 2000, by: 3) {
      let place = try bed.copy(to: "work")
      let ending = try bed.run(action, in: place, stop: number, failing: ENOSPC)
      if ending.status == 0, !ending.isSignal { break }
      failures += 1
      #expect(!ending.isSignal && !ending.errors.isEmpty, "\(action) at \(number)")
      try check(bed, place, old, new, "\(action) without space from call \(number)", action)
    }
    #expect(failures > 1)
  }

  @Test(
    "a write that fails once, the one of LMDB's meta page too, leaves the old state or the new one",
    arguments: ["record", "truncate", "restore"])
  func failsOnce(action: String) throws {
    let bed = try CrashBed()
    if action == "restore" {
      try #require(try bed.run("truncate", in: bed.base).status == 0)
    }
    let old = try PlaceState(bed.base)
    let done = try bed.copy(to: "done")
    try #require(try bed.run(action, in: done).status == 0)
    let new = try PlaceState(done)
    var (failures, successes) = (0, 0)
    for number in 1...2000 {
      let place = try bed.copy(to: "work")
      let ending = try bed.run(action, in: place, stop: number, failing: EIO, isOnce: true)
      successes = ending.status == 0 ? successes + 1 : 0
      // Behind the last call; before it, what counts for nothing may fail unnoticed.
      if successes > 40 { break }
      if ending.status == 0 { continue }
      failures += 1
      #expect(!ending.isSignal && !ending.errors.isEmpty, "\(action) at \(number)")
      try check(bed, place, old, new, "\(action) with call \(number) failing", action)
    }
    #expect(failures > 4)
  }

  @Test("a history that is opened for reading is read, and not written")
  func openedForReading() throws {
    let bed = try CrashBed()
    let place = try bed.copy(to: "readonly")
    let before = FileManager.default.contents(atPath: place + "/store/log/data.mdb")
    let history = try History.open(at: place + "/store", readOnly: true)
    let head = try history.head()
    #expect(try history.schema(at: head).objects.count > 0)
    #expect(throws: HistoryError.self) { try history.tag("v1", head, by: "test") }
    #expect(FileManager.default.contents(atPath: place + "/store/log/data.mdb") == before)
  }
}
