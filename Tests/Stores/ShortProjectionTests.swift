import Foundation
import SchemaModel
import Testing

@Suite("A projection that was made while a segment was gone")
struct ShortProjectionTests {
  private let count = ["query", "--csv", "SELECT count(*) AS n FROM revisions"]

  @Test("says what it lacks, and is made anew as soon as the segment is there again")
  func segment() throws {
    let bed = try StoreBed(isCut: true)
    let archive = bed.store + "/archive"
    for words in [["truncate", "004"], ["query", "SELECT 1"]] {
      try #require(bed.run(words).code == 0)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
    try #require(names.count == 2)
    for name in names {
      try FileManager.default.moveItem(atPath: "\(archive)/\(name)", toPath: bed.root + "/kept")
      // One that was made before has the events all the same.
      let before = try bed.run(count)
      #expect(before.output == "n\n5\n" && before.errors.isEmpty, "\(before)")
      let rebuilt = try bed.run(["rebuild"])
      #expect(rebuilt.code == 0 && rebuilt.errors.contains("not in the projections"), "\(rebuilt)")
      let short = try bed.run(count)
      #expect(short.code == 0 && short.output != "n\n5\n", "\(short)")
      #expect(short.errors.contains("whose segment \(name) is not in the archive"), "\(short)")
      // What lies before a segment that is gone cannot be joined to what lies behind it.
      #expect(
        short.errors.contains("since a segment behind them") == (name == names.last), "\(short)")
      try FileManager.default.moveItem(atPath: bed.root + "/kept", toPath: "\(archive)/\(name)")
      let whole = try bed.run(count)
      #expect(whole.output == "n\n5\n" && whole.errors.isEmpty, "\(name): \(whole)")
      #expect(try bed.run(["verify", "--full"]).code == 0)
    }
  }

  @Test("is made anew, too, when the segment is put back into the log")
  func restored() throws {
    let bed = try StoreBed(isCut: true)
    let archive = bed.store + "/archive"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: archive).first)
    try FileManager.default.moveItem(atPath: "\(archive)/\(name)", toPath: bed.root + "/kept")
    try #require(bed.run(["rebuild"]).code == 0)
    try FileManager.default.moveItem(atPath: bed.root + "/kept", toPath: "\(archive)/\(name)")
    try #require(bed.run(["restore"]).code == 0)
    let whole = try bed.run(count)
    #expect(whole.output == "n\n5\n" && whole.errors.isEmpty, "\(whole)")
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }
}
