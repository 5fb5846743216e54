import SchemaModel
import StoreFormat

/// Collects every node that some revisions need: trees, objects, rows, sources.
struct NodeMarker {
  let log: LogReader
  private(set) var marked: Set<ContentHash> = []

  init(_ log: LogReader) { self.log = log }

  mutating func mark(snapshot root: ContentHash) throws {
    try markTree(root) { _, _ in }
  }

  mutating func mark(rows root: ContentHash?) throws {
    guard let root else { return }
    let log = log
    try markTree(root) { content, marked in
      marked.formUnion(try log.withNode(content) { try RowCodec.header($0).chunks })
    }
  }

  mutating func mark(_ source: SourceReference?) {
    guard let source else { return }
    marked.insert(source.up)
    if let down = source.down { marked.insert(down) }
  }

  mutating func mark(_ content: ContentHash) { marked.insert(content) }

  private mutating func markTree(
    _ root: ContentHash, _ content: (ContentHash, inout Set<ContentHash>) throws -> Void
  ) throws {
    var marked = marked
    self.marked = []
    defer { self.marked = marked }
    try SnapshotTree.forEachNode(root: root, in: log) { hash, node in
      guard marked.insert(hash).inserted else { return false }
      if case .leaf(let entries) = node {
        for entry in entries where marked.insert(entry.content).inserted {
          try content(entry.content, &marked)
        }
      }
      return true
    }
  }
}
