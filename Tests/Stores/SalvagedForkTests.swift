import Foundation
import Testing

@Suite("A salvage of a store that holds parts of two histories")
struct SalvagedForkTests {
  /// Two stores that were one, and went on by themselves.
  private func fork(_ count: Int) throws -> (mine: StoreBed, other: StoreBed) {
    let mine = try SalvageTests.compactBed()
    let other = try StoreBed(copying: mine)
    for (bed, table) in [(mine, "mine"), (other, "other")] {
      for number in 1...count {
        let record = ["record", "-m", table, "--id", "\(table)\(number)", "-"]
        try #require(bed.run(record, input: "CREATE TABLE \(table)\(number) (a);").code == 0)
      }
      try #require(bed.run(["schema"]).code == 0)
    }
    return (mine, other)
  }

  private func replace(_ path: String, in bed: StoreBed, from other: StoreBed) throws {
    try? FileManager.default.removeItem(atPath: bed.store + "/" + path)
    try FileManager.default.copyItem(
      atPath: other.store + "/" + path, toPath: bed.store + "/" + path)
  }

  @Test("says that the projection has seen another one", arguments: [1, 3])
  func projection(count: Int) throws {
    let (mine, other) = try fork(count)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: mine.store + "/projection.sqlite" + suffix)
    }
    try replace("projection.sqlite", in: mine, from: other)
    let ending = try mine.run(["verify", "--salvage", "new"])
    #expect(ending.code == 3, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("lost: the projection: it has seen event #"))
    #expect(try mine.run(["--store", "new", "show", "mine1"]).code == 0)
  }

  @Test("says that a segment of the archive is of another one")
  func archive() throws {
    let (mine, other) = try fork(2)
    try #require(other.run(["truncate", "other2"]).code == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: other.store + "/archive")
    let known = try FileManager.default.contentsOfDirectory(atPath: mine.store + "/archive")
    let new = names.filter { !known.contains($0) }
    #expect(new.count == 1)
    for name in new { try replace("archive/" + name, in: mine, from: other) }
    let ending = try mine.run(["verify", "--salvage", "new"])
    #expect(ending.code == 3, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("events not taken: nothing links them to the history that is"))
    #expect(try mine.run(["--store", "new", "show", "mine2"]).code == 0)
  }

  @Test("says nothing of the kind where one was copied, cut, restored or interrupted")
  func whole() throws {
    let (mine, _) = try fork(2)
    try #require(mine.run(["truncate", "mine1"]).code == 0)
    #expect(try mine.run(["verify", "--salvage", "cut"]).output.contains("nothing was lost"))
    try #require(mine.run(["restore"]).code == 0)
    #expect(try mine.run(["verify", "--salvage", "back"]).output.contains("nothing was lost"))
  }
}
