public import SchemaModel

extension Schema {
  /// The root that a snapshot of this schema has, computed in memory.
  public var fingerprint: Fingerprint {
    get throws {
      var nodes = MemoryNodes()
      let contents = objects.mapValues {
        ContentHash?.some(ContentHash(of: ContentNode.bytes(of: $0)))
      }
      return Fingerprint(try SnapshotTree.update(root: nil, contents, in: &nodes))
    }
  }
}

/// Nodes that nobody keeps.
public struct MemoryNodes: NodeWriter {
  private var nodes: [ContentHash: [UInt8]] = [:]

  /// No nodes yet.
  public init() {}

  /// Whether a node was kept.
  public func has(_ hash: ContentHash) -> Bool { nodes[hash] != nil }

  /// Runs `body` on a node that was kept.
  /// - Throws: `FormatError.missingField` where it was not.
  public func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    guard let bytes = nodes[hash] else {
      throw FormatError.missingField("\(hash.short)", of: "a tree in memory")
    }
    return try bytes.withUnsafeBytes(body)
  }

  public mutating func keep(_ bytes: [UInt8]) throws -> ContentHash {
    let hash = bytes.withUnsafeBytes { ContentHash(ofNode: $0) }
    nodes[hash] = bytes
    return hash
  }
}
