import Crypto
public import SchemaModel

extension ContentHash {
  /// SHA-256 of the bytes.
  public init(of bytes: UnsafeRawBufferPointer) {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    self = hasher.finalize().withUnsafeBytes { digest in
      func word(_ index: Int) -> UInt64 {
        UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return ContentHash(word(0), word(1), word(2), word(3))
    }
  }

  /// The SHA-256 of some bytes.
  public init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { ContentHash(of: $0) }
  }

  /// The hash under which a node is kept. That of a tree's node is cut to 160 bits, the rest zero:
  /// a branch is hardly more than its children's hashes, and every revision writes some.
  public init(ofNode bytes: UnsafeRawBufferPointer) {
    self.init(of: bytes)
    let kind = bytes.first.flatMap(NodeKind.init(rawValue:))
    if kind == .leaf || kind == .branch {
      self.init(words.0, words.1, words.2 & Self.treeTailMask, 0)
    }
  }

  static let treeByteCount = 20
  static let treeTailMask: UInt64 = 0xFFFF_FFFF_0000_0000

  var isOfTree: Bool { words.3 == 0 && words.2 & ~Self.treeTailMask == 0 }

  /// Runs `body` on the node's key: the hash, without what is zero of a tree node's.
  public func withNodeKey<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let bigEndian = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    let count = isOfTree ? Self.treeByteCount : Self.byteCount
    return try withUnsafeBytes(of: bigEndian) {
      try body(UnsafeRawBufferPointer(rebasing: $0[..<count]))
    }
  }

  /// Reads a node's key; nil for bytes that are none.
  public init?(nodeKey key: UnsafeRawBufferPointer) {
    guard key.count == Self.treeByteCount || key.count == Self.byteCount else { return nil }
    self.init(bytes: Array(key) + Array(repeating: 0, count: Self.byteCount - key.count))
  }
}
