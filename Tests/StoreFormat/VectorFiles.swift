import FoundationEssentials
import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

/// Hexadecimal text files: 32 bytes a line.
enum VectorFiles {
  static let root =
    String(#filePath.dropLast("Tests/StoreFormat/VectorFiles.swift".count))
    + "store/vectors"

  static func read(_ path: String) throws -> [UInt8] {
    let text = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let digits = text.filter(\.isHexDigit)
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  static func text(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 32).map { start in
      Hexadecimal.text(bytes[start..<min(start + 32, bytes.count)]) + "\n"
    }.joined()
  }

  static func fingerprint() throws -> [UInt8] { try Examples.schema.fingerprint.hash.bytes }
}

/// Run by store/vectors/make, which names the folder; otherwise it does nothing.
@Suite("Making golden bytes")
struct VectorWriting {
  static let target = ProcessInfo.processInfo.environment["STRATA_WRITE_VECTORS"]

  @Test("writes the bytes of this version", .enabled(if: target != nil))
  func write() throws {
    let folder = try #require(Self.target)
    var files = Vectors.all.map { ($0.name, $0.bytes) }
    files.append(("fingerprint", try VectorFiles.fingerprint()))
    for (name, bytes) in files {
      try Data(VectorFiles.text(bytes).utf8).write(to: URL(filePath: folder + "/\(name).hex"))
    }
    try GoldenStore.make(at: folder + "/store")
  }
}
