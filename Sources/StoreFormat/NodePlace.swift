import SchemaModel

// A tree's nodes come from disk. In a sound tree each key has one place, so that no node can stand in
// two; one that refers to itself, or many that refer to the same ones, would be walked without end.

/// The nodes of one tree that a walk has come to.
struct VisitedNodes {
  private var hashes: Set<ContentHash> = []

  /// - Throws: where the walk has been there already.
  mutating func enter(_ hash: ContentHash) throws(FormatError) {
    guard hashes.insert(hash).inserted else {
      throw .malformed("a snapshot node", expected: "to stand in one place of its tree")
    }
  }
}

extension SnapshotNode {
  /// - Throws: for a branch where the keys have no more bits.
  static func checkBranch(at depth: Int) throws(FormatError) {
    guard depth < depthMax else {
      throw .malformed("a snapshot node", expected: "at most \(depthMax) levels")
    }
  }
}

/// Where a node stands: the bits of the keys that lead there.
public struct NodePlace: Hashable, Sendable {
  /// Levels below the root: 0 for the root.
  public private(set) var depth = 0
  private var bits: UInt64 = 0

  /// The root's place.
  public init() {}

  func below(_ slot: Int) -> NodePlace {
    var place = self
    place.depth += 1
    place.bits = bits << UInt64(SnapshotNode.fanoutBits) | UInt64(slot)
    return place
  }

  /// Whether a node can stand here.
  /// - Throws: for a leaf with a path whose key leads elsewhere, or with too many; for a branch that
  ///   should be a leaf.
  public func check(_ node: SnapshotNode) throws(FormatError) {
    let what = "a snapshot node"
    switch node {
    case .leaf(let entries):
      guard entries.count <= SnapshotNode.leafEntryCountMax || depth >= SnapshotNode.depthMax else {
        throw .malformed(what, expected: "at most \(SnapshotNode.leafEntryCountMax) entries")
      }
      if depth == 0 { return }
      // A leaf without entries would fit anywhere.
      guard !entries.isEmpty else { throw .malformed(what, expected: "at least one entry") }
      let shift = UInt64(max(0, 64 - SnapshotNode.fanoutBits * depth))
      for entry in entries where entry.path.treeKey >> shift != bits {
        throw .malformed(what, expected: "paths whose keys lead to it")
      }
    case .branch(let count, _):
      try SnapshotNode.checkBranch(at: depth)
      guard count > SnapshotNode.leafEntryCountMax else {
        throw .malformed(what, expected: "more entries than a leaf takes")
      }
    }
  }
}
