public import SchemaModel
import Storage
import StoreFormat

/// A revision with all that the history knows of it.
public struct RecordedRevision: Hashable, Sendable {
  /// All that was recorded of it.
  public var revision: Revision
  /// The sequence of its event.
  public var sequence: EventSequence
  /// When it was recorded; when it was written is `revision.authored`.
  public var recorded: Timestamp
  /// Who recorded it; who wrote it is `revision.author`.
  public var actor: String
  /// Whether its events are in a segment.
  public var isArchived: Bool
  /// The root of replay.
  public var isBaseline: Bool
  /// The tags that name it, in order.
  public var tags: [String]

  /// The revision's own.
  public var id: RevisionID { revision.id }
}

/// One operation of a revision, with its place in the log.
public struct RecordedOperation: Hashable, Sendable {
  /// The sequence of its event.
  public var sequence: EventSequence
  /// The operation itself.
  public var operation: Operation
  /// Whether it is no change of the revision: the version of the engine that judged the revision
  /// shows otherwise what another one judged before.
  public var isSpelling = false
}

extension History {
  /// A revision by its id.
  /// - Throws: `HistoryError.unknownRevision`; of the root of replay what its snapshot event says,
  ///   where its segment is missing.
  public func revision(_ id: RevisionID) throws -> RecordedRevision {
    try inOneState { try revisionInOneState(id) }
  }

  private func revisionInOneState(_ id: RevisionID) throws -> RecordedRevision {
    let (entry, isArchived) = try entry(id)
    let tags = try tags().filter { $0.revision == id }.map(\.name)
    let record: EventRecord
    let revision: Revision
    do {
      (record, revision) = try withLog(holding: entry.sequence) { try $0.revision(entry) }
    } catch HistoryError.store(let error) {
      guard let truncation = entry.truncation else { throw HistoryError.store(error) }
      return try baseline(entry, truncation, tags)
    }
    return RecordedRevision(
      revision: revision, sequence: entry.sequence, recorded: record.event.time,
      actor: record.event.actor, isArchived: isArchived,
      isBaseline: try state().root == id,
      tags: tags)
  }

  private func baseline(
    _ entry: RevisionEntry, _ truncation: EventSequence, _ tags: [String]
  ) throws -> RecordedRevision {
    let record = try withLog(holding: truncation) { try $0.event(truncation) }
    guard case .truncated(let fact) = record.event.fact else {
      throw HistoryError.store(.inconsistent("event \(truncation) is no truncation"))
    }
    return RecordedRevision(
      revision: fact.revision, sequence: entry.sequence, recorded: record.event.time,
      actor: record.event.actor, isArchived: true, isBaseline: true, tags: tags)
  }

  /// A revision's operations, in order.
  public func operations(of id: RevisionID) throws -> [RecordedOperation] {
    try inOneState {
      let entry = try entry(id).entry
      return try operations(of: entry)
    }
  }

  private func operations(of entry: RevisionEntry) throws -> [RecordedOperation] {
    try withLog(holding: entry.sequence) { log in
      var operations: [RecordedOperation] = []
      let revision = try log.revision(entry).revision
      try log.operations(entry) {
        operations.append(
          RecordedOperation(
            sequence: $0.event.sequence, operation: $1,
            isSpelling: revision.isSpelling(at: operations.count)))
      }
      return operations
    }
  }

  /// A migration's verbatim text; nil for a revision that was recorded without a file.
  public func source(of id: RevisionID) throws -> SourceFile? {
    try inOneState {
      let entry = try entry(id).entry
      return try withLog(holding: entry.sequence) { log in
        try log.revision(entry).revision.source.map { try log.source($0) }
      }
    }
  }

  /// The sources of all revisions, by id: for seeing which files changed since.
  public func knownSources() throws -> [RevisionID: SourceReference] {
    var sources: [RevisionID: SourceReference] = [:]
    try forEachLog { log, _ in
      try log.forEachEntry { id, entry in
        if try log.recordBytes(entry.sequence) != nil {
          sources[id] = try log.revision(entry).revision.source
        }
        return true
      }
    }
    return sources
  }

  /// The hash under which a source's bytes are kept: what `SourceReference.up` of it would be.
  public static func sourceHash(_ bytes: [UInt8]) -> ContentHash {
    ContentHash(of: ContentNode.bytes(ofSource: bytes))
  }

  /// The whole schema at a revision.
  public func schema(at id: RevisionID) throws -> Schema {
    try withSnapshot(of: id) { log, entry in try log.schema(root: entry.snapshot) }
  }

  /// One object at a revision, in a handful of reads; nil where it does not exist then.
  public func object(_ path: ObjectPath, at id: RevisionID) throws -> SchemaObject? {
    let place = objects.place(of: path)
    return try withRoot(of: id) { log, root in try object(at: place, root: root, in: log) }
  }

  /// What belongs to a table or a view at a revision: indexes, triggers, rules, policies,
  /// statistics, and the sequences that its columns own. No other object is decoded.
  /// - Parameter isOwned: whether a sequence goes with the table, which its dialect can tell.
  public func dependents(
    of relation: ObjectPath, at id: RevisionID, owned isOwned: (SchemaObject) -> Bool
  ) throws -> Schema {
    try withRoot(of: id) { log, root in
      let parts = try log.parts(
        of: relation, [.index, .trigger, .rule, .policy, .statistics], root: root.hash)
      // A quote in a name is doubled where a sequence tells it.
      let name = relation.name.prefix { $0 != "\"" }
      let sequences = try log.paths(
        .sequence, in: relation.namespace, holding: String(name), root: root.hash)
      var found = Schema()
      for path in parts + sequences {
        guard let object = try object(at: objects.place(of: path), root: root, in: log),
          path.kind != .sequence || isOwned(object),
          // They may be of a table of this name elsewhere.
          path.kind != .statistics || object.dependencies.contains(relation)
        else { continue }
        found.objects[path] = object
      }
      return found
    }
  }

  /// The object at a place of a snapshot; nil where there is none. Questions about one object come
  /// one after another, so the last one is not decoded again.
  func object(
    at place: TreePlace, root: SnapshotRoot, in log: LogReader
  ) throws -> SchemaObject? {
    guard let content = try log.content(at: place, root: root) else { return nil }
    if let last = lastObject, last.content == content { return last.object }
    let object = try log.object(content)
    lastObject = (content, object)
    return object
  }

  /// The paths of all objects at a revision, in their order; no object is read.
  /// - Throws: `HistoryError.unknownRevision`.
  public func paths(at id: RevisionID) throws -> [ObjectPath] {
    try withRoot(of: id) { log, root in try log.paths(root: root.hash).sorted() }
  }

  /// The fingerprint of the schema at a revision.
  public func fingerprint(at id: RevisionID) throws -> Fingerprint {
    Fingerprint(try entry(id).entry.snapshot)
  }

  /// The rows that the migrations up to a revision leave behind.
  public func rows(at id: RevisionID) throws -> SeedRows {
    try withSnapshot(of: id) { log, entry in try log.rows(root: entry.rows) }
  }
}
