import LMDB
public import SchemaModel
public import StoreFormat

extension LogReader: NodeReader {
  /// Runs `body` on a node's bytes, which are valid only there.
  /// - Throws: `StoreError.missingNode`; `.damaged` where `body` throws a `FormatError`.
  public func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    let found = try hash.withNodeKey { try transaction.value(databases.nodes, $0) }
    guard let bytes = found else {
      throw StoreError.missingNode(hash)
    }
    do {
      return try body(bytes)
    } catch let error as FormatError {
      throw StoreError.damaged("the node \(hash.short)", error)
    }
  }

  /// Whether the log holds a node.
  public func hasNode(_ hash: ContentHash) throws -> Bool {
    try transaction.contains(databases.nodes, hash)
  }

  /// Every node of the log with its key (nil for a key that is no hash), until `body` returns
  /// false.
  public func forEachNode(
    _ body: (_ hash: ContentHash?, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try transaction.forEach(databases.nodes) { key, value in
      try body(ContentHash(nodeKey: key), value)
    }
  }

  /// The object that is kept under a hash, decoded.
  /// - Throws: `StoreError.missingNode`, `.damaged`.
  public func object(_ content: ContentHash) throws -> SchemaObject {
    try withNode(content) { try ContentNode.object($0) }
  }

  /// The hash of the object at a place of a snapshot; nil where there is none.
  public func content(at place: TreePlace, root: SnapshotRoot) throws -> ContentHash? {
    try SnapshotTree.content(at: place, root: root, in: self)
  }

  /// The paths of all objects of a snapshot, in no particular order; no object is read.
  public func paths(root: ContentHash) throws -> [ObjectPath] {
    var paths: [ObjectPath] = []
    try SnapshotTree.forEach(root: root, in: self) { paths.append($0.path) }
    return paths
  }

  /// The paths of the objects of these kinds that belong to a table in a snapshot, in their order.
  /// Of other objects nothing is read, and of these no more than whose they are.
  public func parts(
    of table: ObjectPath, _ kinds: Set<ObjectKind> = [.index, .trigger], root: ContentHash
  ) throws -> [ObjectPath] {
    var paths: [ObjectPath] = []
    try SnapshotTree.forEach(root: root, in: self) { entry in
      let path = entry.path
      guard kinds.contains(path.kind), path.namespace == table.namespace,
        path.table == nil || path.table == table.name
      else { return }
      let owner = try withNode(entry.content) { try ContentNode.owningTable($0) }
      if owner == table.name { paths.append(path) }
    }
    return paths.sorted()
  }

  /// The paths of the objects of a kind, in a namespace, whose bytes may hold a text, in their
  /// order; none is decoded.
  public func paths(
    _ kind: ObjectKind, in namespace: String, holding text: String, root: ContentHash
  ) throws -> [ObjectPath] {
    var paths: [ObjectPath] = []
    let wanted = Array(text.utf8)
    try SnapshotTree.forEach(root: root, in: self) { entry in
      guard entry.path.kind == kind, entry.path.namespace == namespace else { return }
      // The search is for no less.
      let isFound = try wanted.count < 4 || withNode(entry.content) { $0.holds(wanted) }
      if isFound { paths.append(entry.path) }
    }
    return paths.sorted()
  }

  /// The whole schema below a snapshot's root, every object decoded.
  public func schema(root: ContentHash) throws -> Schema {
    let count = try withNode(root) { try SnapshotNode($0).count }
    var schema = Schema()
    // The count comes from disk: a wrong one must not ask for all memory there is.
    schema.objects.reserveCapacity(min(count, 65_536))
    try SnapshotTree.forEach(root: root, in: self) { entry in
      schema.objects[entry.path] = try object(entry.content)
    }
    return schema
  }

  /// The seed rows below a root; none for nil.
  /// - Throws: `StoreError.inconsistent` where a table's chunks hold another number of rows than is
  ///   said.
  public func rows(root: ContentHash?) throws -> SeedRows {
    guard let root else { return SeedRows() }
    var rows = SeedRows()
    try SnapshotTree.forEach(root: root, in: self) { entry in
      let header = try withNode(entry.content) { try RowCodec.header($0) }
      var set = RowSet(
        columns: header.columns, rows: Array(repeating: [], count: header.emptyRowCount))
      for chunk in header.chunks {
        set.rows += try withNode(chunk) {
          try RowCodec.rows($0, width: header.columns.count)
        }
        guard set.rows.count <= header.rowCount else { break }
      }
      guard set.rows.count == header.rowCount else {
        throw StoreError.inconsistent(
          "the rows of \(entry.path.qualifiedName) should be \(header.rowCount), found "
            + "\(set.rows.count)")
      }
      rows.tables[entry.path] = set
    }
    return rows
  }

  /// A migration's text, to the byte.
  public func source(_ reference: SourceReference) throws -> SourceFile {
    SourceFile(
      format: reference.format, path: reference.path,
      up: try withNode(reference.up) { try ContentNode.source($0) },
      downPath: reference.downPath,
      down: try reference.down.map { down in
        try withNode(down) { try ContentNode.source($0) }
      })
  }
}
