public import SchemaModel
import Storage
import StoreFormat

/// An archived segment, and the truncation that made it.
public struct ArchivedSegment: Hashable, Sendable {
  /// The segment's file, hash and range.
  public var reference: SegmentReference
  /// The revision at which was cut.
  public var root: RevisionID
  /// The truncation's event, time, actor and reason.
  public var truncation: EventSequence
  /// When was cut.
  public var time: Timestamp
  /// Who cut.
  public var actor: String
  /// Why, in their words; may be empty.
  public var reason: String
  /// The checks that were made before the cut, one line each.
  public var proof: [String]
  /// The migrations folder that was rewritten with it, if any.
  public var folder: FolderRewrite?
  /// Where the file should be, and whether it is there.
  public var path: String
  /// Whether the file is there; what is in it is checked when it is opened.
  public var isPresent: Bool
}

extension ArchivedSegment {
  /// Takes over what the truncation's event says; nothing is known of one that is out of reach.
  fileprivate mutating func note(_ event: Event) {
    guard case .truncated(let truncation) = event.fact else { return }
    root = truncation.root
    time = event.time
    actor = event.actor
    reason = truncation.reason
    proof = truncation.proof
    folder = truncation.folder
  }
}

/// What putting a segment back would do.
public struct RestorePlan: Sendable {
  /// The segment that comes back: always the newest.
  public var segment: SegmentReference
  /// The revision at which was cut.
  public var root: RevisionID
  /// The revisions that come back, oldest first.
  public var revisions: [RevisionID]
  /// What the truncation did to a migrations folder, and is undone where that folder is named.
  public var folder: FolderRewrite?
  /// The files that come back into the folder, with their bytes.
  public var files: [ExactText: [UInt8]]
}

extension History {
  /// The archived segments, oldest first.
  public func segments() throws -> [ArchivedSegment] {
    try inOneState { try segmentStates().map(archivedSegment) }
  }

  private func archivedSegment(_ segment: ArchivedSegmentState) throws -> ArchivedSegment {
    let isPresent = held?.files[segment.reference] != nil
    let path = store.archivePath + "/" + segment.reference.name
    var archived = ArchivedSegment(
      reference: segment.reference, root: "", truncation: segment.truncation,
      time: Timestamp(milliseconds: 0), actor: "", reason: "", proof: [], folder: nil,
      path: path, isPresent: isPresent)
    do {
      // A truncation may itself be archived by a later one.
      let record = try withLog(holding: segment.truncation) { try $0.event(segment.truncation) }
      archived.note(record.event)
    } catch HistoryError.store(.segmentMissing) {
      return archived
    }
    return archived
  }

  /// The segment of a name (or a part of it), else the newest.
  /// - Throws: `HistoryError.noSegments`, `.unknownSegment`.
  public func segment(named name: String?) throws -> ArchivedSegment {
    let segments = try segments()
    guard let newest = segments.last else { throw HistoryError.noSegments }
    guard let name else { return newest }
    let matches = segments.filter { $0.reference.name == name || $0.reference.name.hasPrefix(name) }
    guard let match = matches.first, matches.count == 1 else {
      throw HistoryError.unknownSegment(name, known: segments.map(\.reference.name))
    }
    return match
  }

  /// - Throws: `HistoryError.store` where the segment's file is missing or damaged.
  public func requireSegment(_ segment: ArchivedSegment) throws {
    _ = try archivedLog(segment.reference)
  }

  /// Compares a segment with what the log says of it, whole: its bytes and the chain in it.
  public func checkSegment(_ segment: ArchivedSegment) throws {
    try inOneState { try checkInOneState(segment) }
  }

  private func checkInOneState(_ segment: ArchivedSegment) throws {
    try Self.translating {
      let held = held?.files[segment.reference]
      guard let file = try held ?? SegmentFile(segment.reference, in: store.archivePath) else {
        throw StoreError.segmentMissing(segment.reference, directory: store.archivePath)
      }
      try file.check()
    }
    var findings: [VerifyReport.Finding] = []
    try verifySegment(segment.reference, into: &findings)
    if let damage = findings.first {
      throw HistoryError.store(.segmentDamaged(segment.reference, damage.message))
    }
  }

  /// Plans to put a segment back; only the newest can be.
  /// - Throws: `HistoryError.noSegments`, `.unknownSegment`, `.newerSegmentFirst`; `.store` for a
  ///   segment that is missing or damaged.
  public func planRestore(segment name: String? = nil) throws -> RestorePlan {
    try inOneState { try planInOneState(name) }
  }

  private func planInOneState(_ name: String?) throws -> RestorePlan {
    let segment = try segment(named: name)
    if let newest = try segments().last, newest != segment {
      throw HistoryError.newerSegmentFirst(
        segment.reference.name, newest: newest.reference.name)
    }
    let archive = try archivedLog(segment.reference)
    return try Self.translating {
      try archive.read { log in
        var entries: [(RevisionID, EventSequence)] = []
        try log.forEachEntry { id, entry in
          if entry.truncation == nil { entries.append((id, entry.sequence)) }
          return true
        }
        var files: [ExactText: [UInt8]] = [:]
        for (path, hash) in segment.folder?.removed ?? [:] {
          // What another history's truncation had put there is kept beside the segment.
          files[path] =
            try log.hasNode(hash)
            ? log.withNode(hash) { try ContentNode.source($0) }
            : read { live in try live.withNode(hash) { try ContentNode.source($0) } }
        }
        return RestorePlan(
          segment: segment.reference, root: segment.root,
          revisions: entries.sorted { $0.1 < $1.1 }.map(\.0), folder: segment.folder,
          files: files)
      }
    }
  }

  /// Puts a segment back into the log, and the archived files back into their folder.
  /// - Parameter directory: the migrations folder. What the truncation's event says of it is only a
  ///   store's word, and nothing is written there for that alone.
  /// - Throws: `HistoryError.folderNotNamed` where the truncation rewrote a folder and none is
  ///   named; `.interruptedFolder`; `.changedFiles` where the baseline in the folder was edited since.
  public func restore(
    _ plan: RestorePlan, directory: String? = nil, force: Bool = false, by actor: String
  ) throws {
    try checkNamed(plan, directory)
    let archive = try archivedLog(plan.segment)
    try exclusively {
      try Self.translating { try store.checkPages() }
      // One that was interrupted comes first: there is room for one.
      try settleFolder(directory)
      let folder = try checkedFolder(plan, directory, force)
      try putBack(plan, archive, pending: folder?.pending, by: actor)
      segmentLogs[plan.segment] = nil
      if let folder { try finishFolder(folder.directory) }
      try Self.translating { try store.removeSegment(plan.segment) }
    }
  }

  /// Refuses what `restore` would refuse before it changes anything, for whoever only plans.
  /// - Throws: `HistoryError`, as `restore`.
  public func checkRestore(
    _ plan: RestorePlan, directory: String? = nil, force: Bool = false
  ) throws {
    try checkNamed(plan, directory)
    if let interrupted = try interruptedFolder() {
      // It is finished first, and what is there now is not what will be.
      guard let directory, try isInterrupted(directory) else {
        throw HistoryError.interruptedFolder(interrupted)
      }
      return
    }
    _ = try checkedFolder(plan, directory, force)
  }

  private func checkNamed(_ plan: RestorePlan, _ directory: String?) throws {
    if let rewrite = plan.folder, directory == nil {
      throw HistoryError.folderNotNamed(rewrite.directory)
    }
  }

  /// The change of the folder, which can be done.
  private func checkedFolder(
    _ plan: RestorePlan, _ directory: String?, _ force: Bool
  ) throws -> FolderChange? {
    guard let rewrite = plan.folder, let directory else { return nil }
    let change = FolderChange(
      format: rewrite.format, directory: directory, add: plan.files, remove: rewrite.added,
      isForced: force)
    try change.check()
    return change
  }

  private func putBack(
    _ plan: RestorePlan, _ archive: ArchivedLog, pending: PendingFolder?, by actor: String
  ) throws {
    try write { log in
      guard let newest = log.state.segments.last, newest.reference == plan.segment else {
        throw HistoryError.changedMeanwhile(action: "Restore")
      }
      try archive.read { archived in
        try log.restore(
          newest, from: archived, folder: plan.folder, pending: pending,
          at: Timestamp.now, by: actor)
      }
    }
  }
}
