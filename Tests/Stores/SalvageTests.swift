import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@Suite("A salvage")
struct SalvageTests {
  static let pageSize = 4096

  static func log(_ bed: StoreBed) -> URL { URL(fileURLWithPath: bed.store + "/log/data.mdb") }

  /// A cut history with tags; without pages of old states, which would hold everything twice.
  static func compactBed(isCut: Bool = true) throws -> StoreBed {
    let bed = try StoreBed(isCut: isCut)
    for words in [["tag", "v1", "004"], ["tag", "v2", "005"], ["compact"]] {
      try #require(bed.run(words).code == 0)
    }
    return bed
  }

  private func head(_ store: String) throws -> LogHead {
    try History.open(at: store, readOnly: true).logHead()
  }

  @Test("of a whole store is that store, to the event, and leaves the old one as it is")
  func whole() throws {
    for isCut in [false, true] {
      let bed = try StoreBed(isCut: isCut)
      let before = try SalvageCheck.bytes(of: bed.store)
      let ending = try bed.run(["verify", "--salvage", "new"])
      #expect(ending.code == 0 && ending.output.contains("nothing was lost"), "\(ending.errors)")
      #expect(try SalvageCheck.bytes(of: bed.store) == before)
      #expect(try head(bed.project + "/new") == head(bed.store))
      for words in [["log", "--json"], ["schema", "--at", "002"], ["show", "005"], ["archive"]] {
        let answer = try bed.run(["--store", "new"] + words)
        let expected = try bed.run(words).output.replacing(".strata", with: "new")
        #expect(answer.code == 0 && answer.output == expected, "\(words): \(answer.errors)")
      }
      #expect(try bed.run(["--store", "new", "verify", "--full"]).code == 0)
      // It goes on as any store does.
      let next = ["--store", "new", "record", "-m", "x", "--id", "006", "-"]
      #expect(try bed.run(next, input: "CREATE TABLE t6 (a);").code == 0)
      #expect(try bed.run(["--store", "new", "verify", "--full"]).code == 0)
    }
  }

  @Test("makes nothing where something is, in the damaged store, or of nothing")
  func refused() throws {
    let bed = try StoreBed()
    try bed.write("mine", bed.project + "/file")
    let before = try SalvageCheck.bytes(of: bed.project)
    for target in ["m", "file", ".strata", ".strata/new", ""] {
      let ending = try bed.run(["verify", "--salvage", target])
      #expect(ending.code == 2 && ending.output.isEmpty, "\(target): \(ending.errors)")
    }
    #expect(try SalvageCheck.bytes(of: bed.project) == before)
    #expect(try bed.run(["verify", "--salvage", "new", "--expect", "123456789abc"]).code == 2)
    try FileManager.default.createDirectory(
      atPath: bed.project + "/empty", withIntermediateDirectories: false)
    #expect(try bed.run(["--store", "empty", "verify", "--salvage", "new"]).code == 2)
    #expect(try bed.run(["verify", "--salvage", "empty"]).code == 0, "an empty folder will do")
  }

  /// A table, an event, a text and rows that lie on pages of their own.
  private static let large = """
    CREATE TABLE large (\((0..<200).map { "column_\($0) TEXT DEFAULT 'x'" }.joined(separator: ", ")));
    \((0..<60).map { "INSERT INTO large (column_0) VALUES ('row \($0)');" }.joined(separator: "\n"))
    """

  @Test("finds all that is whole after any page of the log is gone")
  func pages() throws {
    let bed = try Self.compactBed()
    try bed.write(Self.large, bed.migrations + "/006_large.sql")
    for words in [["import", "sql", "m"], ["compact"]] { try #require(bed.run(words).code == 0) }
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let clean = try Data(contentsOf: Self.log(bed))
    var wholeCount = 0
    for page in 0..<clean.count / Self.pageSize {
      var bytes = clean
      let start = page * Self.pageSize
      bytes.replaceSubrange(
        start..<start + Self.pageSize, with: Data(repeating: 0, count: Self.pageSize))
      try bytes.write(to: Self.log(bed))
      if try check.run(bed.store, "page \(page)").isWhole { wholeCount += 1 }
    }
    // Both meta pages, and what only leads to others or is made of the events.
    #expect(wholeCount >= 6, "\(wholeCount)")
  }

  @Test("needs neither meta page, nor a file that is whole, nor a head of any page")
  func manyPages() throws {
    let bed = try Self.compactBed()
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let clean = try Data(contentsOf: Self.log(bed))
    var bytes = clean
    bytes.replaceSubrange(0..<8192, with: Data(repeating: 0, count: 8192))
    try bytes.write(to: Self.log(bed))
    #expect(try check.run(bed.store, "no meta page").isWhole)
    bytes = clean
    for start in stride(from: 0, to: clean.count, by: Self.pageSize) {
      bytes.replaceSubrange(start..<start + 16, with: Data(repeating: 255, count: 16))
    }
    try bytes.write(to: Self.log(bed))
    // What a large value's first page says of itself is not needed, either.
    #expect(try check.run(bed.store, "no heads").isWhole)
    for count in stride(from: 1, to: clean.count, by: 3000) {
      try clean.prefix(count).write(to: Self.log(bed))
      try check.run(bed.store, "cut to \(count) bytes")
    }
    try Data().write(to: Self.log(bed))
    try check.run(bed.store, "empty")
    try FileManager.default.removeItem(at: Self.log(bed))
    let archived = try check.run(bed.store, "gone")
    #expect(archived.revisionCount == 3)
  }

  @Test("puts right what one flipped bit made of an event or a node")
  func flips() throws {
    let bed = try Self.compactBed()
    let check = SalvageCheck(try WholeRevisions(of: bed.store), in: bed.root)
    let clean = try Data(contentsOf: Self.log(bed))
    let last = try head(bed.store)
    var values: [Data] = []
    try Store.open(at: bed.store, readOnly: true).read { log in
      try log.forEachRecord(from: EventSequence(0)) { _, bytes in
        values.append(Data(bytes))
        return true
      }
      try log.forEachNode { _, bytes in
        values.append(Data(bytes))
        return true
      }
    }
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededRandom(seed: seed)
    for value in values {
      let place = Int.random(in: 0..<value.count, using: &random)
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      let range = try #require(clean.range(of: value))
      var bytes = clean
      bytes[range.lowerBound + place] ^= bit
      try bytes.write(to: Self.log(bed))
      let what: Comment = "seed \(seed): byte \(place), bit \(bit) of a value of \(value.count)"
      let report = try check.run(bed.store, what)
      #expect(report.isWhole, "\(what): \(report.losses)")
      #expect(report.logHead == last, what)
    }
  }

  @Test("takes over a folder that waits to be rewritten, where the cut names its files")
  func pendingFolder() throws {
    let bed = try StoreBed()
    try #require(bed.run(["truncate", "003", "--sql", "m"]).code == 0)
    let written = try FileManager.default.contentsOfDirectory(atPath: bed.migrations)
    let name = try #require(written.first { !["004_t.sql", "005_t.sql"].contains($0) })
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(bed.migrations)/\(name)"))
    for (content, isTaken) in [(Array(bytes), true), (Array("SELECT 1;".utf8), false)] {
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.migrations, writes: [ExactText(name): content], removes: ["001_t.sql"])
      }
      let target = bed.root + "/new-\(isTaken)"
      let report = try History.salvage(at: bed.store, to: target, by: "Ann")
      #expect(report.isWhole == isTaken, "\(report.losses)")
      let pending = try Store.open(at: target, readOnly: true).read { try $0.state().pending }
      #expect((pending != nil) == isTaken)
    }
  }

  @Test("of a store that a newer version wrote, of which nothing can be read, is refused")
  func newer() throws {
    let bed = try SalvageTests.compactBed()
    try FileManager.default.removeItem(atPath: bed.store + "/archive")
    var bytes = try Data(contentsOf: Self.log(bed))
    let state = try Store.open(at: bed.store, readOnly: true).read { try $0.state().bytes }
    let place = try #require(bytes.range(of: Data(state)))
    try #require(bytes[place.lowerBound + 1] == 1)
    bytes[place.lowerBound + 1] = 9
    // Records of another version are none that this one can prove.
    for start in stride(from: 0, to: bytes.count, by: Self.pageSize)
    where !(start..<start + Self.pageSize).contains(place.lowerBound) {
      let zeros = Data(repeating: 0, count: Self.pageSize)
      bytes.replaceSubrange(start..<start + Self.pageSize, with: zeros)
    }
    try bytes.write(to: Self.log(bed))
    let ending = try bed.run(["verify", "--salvage", "new"])
    #expect(ending.code == 4 && ending.errors.contains("use a newer Strata"), "\(ending.errors)")
    #expect(!FileManager.default.fileExists(atPath: bed.project + "/new"))
  }
}
