import Foundation
import SchemaHistory
import SchemaModel
import Testing

@Suite("Where the system gives no room")
struct RoomTests {
  private func child(_ bed: CrashBed, _ action: String, _ place: String, _ limit: String) throws
    -> CrashBed.Ending
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // What a limit of the file's size would end by a signal is an error, as in the command line.
    process.arguments = [
      "-c",
      """
      trap '' XFSZ; ulimit \(limit); exec '\(CrashBed.child)' \(action) '\(place)/store' \
        '\(place)/migrations'
      """,
    ]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return CrashBed.Ending(
      status: process.terminationStatus, isSignal: process.terminationReason == .uncaughtSignal,
      errors: String(decoding: said, as: UTF8.self))
  }

  @Test(
    "for a longer file, more files or a map, one message names the limit, and all goes on without it",
    arguments: ["record", "truncate", "compact", "rebuild"])
  func limits(action: String) throws {
    let bed = try CrashBed()
    let old = try PlaceState(bed.base)
    let done = try bed.copy(to: "done")
    try #require(try bed.run(action, in: done).status == 0)
    let new = try PlaceState(done)
    var refusals = 0
    let cases =
      [0, 8, 64, 120, 160, 200, 240, 280, 400].map {
        ("-f \($0)", ["ulimit -f", "File too large"])
      }
      + (5..<14).map { ("-n \($0)", ["Too many open files", "unable to open"]) }
    for (limit, words) in cases {
      let place = try bed.copy(to: "work")
      let ending = try child(bed, action, place, limit)
      #expect(!ending.isSignal, "\(action) with \(limit): \(ending.errors)")
      if ending.status != 0 {
        refusals += 1
        #expect(
          words.contains { ending.errors.contains($0) }, "\(action) with \(limit): \(ending.errors)"
        )
      }
      let found = try PlaceState(place)
      #expect(found == old || found == new, "\(action) with \(limit)")
      let again = try bed.run(action, in: place)
      #expect(again.status == 0, "\(action) after \(limit): \(again.errors)")
      #expect(try !History.verify(at: place + "/store", full: true).isDamaged)
    }
    // A canary: where nothing was refused, nothing was tested.
    #expect(refusals > 2)
  }

  @Test(
    "a log of the usual size is read and written though the map cannot be had at its full length")
  func addressSpace() throws {
    let bed = try CrashBed()
    for action in ["record", "truncate", "verify"] {
      let ending = try child(bed, action, bed.base, "-v 4000000")
      #expect(ending.status == 0 && !ending.isSignal, "\(action): \(ending.errors)")
    }
  }

  @Test("the lock file has its place on the disk before LMDB maps it, also one that was sparse")
  func lockFile() throws {
    let bed = try CrashBed()
    let path = bed.base + "/store/log/lock.mdb"
    func blocks() throws -> (size: Int, held: Int) {
      var status = stat()
      try #require(stat(path, &status) == 0)
      return (Int(status.st_size), Int(status.st_blocks) * 512)
    }
    _ = try History.open(at: bed.base + "/store", readOnly: true).heads()
    let first = try blocks()
    #expect(first.size > 0 && first.held >= first.size, "\(first)")
    for length in [first.size, 4096, 0] {
      try #require(truncate(path, 0) == 0 && truncate(path, off_t(length)) == 0)
      let ending = try bed.run("verify", in: bed.base)
      #expect(ending.status == 0, "\(ending.errors)")
      let found = try blocks()
      #expect(found.held >= min(found.size, max(length, 4096)), "\(length): \(found)")
    }
  }

  @Test("a store whose making was stopped is none yet, and is made by the next try")
  func unfinished() throws {
    let bed = try CrashBed()
    let whole = try Data(contentsOf: URL(fileURLWithPath: bed.base + "/store/log/data.mdb"))
    // The first meta page of a store that has had transactions is no beginning.
    for (count, isBeginning) in [
      (0, true), (100, true), (4096, false), (8191, false), (12288, true),
    ] {
      let place = bed.root + "/half-\(count)"
      try FileManager.default.createDirectory(
        atPath: place + "/log", withIntermediateDirectories: true)
      let file = URL(fileURLWithPath: place + "/log/data.mdb")
      var bytes = whole.prefix(count)
      if count > 152 { bytes[bytes.startIndex + 144] = 2 }
      // A power cut may keep the second page and lose the first.
      if count == 12288 { bytes = Data(count: count) }
      try bytes.write(to: file)
      if isBeginning {
        #expect(throws: HistoryError.self) { try History.open(at: place) }
        let history = try History.create(at: place, dialect: Dialect("sqlite"), by: "test")
        #expect(try history.heads().isEmpty)
      } else {
        #expect(throws: HistoryError.self) {
          try History.create(at: place, dialect: Dialect("sqlite"), by: "test")
        }
        #expect(try Data(contentsOf: file) == bytes)
      }
    }
  }

  @Test("a file that is not a store's stays as it is in the place of its log")
  func foreign() throws {
    let bed = try CrashBed()
    for (number, bytes) in [
      Data("my notes".utf8), Data("\0\0\0\0 and more\n".utf8),
      Data(repeating: 0x20, count: 100), Data(count: 20) + Data("mine".utf8),
      Data(count: 4096) + Data("mine".utf8), Data("{}".utf8) + Data(count: 12_000),
    ].enumerated() {
      let place = bed.root + "/foreign-\(number)"
      try FileManager.default.createDirectory(
        atPath: place + "/log", withIntermediateDirectories: true)
      let file = URL(fileURLWithPath: place + "/log/data.mdb")
      try bytes.write(to: file)
      #expect(throws: HistoryError.self, "\(number)") {
        try History.create(at: place, dialect: Dialect("sqlite"), by: "test")
      }
      #expect(try Data(contentsOf: file) == bytes, "\(number)")
    }
  }
}
