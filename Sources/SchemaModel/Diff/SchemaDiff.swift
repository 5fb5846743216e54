/// The operations that turn one schema into another.
///
/// Folding them over `old` gives `new` exactly; a lineage turns drops and creates into renames.
public struct SchemaDiff {
  private var working: Schema
  private let target: Schema
  private let lineage: Lineage
  /// What is in both schemas and in neither of `working` and `target`.
  private let isElsewhere: (ObjectPath) -> Bool
  private var operations: [Operation] = []

  /// - Parameter paths: where the schemas may differ; nil for anywhere.
  /// - Throws: `FoldError` only where the diff itself is wrong.
  public static func operations(
    from old: Schema, to new: Schema, lineage: Lineage = Lineage(),
    within paths: Set<ObjectPath>? = nil
  ) throws -> [Operation] {
    var diff: SchemaDiff
    if let paths {
      diff = SchemaDiff(
        working: old.part(paths), target: new.part(paths), lineage: lineage,
        isElsewhere: { !paths.contains($0) && old.objects[$0] != nil })
    } else if old == new {
      return []
    } else {
      diff = SchemaDiff(
        working: old, target: new, lineage: lineage, isElsewhere: { _ in false })
    }
    try diff.run()
    return diff.operations
  }

  private init(
    working: Schema, target: Schema, lineage: Lineage,
    isElsewhere: @escaping (ObjectPath) -> Bool
  ) {
    self.working = working
    self.target = target
    self.lineage = lineage
    self.isElsewhere = isElsewhere
  }

  private mutating func run() throws {
    let pairs = pairedPaths()
    let continued = Set(pairs.values)
    let dropped = working.objects.keys.filter { !continued.contains($0) }
    for path in dropped.sorted(by: Self.dropsFirst) {
      if let object = working.objects[path] {
        try emit(.dropObject(DropObject(path: path, object: object)))
      }
    }
    try renameObjects(pairs)
    for path in pairs.keys.sorted() {
      guard let old = working.objects[path], let new = target.objects[path] else { continue }
      Self.append(path, from: old, to: new, lineage, to: &operations)
      working.objects[path] = new
    }
    let created = target.objects.keys.filter { pairs[$0] == nil }
    for path in created.sorted(by: Self.createsFirst) {
      if let object = target.objects[path] {
        try emit(.createObject(CreateObject(path: path, object: object)))
      }
    }
  }

  private mutating func emit(_ operation: Operation) throws {
    try operation.apply(to: &working)
    operations.append(operation)
  }

  /// New path -> old path of everything that lives on.
  private func pairedPaths() -> [ObjectPath: ObjectPath] {
    var pairs: [ObjectPath: ObjectPath] = [:]
    var claimed: Set<ObjectPath> = []
    for (new, old) in lineage.objects.sorted(by: { $0.key < $1.key })
    where target.objects[new] != nil && working.objects[old] != nil && !claimed.contains(old) {
      pairs[new] = old
      claimed.insert(old)
    }
    for path in target.objects.keys
    where pairs[path] == nil && working.objects[path] != nil && !claimed.contains(path)
      && !lineage.replaced.contains(path)
    {
      pairs[path] = path
    }
    return pairs
  }

  private mutating func renameObjects(_ pairs: [ObjectPath: ObjectPath]) throws {
    let moves = pairs.filter { $0.key != $0.value }.map { (from: $0.value, to: $0.key) }
    let steps = RenamePlan.steps(
      moves.sorted { $0.to < $1.to }, isTaken: { working.objects[$0] != nil || isElsewhere($0) },
      aside: { $0.renamed($0.name + "~renaming") })
    for (from, to) in steps {
      try emit(.renameObject(RenameObject(path: from, newPath: to)))
    }
  }

  /// Appends what makes `new` of `old`, by construction.
  public static func append(
    _ path: ObjectPath, from old: SchemaObject, to new: SchemaObject,
    _ lineage: Lineage = Lineage(), to operations: inout [Operation]
  ) {
    if case .table(let before) = old.content, case .table(let after) = new.content {
      TableDiff.append(
        path, before, after, renames: lineage.columns[path] ?? [:],
        replaced: lineage.replacedColumns[path] ?? [], to: &operations)
    } else if old.content != new.content {
      var replacement = old
      replacement.content = new.content
      operations.append(
        .replaceObject(ReplaceObject(path: path, before: old, after: replacement)))
    }
    let notes = (AnnotateObject.Notes(of: old), AnnotateObject.Notes(of: new))
    if notes.0 != notes.1 {
      operations.append(
        .annotateObject(AnnotateObject(path: path, before: notes.0, after: notes.1)))
    }
  }

  /// The order of drops: what stands on others goes first.
  public static func dropsFirst(_ path: ObjectPath, _ other: ObjectPath) -> Bool {
    dropOrder(path) < dropOrder(other)
  }

  /// The order in which a diff lists what came: by kind, what others stand on first, then by path.
  public static func createsFirst(_ path: ObjectPath, _ other: ObjectPath) -> Bool {
    createOrder(path) < createOrder(other)
  }

  private static func dropOrder(_ path: ObjectPath) -> SortKey {
    SortKey(rank: -createRank(path.kind), path: path)
  }

  private static func createOrder(_ path: ObjectPath) -> SortKey {
    SortKey(rank: createRank(path.kind), path: path)
  }

  private static func createRank(_ kind: ObjectKind) -> Int {
    switch kind {
    case .namespace: 0
    case .extension: 1
    case .collation, .enumeration, .domain, .compositeType, .rangeType: 2
    case .textSearchDictionary: 2
    case .textSearchConfiguration: 3
    case .sequence: 3
    case .routine, .operator, .cast: 4
    case .table: 5
    case .index: 6
    case .view, .materializedView: 7
    case .opaque, .setting, .statistics: 8
    case .trigger, .policy, .rule: 9
    case .publication, .eventTrigger, .defaultPrivileges: 10
    }
  }

  private struct SortKey: Comparable {
    var rank: Int
    var path: ObjectPath

    static func < (left: Self, right: Self) -> Bool {
      left.rank != right.rank ? left.rank < right.rank : left.path < right.path
    }
  }
}

extension Schema {
  fileprivate func part(_ paths: Set<ObjectPath>) -> Schema {
    var part = Schema()
    for path in paths { part.objects[path] = objects[path] }
    return part
  }
}

/// An order of renames in which no name is taken when it is needed; a circle (a to b, b to a) goes
/// by way of a name that nobody has.
enum RenamePlan {
  static func steps<Name: Hashable>(
    _ moves: [(from: Name, to: Name)], isTaken: (Name) -> Bool, aside: (Name) -> Name
  ) -> [(from: Name, to: Name)] {
    var pending = moves
    var left: Set<Name> = []
    var taken: Set<Name> = []
    var steps: [(from: Name, to: Name)] = []
    func isFree(_ name: Name) -> Bool {
      !taken.contains(name) && (left.contains(name) || !isTaken(name))
    }
    while !pending.isEmpty {
      if let index = pending.firstIndex(where: { isFree($0.to) }) {
        let move = pending.remove(at: index)
        steps.append(move)
        left.insert(move.from)
        taken.remove(move.from)
        taken.insert(move.to)
      } else {
        var spare = aside(pending[0].from)
        while !isFree(spare) { spare = aside(spare) }
        steps.append((pending[0].from, spare))
        left.insert(pending[0].from)
        taken.remove(pending[0].from)
        taken.insert(spare)
        pending[0].from = spare
      }
    }
    return steps
  }
}
