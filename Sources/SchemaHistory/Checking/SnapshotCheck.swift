public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// Whether every node of a revision's schema and rows has the hash that it is kept under. Questions do
  /// not look; what is made of them, and stays, does.
  /// - Throws: `HistoryError.store`.
  public func checkSnapshot(of id: RevisionID) throws {
    try withSnapshot(of: id) { log, entry in
      let nodes = CheckedNodes(log: log)
      try SnapshotTree.forEach(root: entry.snapshot, in: nodes) { entry in
        try nodes.withNode(entry.content) { _ in }
      }
      guard let rows = entry.rows else { return }
      try SnapshotTree.forEach(root: rows, in: nodes) { entry in
        let header = try nodes.withNode(entry.content) { try RowCodec.header($0) }
        for chunk in header.chunks { try nodes.withNode(chunk) { _ in } }
      }
    }
  }
}

/// Nodes whose bytes are hashed when they are read.
private struct CheckedNodes: NodeReader {
  let log: LogReader

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try log.withNode(hash) { bytes in
      let found = ContentHash(ofNode: bytes)
      guard found == hash else {
        throw StoreError.inconsistent(
          "the bytes of the node \(hash.short) give the hash \(found.short)")
      }
      return try body(bytes)
    }
  }
}
