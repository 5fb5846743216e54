public import SchemaModel
public import StoreFormat

/// A snapshot under change: reads objects as they are needed, keeps what was set.
public struct SnapshotOverlay: SchemaState {
  let log: LogReader
  let root: ContentHash?
  let cache: ObjectCache
  /// What was put (an object) or removed (nil) since the root, by path.
  public private(set) var changes: [ObjectPath: SchemaObject?] = [:]

  /// Begins at a snapshot; nil is the empty schema.
  public init(log: LogReader, root: ContentHash?, cache: ObjectCache) {
    self.log = log
    self.root = root
    self.cache = cache
  }

  public func object(at path: ObjectPath) throws -> SchemaObject? {
    if let changed = changes[path] { return changed }
    guard let root,
      let content = try SnapshotTree.content(at: path, root: root, in: log)
    else { return nil }
    return try cache.object(content) { try log.object(content) }
  }

  public mutating func put(_ object: SchemaObject, at path: ObjectPath) {
    changes[path] = .some(object)
  }

  public mutating func remove(at path: ObjectPath) { changes[path] = .some(nil) }

  /// Keeps what was set and gives the new root.
  public func finish(in nodes: inout some NodeWriter) throws -> ContentHash {
    if changes.isEmpty, let root { return root }
    var contents: [ObjectPath: ContentHash?] = [:]
    for (path, object) in changes {
      guard let object else {
        contents[path] = .some(nil)
        continue
      }
      let content = try nodes.keep(ContentNode.bytes(of: object))
      cache.put(object, content)
      contents[path] = content
    }
    return try SnapshotTree.update(root: root, contents, in: &nodes)
  }
}

/// The nodes of the log that is being written.
public struct KeptNodes: NodeWriter {
  let log: LogWriter

  /// Keeps nodes in a transaction of the log.
  public init(log: LogWriter) { self.log = log }

  /// Reads a node of the log, also one that was kept just now.
  public func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try log.reader.withNode(hash, body)
  }

  public mutating func keep(_ bytes: [UInt8]) throws -> ContentHash { try log.keep(bytes) }
}

/// The nodes of a log, and new ones that are forgotten again: for trying a fold.
public struct TrialNodes: NodeWriter {
  let log: LogReader
  private var trial = MemoryNodes()

  /// Reads a log, and keeps new nodes in memory only.
  public init(log: LogReader) { self.log = log }

  /// Reads a node of the log, or one that was kept in memory.
  public func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try trial.has(hash) ? trial.withNode(hash, body) : log.withNode(hash, body)
  }

  public mutating func keep(_ bytes: [UInt8]) throws -> ContentHash { try trial.keep(bytes) }
}

extension LogWriter {
  /// Keeps a migration's text.
  public func keep(_ source: SourceFile) throws -> SourceReference {
    SourceReference(
      format: source.format, path: source.path,
      up: try keep(ContentNode.bytes(ofSource: source.up)), downPath: source.downPath,
      down: try source.down.map { try keep(ContentNode.bytes(ofSource: $0)) })
  }

  /// Keeps seed rows and gives their root; nil where there are none.
  /// - Parameter known: rows that the log holds under this root: of what is the same there, nothing is
  ///   written.
  public func keep(
    _ rows: SeedRows, since known: (rows: SeedRows, root: ContentHash?)? = nil
  ) throws -> ContentHash? {
    guard !rows.tables.isEmpty else { return nil }
    let old = known?.root == nil ? [:] : known?.rows.tables ?? [:]
    var contents: [ObjectPath: ContentHash?] = [:]
    for (path, set) in rows.tables where old[path] != set {
      guard !set.columns.isEmpty || set.rows.count <= RowCodec.emptyRowCountMax else {
        throw StoreError.file(
          "expected at most \(RowCodec.emptyRowCountMax) rows in a table without columns, found "
            + "\(set.rows.count); nothing was recorded. Give it a column, or have it hold fewer",
          path: "\(path)")
      }
      contents[path] = try keep(try RowCodec.encode(set) { try keep($0) })
    }
    for path in old.keys where rows.tables[path] == nil { contents[path] = .some(nil) }
    var nodes = KeptNodes(log: self)
    return try SnapshotTree.update(root: known?.root, contents, in: &nodes)
  }
}

/// Objects that were read or written lately, by their content: decoding is most of a read's cost.
public final class ObjectCache {
  private var objects: [ContentHash: SchemaObject] = [:]
  private var places: [ObjectPath: TreePlace] = [:]
  private let countMax: Int

  /// A cache of at most so many objects, and so many paths.
  public init(countMax: Int = 8192) { self.countMax = countMax }

  func object(_ content: ContentHash, read: () throws -> SchemaObject) rethrows -> SchemaObject {
    if let known = objects[content] { return known }
    let object = try read()
    put(object, content)
    return object
  }

  func put(_ object: SchemaObject, _ content: ContentHash) {
    if objects.count >= countMax { objects.removeAll(keepingCapacity: true) }
    objects[content] = object
  }
}

extension ObjectCache {
  /// Where a path is: asking for one object at many revisions hashes its path once.
  public func place(of path: ObjectPath) -> TreePlace {
    if let known = places[path] { return known }
    if places.count >= countMax { places.removeAll(keepingCapacity: true) }
    let place = TreePlace(path)
    places[path] = place
    return place
  }

  /// An object of a log, decoded once.
  public func cached(_ content: ContentHash, in log: LogReader) throws -> SchemaObject {
    try object(content) { try log.object(content) }
  }
}
