import Foundation
import LMDB
import Synchronization
import Testing

@Suite("A folder that is exchanged for another while it is opened")
struct ExchangeTests {
  private func count(_ environment: Environment, adding: UInt8) throws -> Int {
    let names = try environment.database("names", create: true)
    return try environment.write { transaction throws in
      var total = 0
      try transaction.forEach(names) { _, value in
        total += Int(value[0])
        return true
      }
      if adding > 0 {
        try transaction.put(
          names, key: Array(UUID().uuidString.utf8), value: [UInt8]([adding]))
      }
      return total
    }
  }

  @Test("is opened whole: its lock is its own, and no write is lost")
  func exchanged() throws {
    let (first, second) = (try Folder(), try Folder())
    // Their last transactions have other numbers.
    for _ in 0..<7 { _ = try count(try second.open(), adding: 1) }
    _ = try count(try first.open(), adding: 1)
    let isDone = Atomic(false)
    let exchanges = Atomic(0)
    let group = DispatchGroup()
    group.enter()
    let (one, other) = (first.path, second.path)
    Thread {
      while !isDone.load(ordering: .acquiring) {
        if (try? FileExchange.exchange(one, other)) != nil {
          exchanges.add(1, ordering: .relaxed)
        }
        usleep(20)
      }
      group.leave()
    }.start()
    var written = 8
    for _ in 0..<400 {
      _ = try count(try first.open(), adding: 1)
      written += 1
    }
    isDone.store(true, ordering: .releasing)
    group.wait()
    #expect(exchanges.load(ordering: .relaxed) > 100)
    let total = try count(try first.open(), adding: 0) + count(try second.open(), adding: 0)
    #expect(total == written)
  }
}
