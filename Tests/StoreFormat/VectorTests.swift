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
}
