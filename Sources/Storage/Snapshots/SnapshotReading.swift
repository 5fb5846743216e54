import LMDB
public import SchemaModel
public import StoreFormat

extension LogReader: NodeReader {
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

  public func hasNode(_ hash: ContentHash) throws -> Bool {
    try transaction.contains(databases.nodes, hash)
  }

  public func forEachNode(
    _ body: (_ hash: ContentHash?, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try transaction.forEach(databases.nodes) { key, value in
      try body(ContentHash(nodeKey: key), value)
    }
  }

  public func object(_ content: ContentHash) throws -> SchemaObject {
    try withNode(content) { try ContentNode.object($0) }
  }

  public func object(at place: TreePlace, root: SnapshotRoot) throws -> SchemaObject? {
    guard let content = try SnapshotTree.content(at: place, root: root, in: self) else {
      return nil
    }
    return try object(content)
  }

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
