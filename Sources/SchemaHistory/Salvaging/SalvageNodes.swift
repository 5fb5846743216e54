import SchemaModel
import Storage
import StoreFormat

/// Takes nodes that were found into the new log: a node is there only when all below it is.
struct SalvageNodes {
  let found: FoundContents
  let log: LogWriter

  /// The tree of a snapshot, with its objects.
  /// - Throws: `StoreError.missingNode`; what was taken before stays.
  func take(snapshot root: ContentHash) throws {
    try take(tree: root, depth: 0) { try take(node: $0) }
  }

  /// The tree of seed rows, with its chunks.
  func take(rows root: ContentHash) throws {
    try take(tree: root, depth: 0) { try take(rowSet: $0) }
  }

  private func take(rowSet content: ContentHash) throws {
    if try log.reader.hasNode(content) { return }
    let header = try found.withNode(content) { try RowCodec.header($0) }
    for chunk in header.chunks { try take(node: chunk) }
    try take(node: content)
  }

  /// The seed rows of all tables whose rows are there.
  /// - Returns: the root of those; nil where there are none. And the tables whose rows are lost; nil among
  ///   them where nothing tells which.
  func take(whatIsLeftOf root: ContentHash) throws -> (root: ContentHash?, lost: Set<ObjectPath?>) {
    var kept: [ObjectPath: ContentHash?] = [:]
    var lost: Set<ObjectPath?> = []
    var seen: Set<ContentHash> = []
    func walk(_ hash: ContentHash, _ depth: Int) throws {
      // A tree that leads to one node in many ways would be walked without an end.
      guard seen.insert(hash).inserted else { return }
      guard depth <= SnapshotNode.depthMax,
        let node = try? found.withNode(hash, { try SnapshotNode($0) })
      else {
        lost.insert(nil)
        return
      }
      switch node {
      case .leaf(let entries):
        for entry in entries {
          do {
            try take(rowSet: entry.content)
            kept[entry.path] = .some(entry.content)
          } catch let error as StoreError {
            guard error.isDamage else { throw error }
            lost.insert(entry.path)
          }
        }
      case .branch(_, let children): for child in children { try walk(child.hash, depth + 1) }
      }
    }
    try walk(root, 0)
    if kept.isEmpty { return (nil, lost) }
    var nodes = KeptNodes(log: log)
    return (try SnapshotTree.update(root: nil, kept, in: &nodes), lost)
  }

  /// A migration's text.
  func take(_ source: SourceReference) throws {
    try take(node: source.up)
    if let down = source.down { try take(node: down) }
  }

  func take(node hash: ContentHash) throws {
    if try log.reader.hasNode(hash) { return }
    guard let bytes = found.node(hash) else { throw StoreError.missingNode(hash) }
    _ = try log.keep(bytes)
  }

  private func take(
    tree root: ContentHash, depth: Int, _ content: (ContentHash) throws -> Void
  ) throws {
    if try log.reader.hasNode(root) { return }
    switch try found.withNode(root, { try SnapshotNode($0) }) {
    case .leaf(let entries): for entry in entries { try content(entry.content) }
    case .branch(_, let children):
      guard depth < SnapshotNode.depthMax else { throw StoreError.missingNode(root) }
      for child in children { try take(tree: child.hash, depth: depth + 1, content) }
    }
    try take(node: root)
  }
}
