public import SchemaModel
import Storage
import StoreFormat

/// Which events an audit shows.
public struct AuditFilter: Sendable {
  /// An object's name, or a part of it after a dot; matches old names and new.
  public var object: String?
  /// A part of who wrote the revision, else of who recorded it, whatever its case.
  public var author: String?
  /// Kinds of events, or their first words alone, as `drop`; none for all.
  public var kinds: [String]
  /// Nothing older, by when it was written where that is known, else recorded.
  public var since: Timestamp?
  /// Nothing newer, by the same time; the moment itself included.
  public var until: Timestamp?

  public init(
    object: String? = nil, author: String? = nil, kinds: [String] = [], since: Timestamp? = nil,
    until: Timestamp? = nil
  ) {
    self.object = object
    self.author = author
    self.kinds = kinds
    self.since = since
    self.until = until
  }
}

/// One event, as an audit shows it.
public struct AuditEntry: Hashable, Sendable {
  /// The event's place in the log.
  public var sequence: EventSequence
  /// When it was recorded.
  public var time: Timestamp
  /// Who recorded it.
  public var actor: String
  public var kind: String
  /// The revision that it is of or about; nil for facts about the history itself.
  public var revision: RevisionID?
  /// Who wrote the revision, and when.
  public var author: String?
  /// When the revision was written.
  public var authored: Timestamp?
  public var summary: String
  public var subjects: [ObjectPath]
  /// The version of the engine that shows it so, where it is no change of the revision: another
  /// version judged before. It has no author then.
  public var spelledBy: String?
  /// Whether it is in a segment.
  public var isArchived: Bool
  /// The change of the schema that it records; nil for every other fact.
  public var operation: Operation?
}

extension History {
  /// Events, oldest first, archived ones too.
  /// - Throws: `HistoryError.unknownKind`, `.unknownObject` for what no event ever was or touched.
  public func audit(_ filter: AuditFilter = AuditFilter()) throws -> [AuditEntry] {
    var entries: [AuditEntry] = []
    try forEachAuditEntry(filter) { entries.append($0) }
    return entries
  }

  /// The same one by one: operations hold whole objects, and a log may be long.
  public func forEachAuditEntry(
    _ filter: AuditFilter = AuditFilter(), _ body: (AuditEntry) throws -> Void
  ) throws {
    for kind in filter.kinds where !Event.Fact.kinds.contains(where: { AuditFilter.is($0, kind) }) {
      throw HistoryError.unknownKind(
        kind, nearest: NearestNames.find(kind, among: Event.Fact.kinds))
    }
    var isTouched = filter.object == nil
    let scopes = filter.object.flatMap { try? self.scopes(of: $0) } ?? []
    try forEachLog { log, isArchived in
      var current: (sequence: EventSequence, revision: Revision)?
      try log.forEachEvent { record in
        let event = record.event
        if case .revisionRecorded(let revision) = event.fact {
          current = (event.sequence, revision)
        }
        if case .operation(let operation, _) = event.fact, operation.isAidOnly { return true }
        var revision = current?.revision
        if case .operation(_, let sequence) = event.fact, sequence != current?.sequence {
          revision = nil
        }
        let place = current.map { Int(clamping: event.sequence.value &- $0.sequence.value &- 1) }
        let entry = AuditEntry(event, revision: revision, place: place, isArchived: isArchived)
        if filter.names(entry, or: scopes) {
          isTouched = true
          if filter.accepts(entry) { try body(entry) }
        }
        return true
      }
    }
    if !isTouched, let object = filter.object, let head = try heads().first {
      // Its words for what is near, whatever else it finds.
      _ = try self.object(named: object, at: head)
    }
  }
}

extension History {
  /// An object, or a column, under all the names that it has had.
  private func scopes(of text: String) throws -> [ObjectName] {
    let name = try newestObject(named: text)
    var paths = [name.path]
    var columns = [name.column]
    var next = 0
    while next < paths.count {
      let path = paths[next]
      next += 1
      for sequence in try touches(of: path).reversed() {
        for recorded in try operations(at: sequence, naming: path).reversed() {
          switch recorded.operation {
          case .renameObject(let rename) where rename.newPath == path:
            if !paths.contains(rename.path) { paths.append(rename.path) }
          case .renameColumn(let rename) where columns.contains(rename.newName):
            if !columns.contains(rename.name) { columns.append(rename.name) }
          default: break
          }
        }
      }
    }
    return paths.flatMap { path in columns.map { ObjectName(path: path, column: $0) } }
  }
}

extension AuditEntry {
  /// - Parameter place: of an operation among those of its revision, from 0.
  init(_ event: Event, revision: Revision?, place: Int?, isArchived: Bool) {
    self.init(
      sequence: event.sequence, time: event.time, actor: event.actor, kind: event.fact.kind,
      revision: nil, author: nil, authored: nil, summary: event.fact.summary, subjects: [],
      isArchived: isArchived)
    switch event.fact {
    case .operation(let operation, _):
      subjects = operation.subjects
      self.operation = operation
      note(revision)
      if let revision, let place, revision.isSpelling(at: place) {
        spelledBy = revision.engine ?? "another version"
        summary = revision.summary(of: operation, at: place)
        (author, authored) = (nil, nil)
      }
    case .revisionRecorded: note(revision)
    case .tagged(_, let id): self.revision = id
    case .truncated(let truncation): self.revision = truncation.root
    default: break
    }
  }

  private mutating func note(_ revision: Revision?) {
    self.revision = revision?.id
    author = revision?.author
    authored = revision?.authored
  }
}

extension AuditFilter {
  func accepts(_ entry: AuditEntry) -> Bool {
    let time = entry.authored ?? entry.time
    if let since, time < since { return false }
    if let until, time > until { return false }
    if !kinds.isEmpty, !kinds.contains(where: { Self.is(entry.kind, $0) }) { return false }
    if let author, !(entry.spelledBy ?? entry.author ?? entry.actor).containsIgnoringCase(author) {
      return false
    }
    return true
  }

  /// Whether a kind is the one that is asked for, or begins with that word.
  static func `is`(_ kind: String, _ wanted: String) -> Bool {
    kind == wanted || kind.hasPrefix(wanted + " ")
  }

  /// Whether the event touched the object that is asked for.
  func names(_ entry: AuditEntry, or scopes: [ObjectName]) -> Bool {
    guard let object else { return true }
    if let operation = entry.operation, scopes.contains(where: OperationScope(operation).concerns) {
      return true
    }
    return entry.subjects.contains { path in
      path.qualifiedName == object || path.name == object || path.description == object
        || "\(path.kind):\(path.qualifiedName)" == object
        || entry.summary.contains(object) && object.hasPrefix(path.qualifiedName + ".")
    }
  }
}
