public import SchemaModel

/// Finds entries by their paths in one tree after another. Trees share most of their nodes, and a
/// node is read once.
public struct SnapshotFinder {
  private let isWanted: (ObjectPath) -> Bool
  /// What was found below each node.
  private var found: [ContentHash: [SnapshotEntry]] = [:]

  /// Finds the paths for which `isWanted` holds.
  public init(where isWanted: @escaping (ObjectPath) -> Bool) { self.isWanted = isWanted }

  /// The wanted entries below a root, in the order of their paths.
  /// - Throws: `FormatError` for what is no tree: deeper than a key has bits, or with a path in two
  ///   places; the medium's error.
  public mutating func entries(
    root: ContentHash, in nodes: borrowing some NodeReader
  ) throws -> [SnapshotEntry] {
    try entries(root, depth: 0, in: nodes).sorted { $0.path < $1.path }
  }

  private mutating func entries(
    _ hash: ContentHash, depth: Int, in nodes: borrowing some NodeReader
  ) throws -> [SnapshotEntry] {
    if let known = found[hash] { return known }
    var entries: [SnapshotEntry] = []
    switch try nodes.withNode(hash, { try SnapshotNode($0) }) {
    case .leaf(let all): entries = all.filter { isWanted($0.path) }
    case .branch(_, let children):
      try SnapshotNode.checkBranch(at: depth)
      for child in children {
        entries += try self.entries(child.hash, depth: depth + 1, in: nodes)
        // Before the next child: nodes that stand in many places could make it endless.
        guard entries.count < 2 || Set(entries.map(\.path)).count == entries.count else {
          throw FormatError.malformed(
            "a snapshot node", expected: "to hold each path in one place of its tree")
        }
      }
    }
    found[hash] = entries
    return entries
  }
}
