import SchemaModel
import Storage
import StoreFormat

/// The nodes that some events need and that were not found.
struct SalvageNeeds {
  let found: FoundContents
  private(set) var missing: Set<ContentHash> = []
  private var seen: Set<ContentHash> = []

  init(found: FoundContents) { self.found = found }

  mutating func add(_ fact: Event.Fact) {
    switch fact {
    case .revisionRecorded(let revision): add(revision)
    case .truncated(let truncation):
      add(truncation.revision)
      for hash in (truncation.folder?.added ?? [:]).values { _ = isHere(hash) }
    default: break
    }
  }

  private mutating func add(_ revision: Revision) {
    add(tree: revision.snapshot.hash, holdsRows: false, depth: 0)
    if let rows = revision.rows { add(tree: rows, holdsRows: true, depth: 0) }
    if let source = revision.source {
      _ = isHere(source.up)
      if let down = source.down { _ = isHere(down) }
    }
  }

  /// Whether a node is there that was not looked at before.
  private mutating func isHere(_ hash: ContentHash) -> Bool {
    guard seen.insert(hash).inserted else { return false }
    if found.hasNode(hash) { return true }
    missing.insert(hash)
    return false
  }

  private mutating func add(tree root: ContentHash, holdsRows: Bool, depth: Int) {
    guard depth <= SnapshotNode.depthMax, isHere(root),
      let node = try? found.withNode(root, { try SnapshotNode($0) })
    else { return }
    switch node {
    case .leaf(let entries):
      for entry in entries {
        guard isHere(entry.content), holdsRows,
          let header = try? found.withNode(entry.content, { try RowCodec.header($0) })
        else { continue }
        for chunk in header.chunks { _ = isHere(chunk) }
      }
    case .branch(_, let children):
      for child in children {
        add(tree: child.hash, holdsRows: holdsRows, depth: depth + 1)
      }
    }
  }
}
