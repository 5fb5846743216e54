import FoundationEssentials
import SchemaModel
import StoreFormat
import Testing

/// The bytes that each released format wrote, in `store/vectors/`: they must be read for ever.
@Suite("Golden bytes")
struct VectorTests {
  static let folder = VectorFiles.root + "/v1"

  @Test("what v1 wrote is what is written today, to the byte", arguments: Vectors.all)
  func written(vector: Vector) throws {
    let golden = try VectorFiles.read(Self.folder + "/\(vector.name).hex")
    #expect(vector.bytes == golden, "made by store/vectors/make; a new format gets a new folder")
  }

  @Test("what v1 wrote reads, and is written again the same", arguments: Vectors.all)
  func read(vector: Vector) throws {
    let golden = try VectorFiles.read(Self.folder + "/\(vector.name).hex")
    #expect(try vector.reencode(golden) == golden)
  }

  @Test("the fingerprint of the example schema never changes")
  func fingerprint() throws {
    let golden = try VectorFiles.read(Self.folder + "/fingerprint.hex")
    #expect(try VectorFiles.fingerprint() == golden)
  }

  @Test("every file of v1 is read by a test")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
      .filter { $0.hasSuffix(".hex") }
    let known = Set(Vectors.all.map { $0.name + ".hex" } + ["fingerprint.hex"])
    #expect(Set(files) == known)
  }

  @Test("the worked bytes of FORMAT.md are golden bytes")
  func worked() throws {
    let file = URL(filePath: VectorFiles.root + "/../FORMAT.md")
    let document = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    let names = ["event-tagged", "operation-rename-column", "row-chunk"]
    let section = try #require(document.split(separator: "## Worked bytes").last)
    let blocks = section.split(separator: "```\n").enumerated().filter { $0.offset % 2 == 1 }
    for (name, block) in zip(names, blocks.map(\.element)) {
      let golden = Hexadecimal.text(try VectorFiles.read(Self.folder + "/\(name).hex"))
      var digits = ""
      for line in block.split(separator: "\n") {
        let words = line.split(separator: " ")
        digits += words.prefix { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }.joined()
        if words.contains("...") { break }
      }
      #expect(digits.count > 30)
      #expect(golden.hasPrefix(digits), "\(name)")
    }
  }
}
