import Crypto
public import SchemaModel

/// Which content begins somewhere, where its hash is known and its length is not.
public enum PrefixHashes {
  /// The shortest beginning of at least `byteCountMin` bytes whose hash, as a node's, is wanted; nil where
  /// there is none.
  public static func first(
    of bytes: [UInt8], from byteCountMin: Int, among wanted: Set<ContentHash>
  ) -> (hash: ContentHash, byteCount: Int)? {
    guard byteCountMin <= bytes.count, let kind = bytes.first.flatMap(NodeKind.init(rawValue:))
    else { return nil }
    var hasher = SHA256()
    var done = max(1, byteCountMin)
    hasher.update(data: bytes[..<done])
    while true {
      let hash = hasher.finalize().withUnsafeBytes { ContentHash(digest: $0, of: kind) }
      if wanted.contains(hash) { return (hash, done) }
      guard done < bytes.count else { return nil }
      hasher.update(data: bytes[done...done])
      done += 1
    }
  }
}

extension ContentHash {
  fileprivate init(digest: UnsafeRawBufferPointer, of kind: NodeKind) {
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    let isOfTree = kind == .leaf || kind == .branch
    self.init(
      word(0), word(1), isOfTree ? word(2) & Self.treeTailMask : word(2), isOfTree ? 0 : word(3))
  }
}

/// SHA-256 of what comes in parts.
public struct StreamedHash {
  private var hasher = SHA256()

  public init() {}

  /// Takes the next part.
  public mutating func append(_ bytes: [UInt8]) { hasher.update(data: bytes) }

  /// Of all parts up to now.
  public var hash: ContentHash {
    hasher.finalize().withUnsafeBytes { ContentHash(digest: $0, of: .source) }
  }
}
