import LMDB
import Testing

@Suite struct TransactionTests {
  let folder: Folder
  let environment: Environment
  let names: Database

  init() throws {
    folder = try Folder()
    environment = try folder.open()
    names = try environment.database("names", create: true)
  }

  private func put(_ keys: String...) throws {
    try environment.write { transaction throws in
      for key in keys {
        try transaction.put(names, key: bytes(key), value: bytes("value of \(key)"))
      }
    }
  }

  private func keys() throws -> [String] { try environment.read { try $0.keys(names) } }

  @Test("What was put is read back, and what was not is nil")
  func getsBack() throws {
    try put("a", "b")
    try environment.read { transaction throws in
      #expect(text(try transaction.get(names, bytes("b"))) == "value of b")
      #expect(try transaction.get(names, bytes("c")) == nil)
      #expect(try transaction.statistics(names).entryCount == 2)
    }
  }

  @Test("Numbers are in their order, and appending out of order is refused")
  func appendsNumbers() throws {
    try environment.write { transaction throws in
      for number in UInt64(1)...1_000 {
        try transaction.put(
          names, key: number, value: bytes("\(number)"), flags: .append)
      }
    }
    #expect(throws: LMDBError.self) {
      try environment.write { transaction throws in
        _ = try transaction.put(names, key: UInt64(7), value: [UInt8](), flags: .append)
      }
    }
    try environment.read { transaction throws in
      #expect(text(try transaction.get(names, UInt64(256))) == "256")
      #expect(text(try transaction.last(names)?.value) == "1000")
      #expect(text(try transaction.first(names)?.value) == "1")
    }
  }

  @Test("A put that must not overwrite says that the key was there and leaves its value")
  func keepsOld() throws {
    try put("a")
    try environment.write { transaction throws in
      #expect(try transaction.put(names, key: bytes("a"), value: [1], flags: .noOverwrite))
      #expect(try !transaction.put(names, key: bytes("b"), value: [2], flags: .noOverwrite))
      #expect(text(try transaction.get(names, bytes("a"))) == "value of a")
    }
  }

  @Test("Reserved room is written in place")
  func reserves() throws {
    try environment.write { transaction throws in
      try transaction.reserve(names, key: bytes("a"), count: 3) { room in
        room.copyBytes(from: bytes("xyz"))
      }
    }
    try environment.read { transaction throws in
      #expect(text(try transaction.get(names, bytes("a"))) == "xyz")
    }
  }

  @Test("Deleting says whether there was something, and clearing leaves an empty database")
  func deletes() throws {
    try put("a", "b", "c")
    try environment.write { transaction throws in
      #expect(try transaction.delete(names, bytes("a")))
      #expect(try !transaction.delete(names, bytes("a")))
    }
    #expect(try keys() == ["b", "c"])
    try environment.write { try $0.clear(names) }
    #expect(try keys() == [])
  }

  @Test("Iteration starts at the nearest key in its direction and stops when told")
  func iterates() throws {
    try put("b", "d", "f")
    try environment.read { transaction throws in
      #expect(try transaction.keys(names, from: bytes("c")) == ["d", "f"])
      #expect(try transaction.keys(names, from: bytes("d")) == ["d", "f"])
      #expect(try transaction.keys(names, from: bytes("e"), reversed: true) == ["d", "b"])
      #expect(try transaction.keys(names, from: bytes("z"), reversed: true) == ["f", "d", "b"])
      #expect(try transaction.keys(names, from: bytes("z")) == [])
      #expect(try transaction.keys(names, from: bytes("a"), reversed: true) == [])
      var seen = 0
      try transaction.forEach(names) { _, _ in
        seen += 1
        return seen < 2
      }
      #expect(seen == 2)
    }
  }

  @Test(
    "A range is deleted from its first key up to, not with, its end",
    arguments: [(0, 5_000), (100, 4_000), (0, 1), (4_999, 5_000), (2_500, 2_500), (-1, 6_000)])
  func deletesRanges(range: (Int, Int)) throws {
    try environment.write { transaction throws in
      for number in UInt64(0)..<5_000 {
        try transaction.put(
          names, key: number, value: [UInt8](repeating: 1, count: 100), flags: .append)
      }
    }
    let lower = range.0 < 0 ? nil : UInt64(range.0)
    let upper = range.1 > 5_000 ? nil : UInt64(range.1)
    let expected = min(range.1, 5_000) - max(range.0, 0)
    try environment.write { transaction throws in
      #expect(try transaction.deleteAll(names, from: lower, upTo: upper) == expected)
      #expect(try transaction.statistics(names).entryCount == 5_000 - expected)
      for number in UInt64(0)..<5_000 {
        let isGone = number >= (lower ?? 0) && number < (upper ?? 5_000)
        #expect(try transaction.contains(names, number) != isGone)
      }
    }
  }

  @Test("A write that throws has changed nothing, and the next one works")
  func abortsOnThrow() throws {
    struct Stop: Error {}
    try put("a")
    #expect(throws: Stop.self) {
      try environment.write { transaction throws in
        try transaction.put(names, key: bytes("b"), value: [])
        throw Stop()
      }
    }
    #expect(try keys() == ["a"])
    try put("c")
    #expect(try keys() == ["a", "c"])
  }

  @Test("A transaction that has ended throws when it is used")
  func refusesEnded() throws {
    let escaped = try environment.read { $0 }
    #expect(throws: LMDBError.self) { try escaped.get(names, bytes("a")) }
    let written = try environment.write { $0 }
    #expect(throws: LMDBError.self) { try written.delete(names, bytes("a")) }
  }

  @Test("A write inside a write of the same thread is an error, not a deadlock")
  func refusesNested() throws {
    #expect(throws: LMDBError.self) {
      try environment.write { _ in try environment.write { _ in } }
    }
    try put("a")
    #expect(try keys() == ["a"])
  }

  @Test("Keys that are empty or too long are refused")
  func refusesBadKeys() throws {
    for key in [[UInt8](), [UInt8](repeating: 1, count: 512)] {
      #expect(throws: LMDBError.self) {
        try environment.write { _ = try $0.put(names, key: key, value: [UInt8]()) }
      }
    }
    #expect(try keys() == [])
  }
}
