public import SchemaModel
import Storage
import StoreFormat

/// Who last shaped one part of a table, and who made it.
public struct BlameLine: Hashable, Sendable {
  /// What a part of a table can be; raw values are the words that are printed.
  public enum Part: String, Hashable, Sendable, CaseIterable {
    case column, constraint, index, trigger
  }

  /// What it is.
  public var part: Part
  /// Its name; of a constraint without one, its text.
  public var name: String
  /// The part as it is now, in one line.
  public var text: String
  /// The revision that last changed what it is.
  public var shaped: BlameRevision
  /// The revision that made it.
  public var created: BlameRevision
}

/// A revision as blame names it.
public struct BlameRevision: Hashable, Sendable {
  /// The revision's id.
  public var id: RevisionID
  /// Who wrote it.
  public var author: String?
  /// When it was written; nil where nobody says.
  public var authored: Timestamp?
  /// When it was written; when it was recorded, where nobody says.
  public var date: Timestamp
  /// What it was for.
  public var message: String
  /// Whether its events are in a segment.
  public var isArchived: Bool
}

extension History {
  /// For each column, constraint, index and trigger of a table: the revision that last shaped it,
  /// and the one that created it. Follows renames, and crosses truncations.
  ///
  /// A rebuild of the table that leaves a part as it was does not shape it; neither does the
  /// rename of the table.
  /// - Throws: `HistoryError.unknownObject` where there is no such table at the revision;
  ///   `HistoryError.store(.segmentMissing)` where the answer lies in a segment that is not there.
  public func blame(_ table: ObjectPath, at id: RevisionID) throws -> [BlameLine] {
    try inOneState { try blameInOneState(table, at: id) }
  }

  private func blameInOneState(_ table: ObjectPath, at id: RevisionID) throws -> [BlameLine] {
    guard let target = try object(table, at: id) else {
      throw HistoryError.unknownObject(
        table.qualifiedName,
        nearest: NearestNames.find(
          table.qualifiedName, among: try paths(at: id).map(\.qualifiedName)))
    }
    let parts = try withRoot(of: id) { log, root in
      try log.parts(of: table, root: root.hash).map { path in
        (path, try object(at: objects.place(of: path), root: root, in: log))
      }
    }
    let graph = try graph()
    let ancestors = Set(graph.ordered(graph.ancestors(of: id)).map(\.sequence))
    var search = BlameSearch(history: self, ancestors: ancestors)
    var lines: [BlameLine] = []
    if let content = target.table { lines += try search.lines(of: content, at: table) }
    for case (let path, let object?) in parts {
      let part = path.kind == .index ? BlameLine.Part.index : .trigger
      let origin = try search.origin(of: path)
      lines.append(
        try search.line(part, path.name, BlameSearch.text(of: object, at: path), origin))
    }
    return lines
  }
}

/// Walks back over the revisions that touched an object.
struct BlameSearch {
  typealias Origin = (shaped: EventSequence?, created: EventSequence?)

  let history: History
  let ancestors: Set<EventSequence>
  private var revisions: [EventSequence: BlameRevision] = [:]

  init(history: History, ancestors: Set<EventSequence>) {
    self.history = history
    self.ancestors = ancestors
  }

  static func text(of object: SchemaObject, at path: ObjectPath) -> String {
    CreateObject(path: path, object: object).summary
  }

  mutating func lines(of table: Table, at path: ObjectPath) throws -> [BlameLine] {
    var columns = table.columns.map { TrackedColumn(name: $0.name) }
    var constraints = table.constraints.map { TrackedConstraint(now: $0) }
    try walk(path) { sequence, operation in
      for index in columns.indices { columns[index].follow(operation, sequence) }
      for index in constraints.indices { constraints[index].follow(operation, sequence) }
      return columns.contains { $0.created == nil } || constraints.contains { $0.created == nil }
    }
    var lines: [BlameLine] = []
    for (column, tracked) in zip(table.columns, columns) {
      lines.append(
        try line(.column, column.name, column.description, (tracked.shaped, tracked.created)))
    }
    for (constraint, tracked) in zip(table.constraints, constraints) {
      let name = constraint.name ?? constraint.body
      lines.append(
        try line(
          .constraint, name, constraint.description, (tracked.shaped, tracked.created)))
    }
    return lines
  }

  /// Who made an index or a trigger, and who last changed what it does.
  func origin(of path: ObjectPath) throws -> Origin {
    var origin: Origin = (nil, nil)
    try walk(path) { sequence, recorded in
      switch recorded.operation {
      case .createObject:
        origin.created = sequence
        if origin.shaped == nil { origin.shaped = sequence }
        return false
      case .replaceObject(let change):
        if origin.shaped == nil, change.isShaping, !recorded.isSpelling { origin.shaped = sequence }
      case .renameObject: if origin.shaped == nil { origin.shaped = sequence }
      default: break
      }
      return true
    }
    return origin
  }

  /// Visits the operations on an object, newest first, under all its names, until `body` returns
  /// false.
  private func walk(
    _ path: ObjectPath, _ body: (EventSequence, RecordedOperation) throws -> Bool
  ) throws {
    var path = path
    var pending = try touches(of: path)
    while let sequence = pending.popLast() {
      let name = path
      var rest = try history.operations(at: sequence, naming: path)
      while let recorded = rest.popLast() {
        if case .renameObject(let rename) = recorded.operation {
          guard rename.newPath == path else { continue }
          guard try body(sequence, recorded) else { return }
          // Earlier operations of the same revision knew it by the other name already.
          path = rename.path
          rest = try history.operations(at: sequence, naming: path)
            .filter { $0.sequence < recorded.sequence }
        } else {
          guard try body(sequence, recorded) else { return }
        }
      }
      if path != name { pending = try touches(of: path).filter { $0 < sequence } }
    }
  }

  private func touches(of path: ObjectPath) throws -> [EventSequence] {
    try history.touches(of: path).filter { ancestors.contains($0) }
  }

  mutating func line(
    _ part: BlameLine.Part, _ name: String, _ text: String, _ origin: Origin
  ) throws -> BlameLine {
    guard let shaped = origin.shaped ?? origin.created, let created = origin.created else {
      if let missing = try history.missingSegments().last {
        throw History.missing(missing, in: history.store)
      }
      throw HistoryError.store(
        .inconsistent("no event says where the \(part.rawValue) \(name) came from"))
    }
    return BlameLine(
      part: part, name: name, text: text, shaped: try revision(shaped),
      created: try revision(created))
  }

  private mutating func revision(_ sequence: EventSequence) throws -> BlameRevision {
    if let known = revisions[sequence] { return known }
    let found = try history.blameRevision(at: sequence)
    revisions[sequence] = found
    return found
  }
}
