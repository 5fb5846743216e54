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

  public init() {}

  public func has(_ hash: ContentHash) -> Bool { nodes[hash] != nil }

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
