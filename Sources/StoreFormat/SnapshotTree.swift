public import SchemaModel

/// Where a tree's nodes are read from, and written to.
public protocol NodeReader {
  /// Runs `body` on the node's bytes, which are valid only there.
  /// - Throws: the medium's error, also where there is no such node.
  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T
}

public protocol NodeWriter: NodeReader {
  /// Keeps the bytes under their hash; keeping the same bytes again is nothing.
  mutating func keep(_ bytes: [UInt8]) throws -> ContentHash
}

/// A content-addressed tree of paths: equal contents have equal roots, whatever order they came in.
public enum SnapshotTree {
  /// The content at a path; nil where there is none.
  public static func content(
    at path: ObjectPath, root: ContentHash, in nodes: borrowing some NodeReader
  ) throws -> ContentHash? {
    let encoded = path.encoded
    let key = ContentHash(of: encoded).words.0
    var hash = root
    var depth = 0
    while true {
      let step = try nodes.withNode(hash) { try NodeScan.find(encoded, key, depth, in: $0) }
      switch step {
      case .found(let content): return content
      case .absent: return nil
      case .below(let child): hash = child
      }
      depth += 1
    }
  }

  /// Every entry below a root, in no particular order.
  public static func forEach(
    root: ContentHash, in nodes: borrowing some NodeReader,
    _ body: (SnapshotEntry) throws -> Void
  ) throws {
    switch try nodes.withNode(root, { try SnapshotNode($0) }) {
    case .leaf(let entries): for entry in entries { try body(entry) }
    case .branch(_, let children):
      for child in children { try forEach(root: child.hash, in: nodes, body) }
    }
  }

  /// What differs between two trees, in time proportional to the difference.
  public static func differences(
    from old: ContentHash, to new: ContentHash, in nodes: borrowing some NodeReader,
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    guard old != new else { return }
    let before = try nodes.withNode(old) { try SnapshotNode($0) }
    let after = try nodes.withNode(new) { try SnapshotNode($0) }
    switch (before, after) {
    case (.branch(_, let a), .branch(_, let b)):
      return try differences(from: a, to: b, in: nodes, body)
    case (.leaf(let a), .leaf(let b)): return try differences(from: a, to: b, body)
    default: break
    }
    var left: [ObjectPath: ContentHash] = [:]
    try forEach(root: old, in: nodes) { left[$0.path] = $0.content }
    try forEach(root: new, in: nodes) { entry in
      let content = left.removeValue(forKey: entry.path)
      if content != entry.content { try body(entry.path, content, entry.content) }
    }
    for (path, content) in left { try body(path, content, nil) }
  }

  private typealias Child = (slot: Int, hash: ContentHash)

  private static func differences(
    from old: [Child], to new: [Child], in nodes: borrowing some NodeReader,
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    var (a, b) = (old[...], new[...])
    for slot in 0..<SnapshotNode.slotCount {
      let before = a.first?.slot == slot ? a.popFirst()?.hash : nil
      let after = b.first?.slot == slot ? b.popFirst()?.hash : nil
      switch (before, after) {
      case (let before?, let after?):
        try differences(from: before, to: after, in: nodes, body)
      case (let before?, nil):
        try forEach(root: before, in: nodes) { try body($0.path, $0.content, nil) }
      case (nil, let after?):
        try forEach(root: after, in: nodes) { try body($0.path, nil, $0.content) }
      case (nil, nil): break
      }
    }
  }

  /// Both in the order of their paths, as leaves are.
  private static func differences(
    from old: [SnapshotEntry], to new: [SnapshotEntry],
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    var (a, b) = (old[...], new[...])
    while let before = a.first, let after = b.first {
      if before.path == after.path {
        if before.content != after.content {
          try body(before.path, before.content, after.content)
        }
        a.removeFirst()
        b.removeFirst()
      } else if before.path < after.path {
        try body(before.path, before.content, nil)
        a.removeFirst()
      } else {
        try body(after.path, nil, after.content)
        b.removeFirst()
      }
    }
    for entry in a { try body(entry.path, entry.content, nil) }
    for entry in b { try body(entry.path, nil, entry.content) }
  }

  /// The hashes of every node below a root, the root too, contents not; `visit` says whether to go
  /// below a node.
  public static func forEachNode(
    root: ContentHash, in nodes: borrowing some NodeReader,
    _ visit: (ContentHash, SnapshotNode) throws -> Bool
  ) throws {
    let node = try nodes.withNode(root) { try SnapshotNode($0) }
    guard try visit(root, node), case .branch(_, let children) = node else { return }
    for child in children { try forEachNode(root: child.hash, in: nodes, visit) }
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
        if candidate.count == path.count, candidate.elementsEqual(path) {
          var found = FieldReader(content, of: what)
          return .found(try found.hash())
        }
      }
      return .absent
    case .branch:
      guard depth <= SnapshotNode.depthMax else {
        throw .malformed("\(what)", expected: "at most \(SnapshotNode.depthMax) levels")
      }
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
