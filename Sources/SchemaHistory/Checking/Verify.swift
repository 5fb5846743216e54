import Glibc
import SchemaModel
import Storage
import StoreFormat

extension History {
  /// Checks a store that may be damaged anywhere: the pages of its file first, since a damaged one
  /// could end the process, and then all that `verify` checks.
  /// - Parameter comparesProjection: whether the projection is looked at, and made anew to compare.
  /// - Parameter expectations: what is known of the history from elsewhere.
  /// - Throws: `HistoryError.store` where there is no store at all.
  public static func verify(
    at directory: String, full: Bool = false, comparesProjection: Bool = true,
    expecting expectations: Expectations = Expectations(),
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> VerifyReport {
    try settled(at: directory) {
      var report = VerifyReport()
      do {
        for (place, message) in try translating({ try Store.damagedPages(at: directory) }) {
          report.findings.append(.init(.damage, place, message))
        }
        guard report.findings.isEmpty else { return report }
        return try open(at: directory, readOnly: true)
          .look(full: full, comparesProjection: comparesProjection, expectations, progress)
      } catch HistoryError.store(let error) {
        switch error {
        case .notAStore, .file, .foreignPlace, .held, .setting, .damaged(_, .newerVersion):
          throw HistoryError.store(error)
        case .medium where !error.isDamage: throw HistoryError.store(error)
        default: report.findings.append(.init(.damage, "the log", error.description))
        }
        return report
      }
    }
  }

  /// What is found while somebody writes may be of two states. So whatever is not well is looked at
  /// again where the log has moved on meanwhile, at last while nobody can write.
  private static func settled(
    at directory: String, _ look: () throws -> VerifyReport
  ) throws -> VerifyReport {
    for attempt in 0..<4 {
      let before = StoreMark(of: directory)
      let report = try look()
      if !report.isDamaged, !report.isStale { return report }
      if report.isDamaged, before == StoreMark(of: directory) { return report }
      // The projection moves on its own: two looks that agree are needed.
      if !report.isDamaged, attempt > 1, before == StoreMark(of: directory) { return report }
      usleep(20_000)
    }
    return try translating { try Store.withoutWriters(at: directory, look) }
  }

  /// Checks the chain, the index, the snapshots and the archive; with `full` also that replaying
  /// every revision's operations gives its snapshot. Damage is reported, never thrown.
  /// - Parameter expectations: what is known of the history from elsewhere.
  /// - Parameter progress: what is being checked, how much is done, of how much.
  public func verify(
    full: Bool = false, comparesProjection: Bool = true,
    expecting expectations: Expectations = Expectations(),
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> VerifyReport {
    try Self.settled(at: directory) {
      try look(full: full, comparesProjection: comparesProjection, expectations, progress)
    }
  }

  private func look(
    full: Bool, comparesProjection: Bool, _ expectations: Expectations,
    _ progress: (String, Int, Int) -> Void
  ) throws -> VerifyReport {
    var report = VerifyReport()
    do {
      try inOneState {
        try look(full: full, progress, into: &report)
        try compare(with: expectations, into: &report)
      }
    } catch HistoryError.store(let error) where error.isDamage && report.findings.isEmpty {
      report.findings.append(.init(.damage, "state", error.description))
      return report
    }
    let last = try state().lastSequence
    var foreign: [String] = []
    for name in try foreignArchiveFiles() {
      guard let end = SegmentReference.lastEvent(named: name), end > last else {
        foreign.append(name)
        continue
      }
      report.findings.append(
        .init(
          .damage, "the log",
          "rolled back: it ends at event \(last), and archive/\(name) holds events up to \(end). Put "
            + "a newer copy of the log back, or bring the events up with `strata verify --salvage DIR`"
        ))
    }
    // A damaged log says nothing about it.
    if !report.isDamaged, comparesProjection {
      report.findings += try inOneState { try projectionFindings(progress) }
    }
    if !report.isDamaged, let warning = try rolledBackWarning() {
      report.findings.append(.init(.damage, "the log", warning))
    }
    // Beside a log that is not whole, it may be all that is left of its events.
    let advice =
      report.isDamaged
      ? "leave it there: it may hold what the log lacks"
      : "nothing refers to it, and it can be removed where the log is the newest there is"
    report.findings += foreign.map {
      .init(.note, "archive/\($0)", "no segment of this history: \(advice)")
    }
    if let pending = try interruptedFolder() {
      report.findings.append(
        .init(
          .note, pending,
          "the rewriting of this folder was interrupted; `strata restore --finish DIR` finishes it")
      )
    }
    return report
  }

  /// What the log and the archive of one state hold.
  private func look(
    full: Bool, _ progress: (String, Int, Int) -> Void, into report: inout VerifyReport
  ) throws {
    let state = try state()
    report.logHead = try logHead()
    var derived = DerivedState()
    for (index, segment) in state.segments.enumerated() {
      progress("segments", index, state.segments.count)
      report.segmentCount += 1
      if held?.files[segment.reference] == nil {
        derived = try DerivedState(
          behind: segment, number: index, of: state, root: root(of: segment))
      }
      try verifySegment(segment.reference, into: &report.findings) { derived.apply($0) }
    }
    try read { log in
      var check = LogCheck(log: log, place: "", report: report)
      var touches = TouchCheck(log: log)
      if let root = state.root, let segment = state.segments.last?.reference,
        held?.files[segment] != nil, !report.isDamaged
      {
        check.rootSequence = try archivedLog(segment).read { try $0.entry(root)?.sequence }
      }
      try check.chain(
        Chain(last: EventSequence(state.firstSequence.value &- 1), hash: state.firstPrevious),
        through: state.lastSequence, hash: state.lastHash, progress
      ) {
        derived.apply($0)
        try touches.note($0)
      }
      try check.nodes(progress)
      try check.index(heads: state.heads, progress)
      // What a damaged event says is not known: then that is all that can be said.
      if !check.report.isDamaged {
        try check.state(derived)
        try check.tags(derived)
        try check.touches(touches)
      }
      if full { try check.replay(progress) }
      report = check.report
    }
  }

  /// The revision at which was cut; nil where that, too, cannot be read.
  private func root(of segment: ArchivedSegmentState) throws -> RevisionID? {
    let record = try? withLog(holding: segment.truncation) { try $0.event(segment.truncation) }
    guard case .truncated(let truncation) = record?.event.fact else { return nil }
    return truncation.root
  }

  /// A cut puts its segment there before the log names it, so this is asked while nobody writes.
  private func foreignArchiveFiles() throws -> [String] {
    func found() throws -> [String] {
      let store = try Store.open(at: directory, readOnly: store.isReadOnly)
      let known = try store.read { try $0.state().segments.map(\.reference) }
      return store.foreignArchiveFiles(known: known)
    }
    return try Self.translating {
      let known = try segmentStates().map(\.reference)
      guard !store.foreignArchiveFiles(known: known).isEmpty else { return [] }
      return try Store.unlessWritten(at: directory, found) ?? []
    }
  }

  /// Checks a segment's bytes, the chain in it, its nodes and its snapshots.
  func verifySegment(
    _ reference: SegmentReference, into findings: inout [VerifyReport.Finding],
    each: (Event) throws -> Void = { _ in }
  ) throws {
    let place = "segment \(reference.name)"
    do {
      let archive =
        try held?.files[reference].map { try ArchivedLog($0) }
        ?? ArchivedLog(reference, in: store.archivePath)
      try archive.read { log in
        let state = try log.state()
        var check = LogCheck(log: log, place: place + ", ", report: VerifyReport())
        try check.chain(
          Chain(last: EventSequence(reference.first.value &- 1), hash: state.firstPrevious),
          through: reference.last, hash: reference.lastHash, { _, _, _ in }, each: each)
        try check.nodes { _, _, _ in }
        try check.index(heads: nil) { _, _, _ in }
        try check.replay { _, _, _ in }
        findings += check.report.findings
      }
    } catch let error as StoreError where error.isDamage {
      if case .damaged(_, let cause) = error, cause.isNewer { throw error }
      findings.append(.init(.damage, place, error.description))
    }
  }
}
