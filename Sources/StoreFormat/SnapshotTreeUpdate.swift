public import SchemaModel

extension SnapshotTree {
  /// The root after some contents were set (or, with nil, removed), writing only the nodes on the
  /// way to them. Without an old root it is a new tree.
  public static func update(
    root: ContentHash?, _ changes: [ObjectPath: ContentHash?], in nodes: inout some NodeWriter
  ) throws -> ContentHash {
    let keyed = changes.map { KeyedChange(key: $0.key.treeKey, path: $0.key, content: $0.value) }
    let old = try root.map { root in try nodes.withNode(root) { try SnapshotNode($0) } }
    if keyed.isEmpty, let root { return root }
    var update = TreeUpdate(nodes: nodes)
    let node = try update.apply(keyed, to: old ?? .leaf([]), depth: 0)
    let hash = try update.nodes.keep(node.bytes)
    nodes = update.nodes
    return hash
  }
}

private struct KeyedChange {
  var key: UInt64
  var path: ObjectPath
  var content: ContentHash?
}

private struct TreeUpdate<Nodes: NodeWriter> {
  var nodes: Nodes

  /// The node that stands in place of `node`; not kept yet, since a parent may take its entries in.
  mutating func apply(
    _ changes: [KeyedChange], to node: SnapshotNode, depth: Int
  ) throws -> SnapshotNode {
    switch node {
    case .leaf(let entries): return try apply(changes, toLeaf: entries, depth: depth)
    case .branch(let count, let children):
      return try apply(changes, toBranch: children, count, depth: depth)
    }
  }

  private mutating func apply(
    _ changes: [KeyedChange], toLeaf entries: [SnapshotEntry], depth: Int
  ) throws -> SnapshotNode {
    guard changes.count + entries.count > 64 else {
      var merged = entries
      for change in changes {
        let place = merged.firstIndex { $0.path == change.path }
        switch (place, change.content) {
        case (let place?, let content?): merged[place].content = content
        case (let place?, nil): merged.remove(at: place)
        case (nil, let content?):
          merged.append(SnapshotEntry(path: change.path, content: content))
        case (nil, nil): break
        }
      }
      return try node(of: merged, depth: depth)
    }
    var contents: [ObjectPath: ContentHash] = [:]
    for entry in entries { contents[entry.path] = entry.content }
    for change in changes { contents[change.path] = change.content }
    let merged = contents.map { SnapshotEntry(path: $0.key, content: $0.value) }
    return try node(of: merged, depth: depth)
  }

  /// One leaf where they are few, else a branch over kept children.
  private mutating func node(of entries: [SnapshotEntry], depth: Int) throws -> SnapshotNode {
    if entries.count <= SnapshotNode.leafEntryCountMax || depth == SnapshotNode.depthMax {
      return .leaf(entries.sorted { $0.path < $1.path })
    }
    var slots: [[SnapshotEntry]] = Array(repeating: [], count: SnapshotNode.slotCount)
    for entry in entries { slots[treeSlot(entry.path.treeKey, depth)].append(entry) }
    var children: [(slot: Int, hash: ContentHash)] = []
    for (slot, below) in slots.enumerated() where !below.isEmpty {
      let child = try node(of: below, depth: depth + 1)
      children.append((slot, try nodes.keep(child.bytes)))
    }
    return .branch(count: entries.count, children: children)
  }

  private mutating func apply(
    _ changes: [KeyedChange], toBranch children: [(slot: Int, hash: ContentHash)],
    _ oldCount: Int, depth: Int
  ) throws -> SnapshotNode {
    try SnapshotNode.checkBranch(at: depth)
    var updated: [(slot: Int, hash: ContentHash)] = []
    updated.reserveCapacity(SnapshotNode.slotCount)
    var count = oldCount
    var next = children.startIndex
    for slot in 0..<SnapshotNode.slotCount {
      var old: ContentHash?
      if next < children.endIndex, children[next].slot == slot {
        old = children[next].hash
        next += 1
      }
      let here = changes.filter { treeSlot($0.key, depth) == slot }
      if here.isEmpty {
        if let old { updated.append((slot, old)) }
        continue
      }
      let below = try old.map { old in try nodes.withNode(old) { try SnapshotNode($0) } }
      let child = try apply(here, to: below ?? .leaf([]), depth: depth + 1)
      // Counts come from disk: a wrong one must not trap.
      count = count &+ child.count &- (below?.count ?? 0)
      if child.count > 0 { updated.append((slot, try nodes.keep(child.bytes))) }
    }
    if count <= SnapshotNode.leafEntryCountMax {
      var entries: [SnapshotEntry] = []
      var visited = VisitedNodes()
      for child in updated {
        try visited.enter(child.hash)
        try SnapshotTree.forEach(root: child.hash, depth: depth + 1, in: nodes, &visited) {
          entries.append($0)
        }
      }
      return try node(of: entries, depth: depth)
    }
    return .branch(count: count, children: updated)
  }
}
