import SchemaModel
import Storage
import StoreFormat

// The live log and the archived ones, seen as one.

extension History {
  /// The segments of the archive, oldest first.
  func segmentStates() throws -> [ArchivedSegmentState] {
    try state().segments
  }

  /// Opens a segment, once.
  func archivedLog(_ reference: SegmentReference) throws -> ArchivedLog {
    if let known = segmentLogs[reference] { return known }
    let log = try Self.translating {
      if let file = held?.files[reference] { return try ArchivedLog(file) }
      return try ArchivedLog(reference, in: store.archivePath)
    }
    segmentLogs[reference] = log
    return log
  }

  /// Reads the log that holds an event.
  func withLog<T>(
    holding sequence: EventSequence, _ body: (LogReader) throws -> T
  ) throws -> T {
    let live: T? = try read { log in
      let first = try held?.state.firstSequence ?? log.state().firstSequence
      return sequence >= first ? try body(log) : nil
    }
    if let live { return live }
    return try inOneState {
      let state = try state()
      if sequence >= state.firstSequence { return try read(body) }
      for segment in state.segments where sequence <= segment.reference.last {
        return try Self.translating { try archivedLog(segment.reference).read(body) }
      }
      throw HistoryError.store(.missingEvent(sequence))
    }
  }

  /// The segments that are not in the archive: what they hold is not among the answers.
  public func missingSegments() throws -> [ArchivedSegment] {
    try segments().filter { !$0.isPresent }
  }

  /// A revision's entry, and whether its events are archived; nil where nobody knows it.
  func find(_ id: RevisionID) throws -> (entry: RevisionEntry, isArchived: Bool)? {
    let live = try read { log in (try log.entry(id), try held?.state ?? log.state()) }
    if let entry = live.0 { return (entry, entry.sequence < live.1.firstSequence) }
    if live.1.segments.isEmpty { return nil }
    return try inOneState { try findInOneState(id) }
  }

  private func findInOneState(
    _ id: RevisionID
  ) throws -> (entry: RevisionEntry, isArchived: Bool)? {
    let live = try read { log in (try log.entry(id), try held?.state ?? log.state()) }
    if let entry = live.0 { return (entry, entry.sequence < live.1.firstSequence) }
    for segment in live.1.segments.reversed() {
      guard let log = try presentLog(segment.reference) else { continue }
      if let entry = try Self.translating({ try log.read { try $0.entry(id) } }) {
        return (entry, true)
      }
    }
    return nil
  }

  func entry(_ id: RevisionID) throws -> (entry: RevisionEntry, isArchived: Bool) {
    if let found = try find(id) { return found }
    if let missing = try missingSegments().last { throw Self.missing(missing, in: store) }
    throw try unknownRevision(id.text)
  }

  /// A segment's log; nil where its file was taken away.
  private func presentLog(_ reference: SegmentReference) throws -> ArchivedLog? {
    do {
      return try archivedLog(reference)
    } catch HistoryError.store(.segmentMissing) {
      return nil
    }
  }

  static func missing(_ segment: ArchivedSegment, in store: Store) -> HistoryError {
    .store(.segmentMissing(segment.reference, directory: store.archivePath))
  }

  /// Runs `body` on the log that has the revision's snapshot: the live one also for the root of
  /// replay, whose event is archived.
  func withSnapshot<T>(
    of id: RevisionID, _ body: (LogReader, RevisionEntry) throws -> T
  ) throws -> T {
    let live: T? = try read { log in
      guard let entry = try log.entry(id) else { return nil }
      return try body(log, entry)
    }
    if let live { return live }
    return try inOneState {
      let found = try entry(id)
      return try withLog(holding: found.entry.sequence) { try body($0, found.entry) }
    }
  }

  /// The same for those who need no more of the entry than the root.
  func withRoot<T>(
    of id: RevisionID, _ body: (LogReader, SnapshotRoot) throws -> T
  ) throws -> T {
    let live: T? = try read { log in
      guard let root = try log.root(of: id) else { return nil }
      return try body(log, root)
    }
    if let live { return live }
    return try withSnapshot(of: id) { try body($0, SnapshotRoot($1.snapshot)) }
  }

  /// Every log that is there, oldest first; the live one is last. A segment that was taken away is
  /// left out (`missingSegments` names it); a damaged one is an error.
  func forEachLog(_ body: (LogReader, _ isArchived: Bool) throws -> Void) throws {
    try inOneState {
      for segment in try segmentStates() {
        guard let log = try presentLog(segment.reference) else { continue }
        try Self.translating { try log.read { try body($0, true) } }
      }
      try read { try body($0, false) }
    }
  }

  /// Runs `body` on all logs at once: for comparing snapshots that lie in different ones.
  func withAllLogs<T>(_ body: (LogSet) throws -> T) throws -> T {
    try inOneState {
      // Newest first. No closure in a closure: how many there are is the store's word.
      let archived = try segmentStates().reversed().compactMap { segment in
        try presentLog(segment.reference).map { log in try Self.translating { try log.hold() } }
      }
      return try withExtendedLifetime(archived) {
        try read { try body(LogSet(live: $0, archived: archived.map(\.reader))) }
      }
    }
  }
}

/// Several logs as one place of nodes; the live one is asked first.
struct LogSet: NodeReader {
  let live: LogReader
  /// Newest first.
  var archived: [LogReader] = []

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    if archived.isEmpty { return try live.withNode(hash, body) }
    for log in [live] + archived where try log.hasNode(hash) {
      return try log.withNode(hash, body)
    }
    throw StoreError.missingNode(hash)
  }

  func object(_ content: ContentHash) throws -> SchemaObject {
    try withNode(content) { try ContentNode.object($0) }
  }
}
