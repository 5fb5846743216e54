public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// What turns the schema at one revision into the schema at another, reading only what differs.
  ///
  /// Where one is made of the other, renames in between stay renames.
  public func diff(from old: RevisionID, to new: RevisionID) throws -> [Operation] {
    let roots = (try entry(old).entry.snapshot, try entry(new).entry.snapshot)
    guard roots.0 != roots.1 else { return [] }
    let (before, after) = try withDifferences(roots.0, roots.1, old, new)
    var lineage = Lineage()
    if Self.mayHoldRenames(before, after) {
      lineage = try self.lineage(from: old, to: new)
    }
    return try SchemaDiff.operations(from: before, to: after, lineage: lineage)
  }

  /// The objects that differ, as they are on either side.
  private func withDifferences(
    _ a: ContentHash, _ b: ContentHash, _ old: RevisionID, _ new: RevisionID
  ) throws -> (Schema, Schema) {
    let areLive = try read { try $0.entry(old) != nil && $0.entry(new) != nil }
    if areLive {
      return try read { log in
        try Self.differences(a, b, log) { try objects.cached($0, in: log) }
      }
    }
    return try withAllLogs { logs in
      try Self.differences(a, b, logs) { try logs.object($0) }
    }
  }

  private static func differences(
    _ a: ContentHash, _ b: ContentHash, _ nodes: some NodeReader,
    _ object: (ContentHash) throws -> SchemaObject
  ) throws -> (Schema, Schema) {
    var before = Schema()
    var after = Schema()
    try SnapshotTree.differences(from: a, to: b, in: nodes) { path, old, new in
      if let old { before.objects[path] = try object(old) }
      if let new { after.objects[path] = try object(new) }
    }
    return (before, after)
  }

  private static func mayHoldRenames(_ before: Schema, _ after: Schema) -> Bool {
    let gone = Set(before.objects.keys.filter { after.objects[$0] == nil }.map(\.kind))
    let come = Set(after.objects.keys.filter { before.objects[$0] == nil }.map(\.kind))
    if !gone.isDisjoint(with: come) { return true }
    return before.objects.contains { path, object in
      guard let old = object.table, let new = after.objects[path]?.table else { return false }
      let names = (Set(old.columns.map(\.name)), Set(new.columns.map(\.name)))
      return !names.0.isSubset(of: names.1) && !names.1.isSubset(of: names.0)
    }
  }

  /// Which object of `new` was which of `old`, by the renames recorded between them.
  private func lineage(from old: RevisionID, to new: RevisionID) throws -> Lineage {
    let graph = try graph()
    let forward = graph.ancestors(of: new)
    if forward.contains(old) {
      return try renames(graph.ordered(forward.subtracting(graph.ancestors(of: old)))).lineage
    }
    let backward = graph.ancestors(of: old)
    guard backward.contains(new) else { return Lineage() }
    let between = graph.ordered(backward.subtracting(graph.ancestors(of: new)))
    return try renames(between).inverted
  }

  private func renames(_ entries: [RevisionGraph.Entry]) throws -> RenameTrail {
    var trail = RenameTrail()
    for entry in entries {
      for operation in try operations(at: entry.sequence) { trail.follow(operation) }
    }
    return trail
  }
}

/// Where names come from: follows renames forward.
struct RenameTrail {
  /// Name now -> name at the beginning.
  private var objects: [ObjectPath: ObjectPath] = [:]
  /// Table now -> (column now -> column at the beginning).
  private var columns: [ObjectPath: [String: String]] = [:]

  mutating func follow(_ operation: Operation) {
    switch operation {
    case .renameObject(let rename):
      objects[rename.newPath] = objects.removeValue(forKey: rename.path) ?? rename.path
      columns[rename.newPath] = columns.removeValue(forKey: rename.path)
    case .renameColumn(let rename):
      let origin = columns[rename.table]?.removeValue(forKey: rename.name) ?? rename.name
      columns[rename.table, default: [:]][rename.newName] = origin
    case .dropObject(let drop):
      objects[drop.path] = nil
      columns[drop.path] = nil
    case .dropColumn(let drop): columns[drop.table]?[drop.column.name] = nil
    default: break
    }
  }

  var lineage: Lineage {
    Lineage(
      objects: objects.filter { $0.key != $0.value },
      columns: columns.mapValues { $0.filter { $0.key != $0.value } })
  }

  /// The same, asked from the other end.
  var inverted: Lineage {
    var result = Lineage()
    for (now, then) in objects where now != then { result.objects[then] = now }
    for (table, names) in columns {
      let then = objects[table] ?? table
      for (now, origin) in names where now != origin {
        result.columns[then, default: [:]][origin] = now
      }
    }
    return result
  }
}
