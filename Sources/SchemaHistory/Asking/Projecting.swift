import FileSystem
import Projections
public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// Runs one query that only reads over the projection, after it has followed the log.
  /// - Throws: `HistoryError.projection` with SQLite's own words.
  public func query(_ sql: String) throws -> QueryResult {
    if !store.isReadOnly { try followLog() }
    return try Self.projecting {
      let projection = try Projection.open(path: store.projectionPath, readOnly: true)
      unprojectedSegments = try segments(notIn: projection)
      return try projection.query(sql)
    }
  }

  /// Brings the projection up to the log's end; makes it where there is none.
  /// - Parameter progress: how many events are done, of how many.
  public func followLog(progress: (Int, Int) -> Void = { _, _ in }) throws {
    try Self.projecting {
      let projection = try Projection.open(path: store.projectionPath, readOnly: false)
      // The position first: the state that is taken after it holds what the projection holds.
      let position = try projection.position
      if let held, let position, position.sequence > held.state.lastSequence { return }
      try inOneState { try follow(projection, from: position, progress) }
    }
  }

  private func follow(
    _ projection: Projection, from found: (sequence: EventSequence, hash: ContentHash)?,
    _ progress: (Int, Int) -> Void
  ) throws {
    let state = try read { try $0.state() }
    var position = found
    if let found, try isShort(projection, at: found.sequence), try isOfThisChain(found) {
      try projection.reset()
      position = nil
    } else if let found, found.sequence == state.lastSequence, found.hash == state.lastHash {
      return
    } else if let found, try !isOfThisChain(found) {
      try noteSeen(found, by: projection)
      try keep(projection, found.sequence)
      try projection.reset()
      position = nil
    }
    let last = position?.sequence ?? EventSequence(0)
    if last < state.lastSequence {
      try feed(projection, after: last, state.lastSequence, progress)
    }
  }

  /// Makes the projection anew from the log.
  /// - Returns: the last event of what it replaces, where that is not one of the log: it is kept at
  ///   `keptProjectionPath` then.
  @discardableResult
  public func rebuild(progress: (Int, Int) -> Void = { _, _ in }) throws -> EventSequence? {
    var kept: EventSequence?
    try Self.projecting {
      do {
        let projection = try Projection.open(path: store.projectionPath, readOnly: false)
        if let found = try projection.position, try !isOfThisChain(found) {
          // Whoever is stopped before the end has not taken the log as it is.
          try noteSeen(found, by: projection)
          try keep(projection, found.sequence)
          kept = found.sequence
        }
        try projection.reset()
      } catch ProjectionError.damaged {
        // It can neither be read nor emptied.
        try Projection.setAside(path: store.projectionPath)
      }
    }
    try followLog(progress: progress)
    unprojectedSegments = try Self.projecting {
      try segments(notIn: Projection.open(path: store.projectionPath, readOnly: true))
    }
    // Whoever makes it anew of an older log says that this is the newest there is.
    if try laterEvents() != nil { try Self.translating { try store.acceptEnd() } }
    return kept
  }

  /// A projection that follows an older log, or another's, tells no longer what it had seen: a note in
  /// `writer.lock` does from then on, until somebody takes the log as it is.
  private func noteSeen(
    _ found: (sequence: EventSequence, hash: ContentHash), by projection: Projection
  ) throws {
    // One that cannot be asked is taken at its word.
    if case .wrong? = try? witness(projection, at: found) { return }
    try Self.translating { try store.noteSeen(SeenEvent(found.sequence, found.hash)) }
  }

  /// It may be all that is left of events that the log has lost.
  private func keep(_ projection: Projection, _ last: EventSequence) throws {
    var path = keptProjectionPath(last)
    // One that was kept before may be of other events.
    var number = 1
    while Files.exists(path) {
      number += 1
      path = "\(keptProjectionPath(last)).\(number)"
    }
    do { try projection.copy(to: path) } catch ProjectionError.damaged { return }
    keptProjection = path
  }

  /// Where a projection is kept that had followed other events than the log's, up to this one.
  public func keptProjectionPath(_ last: EventSequence) -> String {
    store.keptProjectionPath(last)
  }

  static func projecting<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as ProjectionError {
      throw HistoryError.projection(error.description, fault: Self.fault(of: error))
    }
  }

  private static func fault(of error: ProjectionError) -> FaultKind {
    switch error {
    case .busy, .unreachable: .refused
    case .missing, .outdated, .damaged, .badQuery, .notAQuery, .refused: .input
    }
  }

  func isOfThisChain(
    _ position: (sequence: EventSequence, hash: ContentHash)
  ) throws -> Bool {
    let state = try read { try $0.state() }
    guard position.sequence <= state.lastSequence, position.sequence.value > 0 else {
      return false
    }
    if position.sequence < state.firstSequence {
      if position.sequence.next == state.firstSequence {
        return position.hash == state.firstPrevious
      }
    }
    let found = try? withLog(holding: position.sequence) { try $0.event(position.sequence).hash }
    return found == position.hash
  }

  /// - Parameter end: the last event that is fed.
  func feed(
    _ projection: Projection, after last: EventSequence, _ end: EventSequence,
    _ progress: (Int, Int) -> Void
  ) throws {
    let total = Int(clamping: end.value - last.value)
    func report(_ sequence: EventSequence) {
      progress(Int(clamping: sequence.value - last.value), total)
    }
    // What lies before a segment that is missing could not be joined to what comes after it.
    for segment in try joinedSegments() where segment.last > last {
      let archive = try archivedLog(segment)
      try Self.translating {
        try archive.read { log in
          let feed = ProjectionFeed(projection, log: log)
          let state = try log.state()
          if try projection.position == nil, let root = state.root {
            try addBaseline(root, with: feed, before: state)
          }
          try feed.run(after: last, through: end, report)
        }
      }
    }
    try read { log in
      let feed = ProjectionFeed(projection, log: log)
      let state = try log.state()
      if try projection.position == nil, let root = state.root {
        try addBaseline(root, with: feed, before: state)
      }
      try feed.run(after: last, through: end, report)
    }
  }
}

extension History {
  /// The root of replay, where the segment that recorded it is missing: as its snapshot event, which
  /// a later log holds, tells it.
  private func addBaseline(
    _ root: RevisionID, with feed: ProjectionFeed, before state: StoreState
  ) throws {
    guard let sequence = try feed.log.entry(root)?.truncation else { return }
    let record = try withLog(holding: sequence) { try $0.event(sequence) }
    try feed.addBaseline(root, record, before: state)
  }
}

/// Turns the events of one log into what the projection takes.
private struct ProjectionFeed {
  let projection: Projection
  let log: LogReader
  let objects = ObjectCache()

  init(_ projection: Projection, log: LogReader) {
    self.projection = projection
    self.log = log
  }

  /// The root of replay, where the segment that recorded it is missing.
  func addBaseline(
    _ root: RevisionID, _ record: EventRecord, before state: StoreState
  ) throws {
    guard let entry = try log.entry(root) else { return }
    guard case .truncated(let truncation) = record.event.fact else { return }
    let baseline = ProjectedRevision(
      revision: truncation.revision, sequence: entry.sequence, recorded: record.event.time,
      actor: record.event.actor, operations: [],
      changes: truncation.schema.objects.mapValues { $0 }, isArchived: true)
    let before = EventSequence(state.firstSequence.value &- 1)
    try projection.apply([.revision(baseline)], position: (before, state.firstPrevious))
  }

  func run(
    after last: EventSequence, through final: EventSequence, _ report: (EventSequence) -> Void
  ) throws {
    var facts: [ProjectedFact] = []
    var weight = 0
    var open: (revision: Revision, record: EventRecord)?
    var operations: [(EventSequence, Operation)] = []
    var end: (EventSequence, ContentHash)?
    func close() throws {
      guard let revision = open else { return }
      facts.append(.revision(try projected(revision.revision, revision.record, operations)))
      open = nil
      operations = []
    }
    func flush() throws {
      guard let position = end else { return }
      try projection.apply(facts, position: position)
      report(position.0)
      facts = []
      weight = 0
    }
    try log.forEachEvent(from: last.next) { record in
      guard record.event.sequence <= final else { return false }
      if case .operation(let operation, _) = record.event.fact {
        operations.append((record.event.sequence, operation))
      } else {
        try close()
        if weight >= 4096 { try flush() }
        if case .revisionRecorded(let revision) = record.event.fact {
          open = (revision, record)
        } else {
          facts.append(.event(record.event))
        }
      }
      weight += 1
      end = (record.event.sequence, record.hash)
      return true
    }
    try close()
    try flush()
  }

  private func projected(
    _ revision: Revision, _ record: EventRecord, _ operations: [(EventSequence, Operation)]
  ) throws -> ProjectedRevision {
    ProjectedRevision(
      revision: revision, sequence: record.event.sequence, recorded: record.event.time,
      actor: record.event.actor, operations: operations, changes: try changes(of: revision),
      isArchived: false)
  }

  /// What differs from the first parent's schema.
  private func changes(of revision: Revision) throws -> [ObjectPath: SchemaObject?] {
    var changes: [ObjectPath: SchemaObject?] = [:]
    let new = revision.snapshot.hash
    if let parent = try revision.parents.first.flatMap({ try log.entry($0) }) {
      try SnapshotTree.differences(from: parent.snapshot, to: new, in: log) { path, _, content in
        changes[path] = .some(try content.map { try objects.cached($0, in: log) })
      }
    } else {
      try SnapshotTree.forEach(root: new, in: log) { entry in
        changes[entry.path] = try objects.cached(entry.content, in: log)
      }
    }
    return changes
  }
}
