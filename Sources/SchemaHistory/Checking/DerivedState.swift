import SchemaModel
import Storage
import StoreFormat

/// What the events say of all that is kept beside them: the state and the tags, to be compared with what
/// the log holds of them.
struct DerivedState {
  private var dialect: Dialect?
  private var keptTables: [String]?
  /// With the sequences of their events.
  private var heads: [RevisionID: EventSequence] = [:]
  private var root: RevisionID?
  private var segments: [ArchivedSegmentState] = []
  private var runners: [ExactText: RunnerTable] = [:]
  private var tags: [ExactText: RevisionID?] = [:]
  private var start: (first: EventSequence, previous: ContentHash)
  /// The folder that the last cut or restoration rewrote, and whether it put files back.
  private var folder: (rewrite: FolderRewrite, isRestored: Bool)?
  /// What was so before each cut that is in force.
  private var before:
    [(
      root: RevisionID?, first: EventSequence, previous: ContentHash,
      heads: [RevisionID: EventSequence]
    )] = []
  /// Whether it has seen every event; what others said of runners and tags is not known.
  private var isWhole = true
  private(set) var problems: [(place: String, message: String)] = []

  init() { start = (EventSequence(1), EventRecord.origin) }

  /// Begins behind a segment that is missing: at its end the root of its cut was all there was.
  init(behind segment: ArchivedSegmentState, number: Int, of state: StoreState, root: RevisionID?) {
    isWhole = false
    // What its own cut says comes later, in a log that is there.
    start = (EventSequence(0), EventRecord.origin)
    segments = Array(state.segments.prefix(number))
    if let root { heads = [root: EventSequence(0)] }
  }

  mutating func apply(_ event: Event) {
    switch event.fact {
    case .opened(let opening):
      dialect = opening.dialect
      keptTables = opening.keptTables
    case .revisionRecorded(let revision):
      for parent in revision.parents { heads[parent] = nil }
      heads[revision.id] = event.sequence
    case .operation, .signed: break
    case .tagged(let name, let revision): tags[ExactText(name)] = .some(revision)
    case .tagDeleted(let name): tags[ExactText(name)] = .some(nil)
    case .truncated(let truncation):
      // Branches that nothing kept follows go with it.
      let gone = heads.filter { $0.value <= truncation.segment.last && $0.key != truncation.root }
      for id in gone.keys { heads[id] = nil }
      before.append((root, start.first, start.previous, gone))
      root = truncation.root
      start = (truncation.segment.last.next, truncation.segment.lastHash)
      segments.append(
        ArchivedSegmentState(reference: truncation.segment, truncation: event.sequence))
      folder = truncation.folder.map { ($0, false) }
    case .restored(let restoration):
      guard let last = segments.popLast(), last.reference == restoration.segment,
        last.truncation == restoration.truncation, let old = before.popLast()
      else {
        problems.append(
          (
            "event \(event.sequence)",
            "it puts back the segment \(restoration.segment.name), which was "
              + "not the newest"
          ))
        return
      }
      (root, start) = (old.root, (old.first, old.previous))
      heads.merge(old.heads) { $1 }
      folder = restoration.folder.map { ($0, true) }
    case .runnerNoted(let runner): runners[ExactText(runner.name)] = runner
    }
  }

  /// Makes a state say what the events say, but for where it begins and ends.
  func complete(_ state: inout StoreState) {
    state.heads = heads.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    state.root = root
    state.segments = segments
    state.runners = runners.values.sorted { $0.name < $1.name }
  }

  /// The tags that the events set and did not take away.
  func forEachTag(_ body: (String, RevisionID) throws -> Void) rethrows {
    for (name, revision) in tags { if let revision { try body(name.text, revision) } }
  }

  /// What the state says otherwise.
  func differences(from state: StoreState) -> [(place: String, message: String)] {
    var found = problems
    func expect<T: Equatable>(_ what: String, _ expected: T, _ stored: T) {
      guard expected != stored else { return }
      found.append(
        (
          "state",
          "\(what): the events say \(VisibleText.line("\(expected)")), the state says "
            + VisibleText.line("\(stored)")
        ))
    }
    if let dialect { expect("dialect", dialect, state.dialect) }
    if let keptTables {
      expect("tables that are kept", keptTables.sorted(), state.keptTables.sorted())
    }
    expect("heads", heads.keys.map(\.text).sorted(), state.heads.map(\.text).sorted())
    expect("root", root?.text, state.root?.text)
    expect(
      "segments", segments.map(\.reference.name), state.segments.map(\.reference.name))
    if segments != state.segments,
      segments.map(\.reference.name) == state.segments.map(\.reference.name)
    {
      found.append(("state", "what it says of the segments is not what the cuts say of them"))
    }
    if start.first.value > 0 {
      expect("first event", start.first.value, state.firstSequence.value)
      expect(
        "hash before the first event", start.previous.description, state.firstPrevious.description)
    }
    let stored = Dictionary(state.runners.map { (ExactText($0.name), $0) }) { $1 }
    for (name, runner) in runners where stored[name] != runner {
      found.append(("state", "the table of the tool \(name.text) is not as it was noted last"))
    }
    if isWhole {
      for name in stored.keys where runners[name] == nil {
        found.append(("state", "no event notes the tool's table \(name.text)"))
      }
    }
    if let pending = state.pending { found += differences(from: pending) }
    return found
  }

  /// What waits to be written to a folder must be what the last cut or restoration says.
  private func differences(from pending: PendingFolder) -> [(place: String, message: String)] {
    let place = "state, the rewriting of \(pending.directory)"
    guard let folder else { return [(place, "no event says that a folder is to be rewritten")] }
    let (written, removed) =
      folder.isRestored
      ? (folder.rewrite.removed, folder.rewrite.added)
      : (folder.rewrite.added, folder.rewrite.removed)
    for (path, bytes) in pending.writes where written[path] != History.sourceHash(bytes) {
      return [(place, "the bytes of \(path.text) are not those that the event names")]
    }
    for path in pending.removes where removed[ExactText(path)] == nil {
      return [(place, "the event does not name \(path) as one to be removed")]
    }
    return pending.writes.count == written.count
      ? [] : [(place, "it writes \(pending.writes.count) files, the event names \(written.count)")]
  }

  /// What the tags' index says otherwise.
  func differences(
    fromTags stored: [ExactText: RevisionID]
  ) -> [(place: String, message: String)] {
    var found: [(String, String)] = []
    for (name, revision) in tags where stored[name] != revision {
      found.append(
        (
          "tag \(VisibleText.line(name.text))",
          "the events say \(revision?.text ?? "nothing"), the index says "
            + (stored[name]?.text ?? "nothing")
        ))
    }
    if isWhole {
      for name in stored.keys where tags[name] == nil {
        found.append(("tag \(VisibleText.line(name.text))", "no event sets it"))
      }
    }
    return found.sorted { $0.0 < $1.0 }
  }
}
