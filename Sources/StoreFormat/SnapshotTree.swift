public import SchemaModel

/// Where a tree's nodes are read from, and written to.
public protocol NodeReader {
  /// Runs `body` on the node's bytes, which are valid only there.
  /// - Throws: the medium's error, also where there is no such node.
  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T
}

/// Where a tree's new nodes are kept.
public protocol NodeWriter: NodeReader {
  /// Keeps the bytes under their hash; keeping the same bytes again is nothing.
  mutating func keep(_ bytes: [UInt8]) throws -> ContentHash
}

/// A tree's root, with its node's bytes where they are at hand already: valid as long as those are.
public struct SnapshotRoot {
  /// The hash of the root's node.
  public var hash: ContentHash
  var node: UnsafeRawBufferPointer?

  /// A root by its hash, with its node's bytes where they were read already.
  public init(_ hash: ContentHash, node: UnsafeRawBufferPointer? = nil) {
    self.hash = hash
    self.node = node
  }
}

extension NodeReader {
  func withNode<T>(
    _ root: SnapshotRoot, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    guard let node = root.node else { return try withNode(root.hash, body) }
    return try body(node)
  }
}

/// Where a path is in every tree.
public struct TreePlace {
  let encoded: [UInt8]
  let key: UInt64

  /// Hashes a path.
  public init(_ path: ObjectPath) {
    encoded = path.encoded
    key = ContentHash(of: encoded).words.0
  }
}

/// A content-addressed tree of paths: equal contents have equal roots, whatever order they came in.
public enum SnapshotTree {
  /// The content at a path; nil where there is none.
  public static func content(
    at path: ObjectPath, root: ContentHash, in nodes: borrowing some NodeReader
  ) throws -> ContentHash? {
    try content(at: path, root: SnapshotRoot(root), in: nodes)
  }

  /// The same, where the root's bytes may be at hand.
  public static func content(
    at path: ObjectPath, root: SnapshotRoot, in nodes: borrowing some NodeReader
  ) throws -> ContentHash? {
    try content(at: TreePlace(path), root: root, in: nodes)
  }

  /// The same, for a path that was hashed already.
  public static func content(
    at place: TreePlace, root: SnapshotRoot, in nodes: borrowing some NodeReader
  ) throws -> ContentHash? {
    let (encoded, key) = (place.encoded, place.key)
    var next = root
    var depth = 0
    while true {
      let step = try nodes.withNode(next) { try NodeScan.find(encoded, key, depth, in: $0) }
      switch step {
      case .found(let content): return content
      case .absent: return nil
      case .below(let child): next = SnapshotRoot(child)
      }
      depth += 1
    }
  }

  /// Every entry below a root, in no particular order.
  /// - Throws: `FormatError` for what is no tree: deeper than a key has bits, or with a node in two
  ///   places. So the work is bounded by the nodes that there are.
  public static func forEach(
    root: ContentHash, in nodes: borrowing some NodeReader,
    _ body: (SnapshotEntry) throws -> Void
  ) throws {
    var visited = VisitedNodes()
    try forEach(root: root, depth: 0, in: nodes, &visited, body)
  }

  static func forEach(
    root: ContentHash, depth: Int, in nodes: borrowing some NodeReader,
    _ visited: inout VisitedNodes, _ body: (SnapshotEntry) throws -> Void
  ) throws {
    switch try nodes.withNode(root, { try SnapshotNode($0) }) {
    case .leaf(let entries): for entry in entries { try body(entry) }
    case .branch(_, let children):
      try SnapshotNode.checkBranch(at: depth)
      for child in children {
        try visited.enter(child.hash)
        try forEach(root: child.hash, depth: depth + 1, in: nodes, &visited, body)
      }
    }
  }

  /// The hashes of every node below a root, the root too, contents not; `visit` says whether to go
  /// below a node: not twice below the same one.
  /// - Throws: `FormatError` for a tree that is deeper than a key has bits.
  public static func forEachNode(
    root: ContentHash, in nodes: borrowing some NodeReader,
    _ visit: (ContentHash, SnapshotNode) throws -> Bool
  ) throws {
    try forEachPlacedNode(root: root, at: NodePlace(), in: nodes) { hash, node, _ in
      try visit(hash, node)
    }
  }

  /// The same, with where each node stands: what it holds must belong there (`NodePlace.check`).
  public static func forEachPlacedNode(
    root: ContentHash, in nodes: borrowing some NodeReader,
    _ visit: (ContentHash, SnapshotNode, NodePlace) throws -> Bool
  ) throws {
    try forEachPlacedNode(root: root, at: NodePlace(), in: nodes, visit)
  }

  private static func forEachPlacedNode(
    root: ContentHash, at place: NodePlace, in nodes: borrowing some NodeReader,
    _ visit: (ContentHash, SnapshotNode, NodePlace) throws -> Bool
  ) throws {
    let node = try nodes.withNode(root) { try SnapshotNode($0) }
    guard try visit(root, node, place), case .branch(_, let children) = node else { return }
    try SnapshotNode.checkBranch(at: place.depth)
    for child in children {
      try forEachPlacedNode(root: child.hash, at: place.below(child.slot), in: nodes, visit)
    }
  }
}

/// Finding one path in a node's bytes, without making values of the rest.
enum NodeScan {
  enum Step {
    case found(ContentHash)
    case absent
    case below(ContentHash)
  }

  static func find(
    _ path: [UInt8], _ key: UInt64, _ depth: Int, in bytes: UnsafeRawBufferPointer
  ) throws(FormatError) -> Step {
    let what: StaticString = "a snapshot node"
    var reader = FieldReader(bytes, of: what)
    let kind = try reader.byte()
    _ = try reader.varint()
    switch NodeKind(rawValue: kind) {
    case .leaf:
      while !reader.isAtEnd {
        let candidate = try reader.bytes(reader.varint())
        let content = try reader.bytes(UInt64(ContentHash.byteCount))
        if path.withUnsafeBytes({ candidate.hasSameBytes(as: $0) }) {
          var found = FieldReader(content, of: what)
          return .found(try found.hash())
        }
      }
      return .absent
    case .branch:
      try SnapshotNode.checkBranch(at: depth)
      let bits = try reader.slotBits()
      let slot = UInt16(treeSlot(key, depth))
      guard bits & (1 << slot) != 0 else { return .absent }
      let before = (bits & ((1 << slot) - 1)).nonzeroBitCount
      _ = try reader.bytes(UInt64(before * ContentHash.treeByteCount))
      return .below(try reader.treeHash())
    default: throw .unknownKind(UInt64(kind), of: "\(what)")
    }
  }
}

/// The bits of a tree key that choose a child at a depth, from the top.
func treeSlot(_ key: UInt64, _ depth: Int) -> Int {
  let level = min(depth, SnapshotNode.depthMax) + 1
  return Int(truncatingIfNeeded: key >> UInt64(64 - SnapshotNode.fanoutBits * level))
    & (SnapshotNode.slotCount - 1)
}
