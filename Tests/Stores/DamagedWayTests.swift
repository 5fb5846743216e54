import Foundation
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

/// Pages whose damage LMDB would carry on, or write over without a word.
@Suite("A write that leads over a damaged page")
struct DamagedWayTests {
  private static let pageSize = 4096

  private func log(_ bed: StoreBed) -> URL { URL(fileURLWithPath: bed.store + "/log/data.mdb") }

  private func word(_ bytes: Data, _ offset: Int) -> Int {
    (0..<8).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
  }

  /// The newest state's page of the trees.
  private func root(_ bytes: Data, _ tree: Int) -> Int {
    let meta = word(bytes, 144) > word(bytes, Self.pageSize + 144) ? 0 : Self.pageSize
    return word(bytes, meta + tree + 40) * Self.pageSize
  }

  /// The page that holds the record of the last event.
  private func lastEvent(_ bed: StoreBed, _ bytes: Data) throws -> Int {
    let record = try Store.open(at: bed.store).read { log in
      try log.recordBytes(log.state().lastSequence).map { Data($0) }
    }
    let last = try #require(record)
    let found = try #require(bytes.range(of: last, options: .backwards))
    return found.lowerBound / Self.pageSize * Self.pageSize
  }

  @Test("is refused, changes nothing, and the damage stays to be found")
  func refused() throws {
    let bed = try StoreBed()
    for name in ["v1", "v2"] { try #require(bed.run(["tag", name]).code == 0) }
    let whole = try Data(contentsOf: log(bed))
    let meta = word(whole, 144) > word(whole, Self.pageSize + 144) ? 0 : Self.pageSize
    let (main, free) = (root(whole, 88), root(whole, 40))
    let events = try lastEvent(bed, whole)
    let places: [(what: String, offset: Int, bit: UInt8)] = [
      ("the number of the main page", main, 1), ("its flags", main + 10, 1),
      ("where its free space ends", main + 14, 4), ("the free list's number", free, 1),
      ("the free list's flags", free + 10, 1), ("a number in the free list", free + 4096 - 8, 1),
      ("the events' last page's number", events, 1), ("its flags", events + 10, 4),
      ("its lower end", events + 12, 2), ("an offset of a node", events + 16, 2),
      ("the newest meta page's number", meta + 144, 2), ("its last page", meta + 140, 1),
      ("the older meta page's number", (Self.pageSize - meta) + 144, 4),
    ]
    for (what, offset, bit) in places {
      var bytes = whole
      bytes[offset] ^= bit
      try bytes.write(to: log(bed))
      try #require(try bed.run(["verify"]).code == 3, "\(what)")
      for words in [["tag", "v3"], ["record", "-m", "x", "--id", "x", "-"], ["compact"]] {
        let ending = try bed.run(words, input: "CREATE TABLE x (a);")
        #expect(ending.code == 3, "\(what), \(words): \(ending.output)\(ending.errors)")
        #expect(try Data(contentsOf: log(bed)) == bytes, "\(what), \(words)")
      }
      #expect(try bed.run(["verify"]).code == 3, "\(what)")
    }
    try whole.write(to: log(bed))
    #expect(try bed.run(["tag", "v3"]).code == 0)
  }

  @Test("that copies, cuts or restores looks at all pages, not only at those on its way")
  func everyPage() throws {
    for (isCut, verbs) in [(false, [["truncate", "003"], ["compact"]]), (true, [["restore"]])] {
      let bed = try StoreBed(isCut: isCut)
      let whole = try Data(contentsOf: log(bed))
      // A node's page: LMDB copies it as it is.
      let object = try Store.open(at: bed.store).read { log -> Data in
        var found = Data()
        try log.forEachNode { _, bytes in
          found = Data(bytes)
          return found.first != 3
        }
        return found
      }
      // Copies that are free again hold it, too; which one is in use is not told.
      var bytes = whole
      var pages: Set<Int> = []
      var rest = whole.startIndex..<whole.endIndex
      while let found = whole.range(of: object, in: rest) {
        pages.insert(found.lowerBound / Self.pageSize)
        rest = found.upperBound..<whole.endIndex
      }
      for page in pages {
        bytes[page * Self.pageSize] ^= 1
        bytes[page * Self.pageSize + 8] ^= 1
      }
      try bytes.write(to: log(bed))
      try #require(try bed.run(["verify"]).code == 3)
      for words in verbs {
        let ending = try bed.run(words)
        #expect(ending.code == 3, "\(words): \(ending.output)\(ending.errors)")
        #expect(try Data(contentsOf: log(bed)) == bytes, "\(words)")
      }
    }
  }
}
