public import SchemaModel

// Two nodes are compared as bytes: equal subtrees have equal hashes, and of two nodes that differ
// most is alike. Values are made only of what differs.

extension SnapshotTree {
  /// What differs between two trees, in time proportional to the difference.
  public static func differences(
    from old: ContentHash, to new: ContentHash, in nodes: some NodeReader,
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    try differences(from: SnapshotRoot(old), to: SnapshotRoot(new), in: nodes, body)
  }

  static func differences(
    from old: SnapshotRoot, to new: SnapshotRoot, in nodes: some NodeReader,
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    var visited = (VisitedNodes(), VisitedNodes())
    try differences(from: old, to: new, depth: 0, in: nodes, &visited, body)
  }

  private static func differences(
    from old: SnapshotRoot, to new: SnapshotRoot, depth: Int, in nodes: some NodeReader,
    _ visited: inout (VisitedNodes, VisitedNodes),
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    guard old.hash != new.hash else { return }
    let isDone = try nodes.withNode(old) { before in
      try nodes.withNode(new) { after in
        let (before, after) = (try NodeBytes(before, depth), try NodeBytes(after, depth))
        guard before.isLeaf == after.isLeaf else { return false }
        if before.isLeaf {
          try differences(betweenLeaves: before, after, body)
        } else {
          try differences(betweenBranches: before, after, depth: depth, in: nodes, &visited, body)
        }
        return true
      }
    }
    if isDone { return }
    var left: [ObjectPath: ContentHash] = [:]
    try forEach(root: old.hash, depth: depth, in: nodes, &visited.0) {
      left[$0.path] = $0.content
    }
    try forEach(root: new.hash, depth: depth, in: nodes, &visited.1) { entry in
      let content = left.removeValue(forKey: entry.path)
      if content != entry.content { try body(entry.path, content, entry.content) }
    }
    for (path, content) in left { try body(path, content, nil) }
  }

  private static func differences(
    betweenBranches old: NodeBytes, _ new: NodeBytes, depth: Int, in nodes: some NodeReader,
    _ visited: inout (VisitedNodes, VisitedNodes),
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    var (a, b) = (old, new)
    var slots = old.slots | new.slots
    while slots != 0 {
      let slot = slots & (~slots &+ 1)
      slots ^= slot
      let before = try a.child(slot)
      let after = try b.child(slot)
      switch (before, after) {
      case (let before?, let after?):
        if before.hasSameBytes(as: after) { continue }
        let (left, right) = (try NodeBytes.treeHash(before), try NodeBytes.treeHash(after))
        try visited.0.enter(left)
        try visited.1.enter(right)
        try differences(
          from: SnapshotRoot(left), to: SnapshotRoot(right), depth: depth + 1, in: nodes,
          &visited, body)
      case (let before?, nil):
        let hash = try NodeBytes.treeHash(before)
        try visited.0.enter(hash)
        try forEach(root: hash, depth: depth + 1, in: nodes, &visited.0) {
          try body($0.path, $0.content, nil)
        }
      case (nil, let after?):
        let hash = try NodeBytes.treeHash(after)
        try visited.1.enter(hash)
        try forEach(root: hash, depth: depth + 1, in: nodes, &visited.1) {
          try body($0.path, nil, $0.content)
        }
      case (nil, nil): break
      }
    }
  }

  /// Both in the order of their paths, as leaves are. Versions to which text was not bytes wrote a few
  /// names in another order: what seems to have gone and come may be the same.
  private static func differences(
    betweenLeaves old: NodeBytes, _ new: NodeBytes,
    _ body: (ObjectPath, _ old: ContentHash?, _ new: ContentHash?) throws -> Void
  ) throws {
    var (a, b) = (old, new)
    var (before, after) = (try a.entry(), try b.entry())
    var gone: [NodeBytes.Entry] = []
    var come: [NodeBytes.Entry] = []
    while let old = before, let new = after {
      if old.path.hasSameBytes(as: new.path) {
        if !old.content.hasSameBytes(as: new.content) {
          try body(old.objectPath, old.hash, new.hash)
        }
        (before, after) = (try a.entry(), try b.entry())
      } else if try old.objectPath < new.objectPath {
        gone.append(old)
        before = try a.entry()
      } else {
        come.append(new)
        after = try b.entry()
      }
    }
    while let old = before {
      gone.append(old)
      before = try a.entry()
    }
    while let new = after {
      come.append(new)
      after = try b.entry()
    }
    for old in gone {
      let twin = come.firstIndex { $0.path.hasSameBytes(as: old.path) }
      let new = twin.map { come.remove(at: $0) }
      if let new, new.content.hasSameBytes(as: old.content) { continue }
      try body(old.objectPath, old.hash, new?.hash)
    }
    for new in come { try body(new.objectPath, nil, new.hash) }
  }
}

/// A node's bytes, taken apart no further than is asked.
struct NodeBytes {
  let isLeaf: Bool
  /// The children of a branch, a bit each.
  let slots: UInt16
  private var reader: FieldReader

  init(_ bytes: UnsafeRawBufferPointer, _ depth: Int) throws(FormatError) {
    let what: StaticString = "a snapshot node"
    reader = FieldReader(bytes, of: what)
    let kind = try reader.byte()
    _ = try reader.varint()
    switch NodeKind(rawValue: kind) {
    case .leaf:
      isLeaf = true
      slots = 0
    case .branch:
      try SnapshotNode.checkBranch(at: depth)
      isLeaf = false
      slots = try reader.slotBits()
    default: throw .unknownKind(UInt64(kind), of: "\(what)")
    }
  }

  struct Entry {
    let path: UnsafeRawBufferPointer
    let content: UnsafeRawBufferPointer

    var objectPath: ObjectPath {
      get throws(FormatError) { try ObjectPath(from: FieldReader(path, of: "an object's path")) }
    }

    var hash: ContentHash {
      get throws(FormatError) {
        var reader = FieldReader(content, of: "a snapshot node")
        return try reader.hash()
      }
    }
  }

  /// The next entry of a leaf; nil at its end.
  mutating func entry() throws(FormatError) -> Entry? {
    if reader.isAtEnd { return nil }
    let path = try reader.bytes(reader.varint())
    return Entry(path: path, content: try reader.bytes(UInt64(ContentHash.byteCount)))
  }

  /// The bytes of a branch's child's hash; asked for in the order of the slots.
  mutating func child(_ slot: UInt16) throws(FormatError) -> UnsafeRawBufferPointer? {
    slots & slot == 0 ? nil : try reader.bytes(UInt64(ContentHash.treeByteCount))
  }

  static func treeHash(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> ContentHash {
    var reader = FieldReader(bytes, of: "a snapshot node")
    return try reader.treeHash()
  }
}

extension UnsafeRawBufferPointer {
  /// Eight bytes a step: what is compared is short, and mostly equal.
  func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    var offset = 0
    while offset &+ 8 <= count {
      guard
        loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      else { return false }
      offset &+= 8
    }
    while offset < count {
      guard self[offset] == other[offset] else { return false }
      offset &+= 1
    }
    return true
  }
}
