import Foundation
import LMDB
import Testing

@Suite struct EnvironmentTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func fill(_ environment: Environment, count: UInt64, size: Int = 100) throws -> Database {
    let names = try environment.database("names", create: true)
    try environment.write { transaction throws in
      for number in 0..<count {
        try transaction.put(names, key: number, value: [UInt8](repeating: 7, count: size))
      }
    }
    return names
  }

  @Test("One path is one environment while it is held, by whatever spelling")
  func isRegistered() throws {
    var first: Environment? = try folder.open()
    #expect(try folder.open() === first)
    #expect(try Environment.open(path: folder.path + "/../" + name) === first)
    weak let held = first
    first = nil
    #expect(held == nil)
    let again = try folder.open()
    #expect(try again.existingDatabase("names") == nil)
  }

  private var name: String { folder.path.split(separator: "/").last.map(String.init) ?? "" }

  @Test("Opening and closing from many threads at once always gives a working environment")
  func opensFromThreads() async throws {
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for number in UInt64(0)..<50 {
            let environment = try Environment.open(
              path: path, options: .init(mapSizeBytes: 1 << 28))
            let names = try environment.database("names", create: true)
            try environment.write { _ = try $0.put(names, key: number, value: [UInt8]([1])) }
          }
        }
      }
      try await group.waitForAll()
    }
    let environment = try folder.open()
    let names = try environment.database("names", create: false)
    #expect(try environment.read { try $0.statistics(names).entryCount } == 50)
  }

  @Test("A read-only environment refuses writes and says what is missing")
  func refusesWrites() throws {
    do { _ = try fill(try folder.open(), count: 3) }
    let options = Environment.Options(mapSizeBytes: 1 << 28, isReadOnly: true)
    let environment = try folder.open(options)
    let error = #expect(throws: LMDBError.self) { try environment.write { _ in } }
    #expect(error?.isReadOnly == true)
    let missing = #expect(throws: LMDBError.self) {
      try environment.database("others", create: false)
    }
    #expect(missing?.isNotFound == true)
    let busy = #expect(throws: LMDBError.self) { try folder.open() }
    #expect(busy?.isBusy == true)
    let names = try environment.database("names", create: false)
    #expect(try environment.read { try $0.statistics(names).entryCount } == 3)
  }

  @Test("Reading a directory without an environment makes nothing there")
  func readsMissing() throws {
    let error = #expect(throws: LMDBError.self) { try folder.open(.init(isReadOnly: true)) }
    #expect(error?.isNotFound == true)
  }

  @Test(
    "A foreign or damaged file is an error, and no lock file is made beside it",
    arguments: [
      Data("SQLite format 3\u{0}".utf8) + Data(count: 8_192), Data("short".utf8),
      Data(count: 65_536), Data((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
    ])
  func refusesForeign(content: Data) throws {
    let file = folder.path + "/data.mdb"
    try content.write(to: URL(fileURLWithPath: file))
    let error = #expect(throws: LMDBError.self) { try folder.open() }
    #expect(error?.isInvalid == true)
    #expect(FileManager.default.contents(atPath: file) == content)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["data.mdb"])
  }

  @Test("A file that was cut short is refused for reading, whatever is left of it")
  func refusesTruncated() throws {
    do { _ = try fill(try folder.open(), count: 2_000) }
    let file = folder.path + "/data.mdb"
    let whole = try #require(FileManager.default.contents(atPath: file))
    for count in [whole.count - 1, whole.count / 2, 8_192, 8_191, 4_096, 100] {
      try whole.prefix(count).write(to: URL(fileURLWithPath: file))
      let error = #expect(throws: LMDBError.self) {
        try folder.open(.init(mapSizeBytes: 1 << 28, isReadOnly: true))
      }
      #expect(error?.isInvalid == true, "\(count) bytes")
    }
  }

  @Test("A map that is full is told as such, and nothing of the transaction stays")
  func reportsFullMap() throws {
    let environment = try folder.open(.init(mapSizeBytes: 1 << 20))
    let names = try fill(environment, count: 10)
    let error = #expect(throws: LMDBError.self) {
      _ = try fill(environment, count: 100_000)
    }
    #expect(error?.isMapFull == true)
    #expect(try environment.read { try $0.statistics(names).entryCount } == 10)
    try environment.write { _ = try $0.put(names, key: UInt64(77), value: [UInt8]([1])) }
  }

  @Test("A full map that the caller swallows still does not commit")
  func doesNotCommitPoisoned() throws {
    let environment = try folder.open(.init(mapSizeBytes: 1 << 20))
    let names = try fill(environment, count: 10)
    #expect(throws: LMDBError.self) {
      try environment.write { transaction throws in
        for number in UInt64(100)..<200 {
          _ = try? transaction.put(
            names, key: number, value: [UInt8](repeating: 1, count: 100_000))
        }
      }
    }
    #expect(try environment.read { try $0.statistics(names).entryCount } == 10)
  }

  @Test("A compact copy is one small file with the same entries, and never overwrites one")
  func copies() throws {
    let environment = try folder.open()
    let names = try fill(environment, count: 2_000)
    try environment.write { transaction throws in
      _ = try transaction.deleteAll(names, from: UInt64(10), upTo: nil as UInt64?)
    }
    let file = folder.path + "/copy"
    try environment.copyCompact(to: file)
    #expect(throws: LMDBError.self) { try environment.copyCompact(to: file) }
    let copy = try Environment.open(
      path: file,
      options: .init(
        mapSizeBytes: 1 << 28, isReadOnly: true, isSingleFile: true, usesLock: false))
    let copied = try copy.database("names", create: false)
    #expect(try copy.read { try $0.statistics(copied).entryCount } == 10)
    #expect(copy.usedBytes < environment.usedBytes)
  }

  @Test("A value that fits only a run of pages lies there whole, and its file has its full length")
  func keepsLength() throws {
    let environment = try folder.open()
    let names = try environment.database("names", create: true)
    try environment.write { transaction throws in
      try transaction.put(names, key: UInt64(1), value: [UInt8](repeating: 5, count: 3_000_000))
      _ = try transaction.delete(names, UInt64(1))
    }
    let information = try environment.information()
    #expect(information.fileSizeBytes >= information.usedBytes)
  }
}
