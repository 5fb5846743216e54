import SchemaModel
import Storage
import StoreFormat

extension History {
  /// Checks a store that may be damaged anywhere: the pages of its file first, since a damaged one
  /// could end the process, and then all that `verify` checks.
  /// - Throws: `HistoryError.store` where there is no store at all.
  public static func verify(
    at directory: String, full: Bool = false,
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> VerifyReport {
    var report = VerifyReport()
    do {
      for (place, message) in try translating({ try Store.damagedPages(at: directory) }) {
        report.findings.append(.init(.damage, place, message))
      }
      guard report.findings.isEmpty else { return report }
      return try open(at: directory, readOnly: true).verify(full: full, progress: progress)
    } catch HistoryError.store(let error) {
      switch error {
      case .notAStore, .file, .damaged(_, .newerVersion): throw HistoryError.store(error)
      case .medium where !error.isDamage: throw HistoryError.store(error)
      default: report.findings.append(.init(.damage, "the log", error.description))
      }
      return report
    }
  }

  /// Checks the chain, the index, the snapshots and the archive; with `full` also that replaying
  /// every revision's operations gives its snapshot. Damage is reported, never thrown.
  /// - Parameter progress: what is being checked, how much is done, of how much.
  public func verify(
    full: Bool = false, progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> VerifyReport {
    var report = VerifyReport()
    let state: StoreState
    do {
      state = try read { try $0.state() }
    } catch let error as HistoryError {
      report.findings.append(.init(.damage, "state", error.description))
      return report
    }
    for (index, segment) in state.segments.enumerated() {
      progress("segments", index, state.segments.count)
      report.segmentCount += 1
      try verifySegment(segment.reference, into: &report.findings)
    }
    try read { log in
      var check = LogCheck(log: log, place: "", report: report)
      try check.chain(
        Chain(last: EventSequence(state.firstSequence.value &- 1), hash: state.firstPrevious),
        through: state.lastSequence, hash: state.lastHash, progress)
      try check.nodes(progress)
      try check.index(heads: state.heads, progress)
      if full { try check.replay(progress) }
      report = check.report
    }
    for name in store.foreignArchiveFiles(known: state.segments.map(\.reference)) {
      report.findings.append(
        .init(
          .note, "archive/\(name)",
          "no segment of this history: nothing refers to it, and it can be removed"))
    }
    if let problem = try projectionProblem() {
      report.findings.append(
        .init(.stale, "projection", "\(problem); 'strata rebuild' makes it anew"))
    }
    if let pending = state.pending {
      report.findings.append(
        .init(
          .note, pending.directory,
          "the rewriting of this folder was interrupted; the next command that writes finishes it"))
    }
    return report
  }

  /// Checks a segment's bytes, the chain in it, its nodes and its snapshots.
  func verifySegment(
    _ reference: SegmentReference, into findings: inout [VerifyReport.Finding]
  ) throws {
    let place = "segment \(reference.name)"
    do {
      let archive = try ArchivedLog(reference, in: store.archivePath)
      try archive.read { log in
        let state = try log.state()
        var check = LogCheck(log: log, place: place + ", ", report: VerifyReport())
        try check.chain(
          Chain(last: EventSequence(reference.first.value &- 1), hash: state.firstPrevious),
          through: reference.last, hash: reference.lastHash
        ) { _, _, _ in }
        try check.nodes { _, _, _ in }
        try check.index(heads: nil) { _, _, _ in }
        try check.replay { _, _, _ in }
        findings += check.report.findings
      }
    } catch let error as StoreError {
      findings.append(.init(.damage, place, error.description))
    }
  }
}
