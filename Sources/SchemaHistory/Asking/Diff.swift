public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// What turns the schema at one revision into the schema at another, reading only what differs.
  ///
  /// Where one is made of the other, renames in between stay renames.
  public func diff(from old: RevisionID, to new: RevisionID) throws -> [Operation] {
    try inOneState { try diffInOneState(from: old, to: new) }
  }

  private func diffInOneState(
    from old: RevisionID, to new: RevisionID
  ) throws -> [Operation] {
    let operations = try withSnapshots(of: old, new) {
      try SnapshotTree.operations(from: $0, to: $1, in: $2)
    }
    if let operations { return operations }
    let (before, after) = try withSnapshots(of: old, new) { try Self.differences($0, $1, in: $2) }
    let lineage = try self.lineage(
      from: old, to: new, of: Set(before.objects.keys).union(after.objects.keys))
    return try SchemaDiff.operations(from: before, to: after, lineage: lineage)
  }

  /// Runs `body` on two snapshots, and on the logs that hold them: the live one alone where it does.
  private func withSnapshots<T>(
    of old: RevisionID, _ new: RevisionID,
    _ body: (SnapshotRoot, SnapshotRoot, LogSet) throws -> T
  ) throws -> T {
    let live: T? = try read { log in
      guard let a = try log.root(of: old), let b = try log.root(of: new) else { return nil }
      return try body(a, b, LogSet(live: log))
    }
    if let live { return live }
    let roots = (try entry(old).entry.snapshot, try entry(new).entry.snapshot)
    return try withAllLogs { try body(SnapshotRoot(roots.0), SnapshotRoot(roots.1), $0) }
  }

  /// The objects that differ, whole, as they are on either side.
  private static func differences(
    _ old: SnapshotRoot, _ new: SnapshotRoot, in logs: LogSet
  ) throws -> (Schema, Schema) {
    var before = Schema()
    var after = Schema()
    try SnapshotTree.differences(from: old.hash, to: new.hash, in: logs) { path, old, new in
      if let old { before.objects[path] = try logs.object(old) }
      if let new { after.objects[path] = try logs.object(new) }
    }
    return (before, after)
  }

  /// Which object of `new` was which of `old`, by the renames recorded between them.
  private func lineage(
    from old: RevisionID, to new: RevisionID, of paths: Set<ObjectPath>
  ) throws -> Lineage {
    if let between = try revisions(of: new, without: old) {
      return try renames(between, of: paths).lineage
    }
    guard let between = try revisions(of: old, without: new) else { return Lineage() }
    return try renames(between, of: paths).inverted
  }

  /// The renames of a few objects in some revisions.
  private func renames(
    _ sequences: [EventSequence], of paths: Set<ObjectPath>
  ) throws -> RenameTrail {
    var trail = RenameTrail()
    for sequence in try touching(paths, among: sequences) {
      for operation in try operations(at: sequence) { trail.follow(operation) }
    }
    return trail
  }

  /// Those of some revisions that touched the objects, under these names or earlier ones. Reading
  /// the operations of a few revisions costs less than asking which of them matter.
  private func touching(
    _ paths: Set<ObjectPath>, among sequences: [EventSequence]
  ) throws -> [EventSequence] {
    guard sequences.count > 32 else { return sequences }
    let candidates = Set(sequences)
    var known = paths
    var pending = Array(paths)
    var found: Set<EventSequence> = []
    while let path = pending.popLast() {
      for sequence in try touches(of: path)
      where candidates.contains(sequence) && found.insert(sequence).inserted {
        for case .renameObject(let rename) in try operations(at: sequence) {
          for name in [rename.path, rename.newPath] where known.insert(name).inserted {
            pending.append(name)
          }
        }
      }
    }
    return found.sorted()
  }

  /// The revisions that `new` is made of and `old` is not, oldest first; nil where `old` is not
  /// among those that `new` is made of. Reads only what lies between them.
  private func revisions(
    of new: RevisionID, without old: RevisionID
  ) throws -> [EventSequence]? {
    struct Visit {
      var entry: RevisionEntry
      var isOfNew = false
      var isOfOld = false
    }
    var pending: [RevisionID: Visit] = [:]
    var passed: Set<RevisionID> = []
    func visit(_ id: RevisionID, isOfNew: Bool, isOfOld: Bool) throws {
      if passed.contains(id) { return }
      guard var visit = try pending[id] ?? find(id).map({ Visit(entry: $0.entry) }) else { return }
      visit.isOfNew = visit.isOfNew || isOfNew
      visit.isOfOld = visit.isOfOld || isOfOld
      pending[id] = visit
    }
    try visit(new, isOfNew: true, isOfOld: false)
    try visit(old, isOfNew: false, isOfOld: true)
    var between: [EventSequence] = []
    var isAncestor = false
    // Newest first: parents are recorded before their children, so none is visited twice; where a
    // store says otherwise, none is either.
    while pending.values.contains(where: { $0.isOfNew && !$0.isOfOld }) {
      guard let (id, next) = pending.max(by: { $0.value.entry.sequence < $1.value.entry.sequence })
      else { break }
      pending[id] = nil
      passed.insert(id)
      if id == old { isAncestor = next.isOfNew }
      if next.isOfNew, !next.isOfOld { between.append(next.entry.sequence) }
      for parent in next.entry.parents + next.entry.dependsOn {
        try visit(parent, isOfNew: next.isOfNew, isOfOld: next.isOfOld)
      }
    }
    if pending[old]?.isOfNew == true { isAncestor = true }
    return isAncestor ? between.reversed() : nil
  }
}

/// Where names come from: follows renames forward.
struct RenameTrail {
  /// Name now -> name at the beginning.
  private var objects: [ObjectPath: ObjectPath] = [:]
  /// Table now -> (column now -> column at the beginning).
  private var columns: [ObjectPath: [ExactText: ExactText]] = [:]

  mutating func follow(_ operation: Operation) {
    switch operation {
    case .renameObject(let rename):
      objects[rename.newPath] = objects.removeValue(forKey: rename.path) ?? rename.path
      columns[rename.newPath] = columns.removeValue(forKey: rename.path)
    case .renameColumn(let rename):
      let origin = columns[rename.table]?.removeValue(forKey: rename.name) ?? ExactText(rename.name)
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
