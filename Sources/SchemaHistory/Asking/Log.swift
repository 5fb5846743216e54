public import SchemaModel
import Storage
import StoreFormat

/// Which revisions a log shows.
public struct LogFilter: Sendable {
  /// Only what this one is made of; nil for all.
  public var from: RevisionID?
  /// Nothing that this one is made of, itself neither; nil for no such limit.
  public var without: RevisionID?
  /// Only revisions that touched an object of this name (as it was called then, too).
  public var objectPath: ObjectPath?
  /// A part of the author, whatever its case.
  public var author: String?
  /// Nothing older, by when it was written where that is known, else recorded.
  public var since: Timestamp?
  /// Nothing newer, by the same time; the moment itself included.
  public var until: Timestamp?
  /// A part of the message or the id, whatever its case.
  public var grep: String?
  /// At most so many, the newest; nil for all.
  public var limit: Int?
  /// Also revisions whose events are in segments.
  public var includesArchived: Bool

  public init(
    from: RevisionID? = nil, without: RevisionID? = nil, objectPath: ObjectPath? = nil,
    author: String? = nil,
    since: Timestamp? = nil, until: Timestamp? = nil, grep: String? = nil, limit: Int? = nil,
    includesArchived: Bool = true
  ) {
    self.from = from
    self.without = without
    self.objectPath = objectPath
    self.author = author
    self.since = since
    self.until = until
    self.grep = grep
    self.limit = limit
    self.includesArchived = includesArchived
  }

  func accepts(_ revision: RecordedRevision) -> Bool {
    let time = revision.revision.authored ?? revision.recorded
    if let since, time < since { return false }
    if let until, time > until { return false }
    if let author, !(revision.revision.author ?? revision.actor).containsIgnoringCase(author) {
      return false
    }
    if let grep, !revision.revision.message.containsIgnoringCase(grep),
      !revision.id.text.containsIgnoringCase(grep)
    {
      return false
    }
    return true
  }
}

extension String {
  func containsIgnoringCase(_ part: String) -> Bool {
    part.isEmpty || lowercased().contains(part.lowercased())
  }
}

extension History {
  /// Revisions, newest first; across the line of a truncation.
  public func log(_ filter: LogFilter = LogFilter()) throws -> [RecordedRevision] {
    try inOneState { try logInOneState(filter) }
  }

  private func logInOneState(_ filter: LogFilter) throws -> [RecordedRevision] {
    let graph = try graph()
    let wanted = filter.from.map { graph.ancestors(of: $0) }
    let unwanted = filter.without.map { graph.ancestors(of: $0) } ?? []
    let touching = try filter.objectPath.map { try revisionSequences(touching: $0) }
    var result: [RecordedRevision] = []
    for entry in graph.entries.reversed() {
      if let limit = filter.limit, result.count >= limit { break }
      if let wanted, !wanted.contains(entry.id) { continue }
      if unwanted.contains(entry.id) { continue }
      if let touching, !touching.contains(entry.sequence) { continue }
      if entry.isArchived, !filter.includesArchived { continue }
      let revision = try revision(entry.id)
      if filter.accepts(revision) { result.append(revision) }
    }
    return result
  }

  /// The revisions that touched an object or anything that it was called before.
  private func revisionSequences(touching path: ObjectPath) throws -> Set<EventSequence> {
    var names: Set<ObjectPath> = []
    // Under an earlier name only what came before it was given up: it may be another object's since.
    var pending: [(path: ObjectPath, last: EventSequence?)] = [(path, nil)]
    var found: Set<EventSequence> = []
    while let (name, last) = pending.popLast() {
      guard names.insert(name).inserted else { continue }
      for sequence in try touches(of: name) {
        if let last, sequence > last { continue }
        let operations = try operations(at: sequence, naming: name)
        // What another version of the engine shows otherwise, the revision did not touch.
        if operations.isEmpty || operations.contains(where: { !$0.isSpelling }) {
          found.insert(sequence)
        }
        for operation in operations {
          if case .renameObject(let rename) = operation.operation, rename.newPath == name {
            pending.append((rename.path, sequence))
          }
        }
      }
    }
    return found
  }

  /// The sequences of the revisions that touched an object under this name, oldest first.
  func touches(of path: ObjectPath) throws -> [EventSequence] {
    var sequences: Set<EventSequence> = []
    try forEachLog { log, _ in sequences.formUnion(try log.touches(of: path)) }
    return sequences.sorted()
  }

  /// Those of the same that name an object.
  func operations(at sequence: EventSequence, naming path: ObjectPath) throws -> [RecordedOperation]
  {
    try withLog(holding: sequence) { log in
      guard case .revisionRecorded(let revision) = try log.event(sequence).event.fact else {
        return []
      }
      return try log.operations(RevisionEntry(revision, sequence: sequence), naming: path)
        .map { found in
          let place = found.record.event.sequence.value &- sequence.value &- 1
          return RecordedOperation(
            sequence: found.record.event.sequence, operation: found.operation,
            isSpelling: revision.isSpelling(at: Int(clamping: place)))
        }
    }
  }

  /// The operations of the revision whose event has this sequence.
  func operations(at sequence: EventSequence) throws -> [Operation] {
    try withLog(holding: sequence) { log in
      let record = try log.event(sequence)
      guard case .revisionRecorded(let revision) = record.event.fact else { return [] }
      var operations: [Operation] = []
      try log.operations(RevisionEntry(revision, sequence: sequence)) { operations.append($1) }
      return operations
    }
  }
}
