import Foundation
import LMDB
import Testing

@Suite struct ConcurrencyTests {
  let folder: Folder
  let environment: Environment
  let names: Database

  init() throws {
    folder = try Folder()
    environment = try folder.open(.init(mapSizeBytes: 1 << 22))
    names = try environment.database("names", create: true)
  }

  private func keys() throws -> [String] { try environment.read { try $0.keys(names) } }

  @Test("Readers see one state while writers go on, and every write is there in the end")
  func readsWhileWriting() async throws {
    let (environment, names) = (environment, names)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in UInt64(0)..<2 {
        group.addTask {
          for number in UInt64(0)..<100 {
            try environment.write { transaction throws in
              try transaction.put(names, key: number * 4 + writer * 2, value: [UInt8]([1]))
              try transaction.put(names, key: number * 4 + writer * 2 + 1, value: [UInt8]([1]))
            }
            await Task.yield()
          }
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<500 {
            let counts = try environment.read { transaction throws in
              let first = try transaction.statistics(names).entryCount
              var second = 0
              try transaction.forEach(names) { _, _ in
                second += 1
                return true
              }
              return (first, second)
            }
            #expect(counts.0 == counts.1 && counts.0 % 2 == 0)
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try environment.read { try $0.statistics(names).entryCount } == 400)
  }

  @Test(
    "An open reader keeps its state, and a new one sees what another process wrote",
    .enabled(if: OtherProcess.isAvailable))
  func seesOtherProcess() throws {
    try environment.read { reader throws in
      #expect(try reader.keys(names) == [])
      #expect(
        try OtherProcess.write("put(b'a', b'1'); ok(m.mdb_txn_commit(t))", on: folder.path) == "")
      #expect(try reader.keys(names) == [])
    }
    #expect(try keys() == ["a"])
  }

  @Test(
    "A map that another process made larger is taken over",
    .enabled(if: OtherProcess.isAvailable))
  func followsResize() throws {
    let script = "put(b'big', b'x' * 8000000); ok(m.mdb_txn_commit(t))"
    #expect(try OtherProcess.write(script, on: folder.path, mapSizeBytes: 1 << 26) == "")
    try environment.read { transaction throws in
      #expect(try transaction.get(names, bytes("big"))?.count == 8_000_000)
    }
    try environment.write { _ = try $0.put(names, key: bytes("small"), value: [UInt8]()) }
    #expect(try environment.information().mapSizeBytes == 1 << 26)
  }

  @Test(
    "A larger map is taken over as soon as the readers of this process are done",
    .enabled(if: OtherProcess.isAvailable))
  func resizesUnderReaders() async throws {
    let script = "put(b'big', b'x' * 8000000); ok(m.mdb_txn_commit(t))"
    #expect(try OtherProcess.write(script, on: folder.path, mapSizeBytes: 1 << 26) == "")
    let (environment, names) = (environment, names)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<200 {
            try environment.read { transaction throws in
              #expect(try transaction.get(names, bytes("big")) != nil)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(
    "A writer that was killed leaves nothing behind and does not block the next",
    .enabled(if: OtherProcess.isAvailable))
  func survivesKilledWriter() throws {
    let script = "put(b'lost', b'1'); os.kill(os.getpid(), signal.SIGKILL)"
    #expect(try OtherProcess.write(script, on: folder.path) == "")
    try environment.write { _ = try $0.put(names, key: bytes("kept"), value: [UInt8]()) }
    #expect(try keys() == ["kept"])
  }
}
