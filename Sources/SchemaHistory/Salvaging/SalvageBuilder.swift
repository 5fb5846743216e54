import SchemaModel
import Storage
import StoreFormat

/// Makes the new store: first of the events that can stay as they were recorded. What follows from them
/// (index, tags, state) is made anew.
final class SalvageBuilder {
  /// An event cannot stay as it was recorded, since what it needs is gone.
  struct Lacking: Error {
    var sequence: EventSequence
    var what: String
  }

  let found: FoundContents
  let directory: String
  /// Who salvages.
  let actor: String
  let progress: (String, Int, Int) -> Void
  var report: SalvageReport
  var store: Store?
  var graph = RevisionGraph([])
  /// What could not stay as it was recorded, by earlier tries.
  var lacking: [Lacking] = []
  /// Revisions whose events are in a segment that was copied.
  var archived: [RevisionID: EventSequence] = [:]
  /// Texts that the new store's revisions and cuts have.
  var referenced: Set<ContentHash> = []
  /// Where texts lay that are not in the new store.
  var names: [ContentHash: String] = [:]
  /// The rewriting of a folder that waits to be finished; nil as soon as the new store knows of it.
  var pending: PendingFolder?
  /// Signatures of what is in new events.
  var lostSignatureCount = 0
  private let cache = ObjectCache(countMax: 65_536)
  var derived = DerivedState()
  private static let eventCountOfTransaction = 20_000

  init(
    _ found: FoundContents, at directory: String, by actor: String, report: SalvageReport,
    progress: @escaping (String, Int, Int) -> Void
  ) {
    self.found = found
    self.directory = directory
    self.actor = actor
    self.report = report
    self.progress = progress
  }

  /// Takes what can stay as it was recorded.
  /// - Throws: `Lacking` for the first event that cannot.
  func take(
    _ selection: SalvageSelection, segments: [(segment: SegmentReference, path: String)]
  ) throws {
    guard let first = selection.unbroken.first,
      case .opened(let opening) = try found.record(first).record.event.fact
    else { return }
    report.segmentCount = segments.count
    var state = StoreState(dialect: opening.dialect)
    state.keptTables = opening.keptTables
    if let last = segments.last?.segment {
      state.firstSequence = last.last.next
      state.firstPrevious = last.lastHash
      state.lastSequence = last.last
      state.lastHash = last.lastHash
    }
    let live = try noteArchived(selection.unbroken, before: state.firstSequence)
    var place = 0
    func fill(_ log: LogWriter) throws {
      if place == 0, let cut = selection.cutsInForce.last { try enterRoot(cut, log) }
      let end = min(live.count, place + Self.eventCountOfTransaction)
      while place < end {
        progress("events", place, live.count)
        place += try take(live[place...], log)
      }
      derived.complete(&log.state)
      if place == live.count {
        try derived.forEachTag { try log.setTag($0, $1) }
        takePending(log)
      }
    }
    let store = try Store.create(at: directory, salvaging: state, fill)
    self.store = store
    while place < live.count { try store.write(fill) }
    for (index, segment) in segments.enumerated() {
      progress("segments", index, segments.count)
      try Store.copySegment(segment.segment, from: segment.path, to: directory)
    }
    report.eventCount = selection.unbroken.count
    report.lastUnchanged = selection.unbroken.last.map {
      LogHead(sequence: found.links[$0].sequence, hash: found.links[$0].hash)
    }
  }

  /// No hash vouches for it, but the events name the files and their hashes.
  func takePending(_ log: LogWriter) {
    log.state.pending = pending
    if derived.differences(from: log.state).isEmpty {
      pending = nil
    } else {
      log.state.pending = nil
    }
  }

  /// What the archived events say is told by their segments; what follows from them is not.
  private func noteArchived(_ records: [Int], before first: EventSequence) throws -> [Int] {
    var live: [Int] = []
    for index in records {
      guard found.links[index].sequence < first else {
        live.append(index)
        continue
      }
      let event = try found.record(index).record.event
      derived.apply(event)
      note(event.fact)
      if case .revisionRecorded(let revision) = event.fact {
        archived[revision.id] = event.sequence
        report.revisionCount += 1
      }
    }
    return live
  }

  private func note(_ fact: Event.Fact) {
    switch fact {
    case .revisionRecorded(let revision): note(revision.source)
    case .truncated(let truncation): note(truncation.folder)
    case .restored(let restoration): note(restoration.folder)
    default: break
    }
  }

  func note(_ source: SourceReference?) {
    guard let source else { return }
    referenced.insert(source.up)
    if let down = source.down { referenced.insert(down) }
  }

  func note(_ folder: FolderRewrite?) {
    guard let folder else { return }
    referenced.formUnion(folder.added.values)
    referenced.formUnion(folder.removed.values)
  }

  /// The root of the last cut: its event is in a segment, its schema is in the log.
  private func enterRoot(
    _ cut: (sequence: EventSequence, truncation: Truncation), _ log: LogWriter
  ) throws {
    let revision = cut.truncation.revision
    guard let sequence = archived[revision.id] else {
      throw Lacking(sequence: cut.sequence, what: "the event of its root is not in its segment")
    }
    try lacking(cut.sequence) {
      let nodes = SalvageNodes(found: found, log: log)
      do {
        try nodes.take(snapshot: revision.snapshot.hash)
      } catch StoreError.missingNode {
        try make(cut.truncation.schema, expecting: revision.snapshot, log)
      }
      try revision.rows.map { try nodes.take(rows: $0) }
      try log.enter(revision, at: sequence, touching: [], truncation: cut.sequence)
    }
    graph.append(
      RevisionGraph.Entry(
        id: revision.id, parents: [], dependsOn: [], sequence: sequence, isArchived: false,
        isBaseline: true))
  }

  /// Keeps a schema's nodes.
  /// - Throws: `StoreError.missingNode` where it is not the one of the fingerprint.
  func make(_ schema: Schema, expecting fingerprint: Fingerprint, _ log: LogWriter) throws {
    var overlay = SnapshotOverlay(log: log.reader, root: nil, cache: cache)
    for (path, object) in schema.objects { overlay.put(object, at: path) }
    var nodes = KeptNodes(log: log)
    guard try overlay.finish(in: &nodes) == fingerprint.hash else {
      throw StoreError.missingNode(fingerprint.hash)
    }
  }

  private func lacking<T>(_ sequence: EventSequence, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as StoreError {
      guard error.isDamage else { throw error }
      throw Lacking(sequence: sequence, what: error.salvageWords)
    } catch let error as FormatError {
      throw Lacking(sequence: sequence, what: "\(error)")
    }
  }

  /// Takes the next event, and the operations of a revision with it.
  /// - Returns: how many events.
  private func take(_ records: ArraySlice<Int>, _ log: LogWriter) throws -> Int {
    guard let index = records.first else { return 0 }
    let (bytes, record) = try found.record(index)
    let event = record.event
    guard case .revisionRecorded(let revision) = event.fact else {
      if case .operation = event.fact {
        throw Lacking(sequence: event.sequence, what: "it belongs to no revision")
      }
      if case .truncated(let truncation) = event.fact, let added = truncation.folder?.added {
        // Only putting the folder back needs them.
        for hash in added.values { try? SalvageNodes(found: found, log: log).take(node: hash) }
      }
      note(event.fact)
      derived.apply(event)
      try log.append(recorded: bytes, record)
      return 1
    }
    var own: [(bytes: [UInt8], record: EventRecord)] = []
    var operations: [Operation] = []
    for index in records.dropFirst().prefix(revision.operationCount) {
      let next = try found.record(index)
      guard case .operation(let operation, let owner) = next.record.event.fact,
        owner == event.sequence
      else { throw Lacking(sequence: event.sequence, what: "its operations are not behind it") }
      own.append(next)
      operations.append(operation)
    }
    try lacking(event.sequence) { try takeNodes(revision, operations, log) }
    try log.append(recorded: bytes, record)
    derived.apply(event)
    for next in own { try log.append(recorded: next.bytes, next.record) }
    try log.enter(
      revision, at: event.sequence, touching: Set(operations.flatMap(\.subjects)))
    enter(revision, event.sequence)
    return 1 + own.count
  }

  func enter(_ revision: Revision, _ sequence: EventSequence) {
    report.revisionCount += 1
    note(revision.source)
    graph.append(
      RevisionGraph.Entry(
        id: revision.id, parents: revision.parents, dependsOn: revision.dependsOn,
        sequence: sequence, isArchived: false, isBaseline: false))
  }

  private func takeNodes(
    _ revision: Revision, _ operations: [Operation], _ log: LogWriter
  ) throws {
    let nodes = SalvageNodes(found: found, log: log)
    try revision.source.map { try nodes.take($0) }
    try revision.rows.map { try nodes.take(rows: $0) }
    do {
      try nodes.take(snapshot: revision.snapshot.hash)
    } catch StoreError.missingNode(let hash) {
      // The operations make it anew.
      guard try root(of: revision, operations, log, keeps: true) == revision.snapshot.hash else {
        throw StoreError.missingNode(hash)
      }
    }
  }

  /// What a revision's operations make of its parents' schemas; nil where they do not fit.
  /// - Parameter keeps: whether its nodes stay.
  func root(
    of revision: Revision, _ operations: [Operation], _ log: LogWriter, keeps: Bool
  ) throws -> ContentHash? {
    do {
      let parent = try revision.parents.first.flatMap { try log.reader.entry($0) }
      var overlay = SnapshotOverlay(log: log.reader, root: parent?.snapshot, cache: cache)
      try Fold.lenient(merged(revision, log), onto: &overlay)
      try Fold.exact(operations, of: revision.id, onto: &overlay)
      if keeps {
        var nodes = KeptNodes(log: log)
        return try overlay.finish(in: &nodes)
      }
      var nodes = TrialNodes(log: log.reader)
      return try overlay.finish(in: &nodes)
    } catch HistoryError.doesNotFold {
      return nil
    }
  }

  /// The operations of a merge's other sides.
  func merged(_ revision: Revision, _ log: LogWriter) throws -> [Operation] {
    let others = revision.parents.dropFirst() + revision.dependsOn
    if others.isEmpty { return [] }
    return try Fold.operations(
      of: others, without: revision.parents.prefix(1), in: graph, log: log.reader)
  }
}

extension StoreError {
  /// Without what to do about it: that is being done.
  var salvageWords: String {
    if case .missingNode(let hash) = self { return "the node \(hash.short) is gone" }
    return description.split(separator: ";").first.map(String.init) ?? description
  }
}
