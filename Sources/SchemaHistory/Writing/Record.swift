public import SchemaModel
import Storage
import StoreFormat

/// One revision to be recorded.
public struct Recording: Sendable {
  /// How what changed is told.
  public enum Change: Sendable {
    /// What changed, said already.
    case operations([Operation])
    /// What an engine showed: the operations are derived from it, and checked against it.
    case capture(Capture)
  }

  /// What is known of the revision.
  public var draft: RevisionDraft
  /// What changed.
  public var change: Change
  /// Nil: as after the first parent (with `.operations`), or as captured.
  public var rows: SeedRows?
  /// The heads that the writer saw: where others are found, nothing is recorded.
  public var expectedParents: [RevisionID]?
  /// Where another version of the engine judged what it is made of: what this version shows before
  /// it. The difference is recorded with it, and not as its own.
  public var inherited: Schema?

  public init(
    draft: RevisionDraft, change: Change, rows: SeedRows? = nil,
    expectedParents: [RevisionID]? = nil, inherited: Schema? = nil
  ) {
    self.inherited = inherited
    self.draft = draft
    self.change = change
    self.rows = rows
    self.expectedParents = expectedParents
  }
}

extension History {
  /// Records revisions, all in one durable transaction or none.
  /// - Throws: `HistoryError.duplicateRevision`, `.missingParent`, `.conflict`, `.doesNotFold`,
  ///   `.notExact`, `.archivedRevision` for a parent before the root of replay.
  @discardableResult
  public func record(_ recordings: [Recording], by actor: String) throws -> [RecordedRevision] {
    let archived = try archivedIDs(among: recordings)
    do {
      return try write { log in
        var session = RecordSession(history: self, log: log, archived: archived)
        return try recordings.map { try session.record($0, by: actor, at: Timestamp.now) }
      }
    } catch {
      // What was remembered of an aborted transaction was never written.
      lastSchema = nil
      lastRows = nil
      throw error
    }
  }

  /// The ids of the recordings, and of their parents, that only the archive knows.
  private func archivedIDs(among recordings: [Recording]) throws -> Set<RevisionID> {
    guard try !segmentStates().isEmpty else { return [] }
    // A first revision may be one of a segment that was taken away, recorded a second time.
    if recordings.contains(where: { $0.draft.parents.isEmpty && $0.draft.dependsOn.isEmpty }),
      let missing = try missingSegments().last
    {
      throw Self.missing(missing, in: store)
    }
    var archived: Set<RevisionID> = []
    for recording in recordings {
      let draft = recording.draft
      for id in [draft.id] + draft.parents + draft.dependsOn
      where try read({ try $0.entry(id) }) == nil {
        if try find(id) != nil { archived.insert(id) }
      }
    }
    return archived
  }
}

/// The recording of some revisions in one transaction.
struct RecordSession {
  let history: History
  let log: LogWriter
  let archived: Set<RevisionID>
  /// Made when the first merge needs it.
  private var graph: RevisionGraph?

  init(history: History, log: LogWriter, archived: Set<RevisionID>) {
    self.history = history
    self.log = log
    self.archived = archived
  }

  mutating func record(
    _ recording: Recording, by actor: String, at time: Timestamp
  ) throws -> RecordedRevision {
    var draft = recording.draft
    if case .capture(let capture) = recording.change { draft.warnings += capture.warnings }
    try check(draft, expectedParents: recording.expectedParents)
    let parent = try draft.parents.first.flatMap { try log.reader.entry($0) }
    let merged = try mergedOperations(draft)
    var overlay = SnapshotOverlay(
      log: log.reader, root: parent?.snapshot, cache: history.objects)
    try Fold.lenient(merged, onto: &overlay)
    let operations: [Operation]
    var rows = parent?.rows
    var engine: String?
    var spellingCount = 0
    switch recording.change {
    case .operations(let given): operations = given
    case .capture(let capture):
      let spellings = try spellings(recording.inherited, parent: parent, merged: merged)
      let own = try derive(capture, after: recording.inherited, parent: parent, merged: merged)
      operations = spellings + own
      spellingCount = spellings.count
      draft.warnings += Self.warnings(spellings, capture.engine)
      rows = try keep(recording.rows ?? capture.rows)
      engine = capture.engine
      try note(capture.runners, by: actor, at: time)
    }
    if case .operations = recording.change, let given = recording.rows { rows = try keep(given) }
    try Fold.exact(operations, of: draft.id, onto: &overlay)
    var nodes = KeptNodes(log: log)
    let root = try overlay.finish(in: &nodes)
    if case .capture(let capture) = recording.change {
      try check(root, shows: capture, after: parent, of: draft.id)
    }
    let revision = Revision(
      draft: draft, source: try draft.source.map { try log.keep($0) },
      snapshot: Fingerprint(root), rows: rows, operationCount: operations.count,
      engine: engine, spellingCount: spellingCount)
    let sequence = try log.append(revision, operations: operations, at: time, by: actor)
    graph?.append(
      RevisionGraph.Entry(
        id: draft.id, parents: draft.parents, dependsOn: draft.dependsOn, sequence: sequence,
        isArchived: false, isBaseline: false))
    return RecordedRevision(
      revision: revision, sequence: sequence, recorded: time, actor: actor, isArchived: false,
      isBaseline: false, tags: [])
  }

  private func check(_ draft: RevisionDraft, expectedParents: [RevisionID]?) throws {
    try draft.checkNames()
    try history.checkTags(draft, log.reader)
    if let expected = expectedParents, Set(expected) != Set(log.state.heads) {
      throw HistoryError.conflict(expected: expected, found: log.state.heads)
    }
    if try log.reader.entry(draft.id) != nil || archived.contains(draft.id) {
      throw HistoryError.duplicateRevision(draft.id)
    }
    for parent in draft.parents + draft.dependsOn where try log.reader.entry(parent) == nil {
      throw archived.contains(parent)
        ? HistoryError.archivedRevision(parent, action: "record on")
        : HistoryError.missingParent(parent, of: draft.id)
    }
  }

  /// The operations of a merge's other sides, in the order in which they were recorded.
  private mutating func mergedOperations(_ draft: RevisionDraft) throws -> [Operation] {
    let others = draft.parents.dropFirst() + draft.dependsOn
    guard !others.isEmpty else { return [] }
    let graph = try self.graph ?? history.liveGraph(log.reader)
    self.graph = graph
    return try Fold.operations(
      of: others, without: draft.parents.prefix(1), in: graph, log: log.reader)
  }

  /// What another version of the engine shows otherwise before a revision ran.
  private func spellings(
    _ inherited: Schema?, parent: RevisionEntry?, merged: [Operation]
  ) throws -> [Operation] {
    guard let inherited else { return [] }
    var schema = try schema(of: parent)
    try Fold.lenient(merged, onto: &schema)
    return try SchemaDiff.operations(from: schema, to: inherited)
  }

  private static func warnings(_ spellings: [Operation], _ engine: String?) -> [String] {
    // What no line of `show` tells needs no warning.
    let count = spellings.count { !$0.isAidOnly }
    guard count > 0 else { return [] }
    return [
      "\(engine ?? "another version") shows otherwise what another version judged before: "
        + "\(Plural.text(count, "operation")) recorded with it and not as its own"
    ]
  }

  private func derive(
    _ capture: Capture, after inherited: Schema?, parent: RevisionEntry?, merged: [Operation]
  ) throws -> [Operation] {
    if let inherited {
      return try SchemaDiff.operations(
        from: inherited, to: capture.schema, lineage: capture.lineage)
        + capture.statements.map { .statement($0) }
    }
    var schema = try schema(of: parent)
    let changes: [Operation]
    if merged.isEmpty, let paths = changedPaths(capture, since: parent) {
      changes = try SchemaDiff.operations(
        from: schema, to: capture.schema, lineage: capture.lineage, within: paths)
    } else {
      try Fold.lenient(merged, onto: &schema)
      changes = try SchemaDiff.operations(
        from: schema, to: capture.schema, lineage: capture.lineage)
    }
    return changes + capture.statements.map { .statement($0) }
  }

  /// The places where a capture may differ from the parent's schema; nil for anywhere.
  private func changedPaths(_ capture: Capture, since parent: RevisionEntry?) -> Set<ObjectPath>? {
    guard let parent, let changes = capture.changes, let last = history.lastSchema,
      last.root == parent.snapshot, last.mark === changes.since
    else { return nil }
    return changes.paths
  }

  private func schema(of parent: RevisionEntry?) throws -> Schema {
    guard let parent else { return Schema() }
    if let last = history.lastSchema, last.root == parent.snapshot { return last.schema }
    let schema = try log.reader.schema(root: parent.snapshot)
    history.lastSchema = (parent.snapshot, schema, nil)
    return schema
  }

  /// The check that every recording makes of itself: what was folded has the fingerprint of what
  /// the engine shows. That fingerprint is computed from the parent's by what differs from it, in
  /// time proportional to the change.
  private func check(
    _ root: ContentHash, shows capture: Capture, after parent: RevisionEntry?, of id: RevisionID
  ) throws {
    let schema = capture.schema
    let before = try self.schema(of: parent)
    var shown = SnapshotOverlay(log: log.reader, root: parent?.snapshot, cache: history.objects)
    func show(_ path: ObjectPath) {
      let object = schema.objects[path]
      if object == before.objects[path] { return }
      if let object { shown.put(object, at: path) } else { shown.remove(at: path) }
    }
    if let paths = changedPaths(capture, since: parent) {
      paths.forEach(show)
    } else {
      schema.objects.keys.forEach(show)
      for path in before.objects.keys where schema.objects[path] == nil { show(path) }
    }
    var nodes = TrialNodes(log: log.reader)
    if try shown.finish(in: &nodes) != root {
      let folded = try log.reader.schema(root: root)
      let differing = Set(folded.paths).union(schema.paths).sorted().filter {
        folded.objects[$0] != schema.objects[$0]
      }
      throw HistoryError.notExact(id, differences: differing.map(\.description))
    }
    history.lastSchema = (root, schema, capture.mark)
  }

  private func keep(_ rows: SeedRows) throws -> ContentHash? {
    var known = history.lastRows
    if let root = known?.root, try !log.reader.hasNode(root) { known = nil }
    if let known, known.rows == rows { return known.root }
    let root = try log.keep(rows, since: known.map { ($0.rows, $0.root) })
    history.lastRows = (rows, root)
    return root
  }

  private func note(_ runners: [RunnerTable], by actor: String, at time: Timestamp) throws {
    for runner in runners where !log.state.runners.contains(runner) {
      log.state.runners.removeAll { $0.name == runner.name }
      log.state.runners.append(runner)
      try log.append(.runnerNoted(runner), at: time, by: actor)
    }
  }
}
