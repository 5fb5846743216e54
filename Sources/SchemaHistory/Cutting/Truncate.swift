public import SchemaModel
import Storage
import StoreFormat

/// What a truncation would do: a pure value, printed by `--dry-run`, carried out by `truncate`.
public struct TruncationPlan: Sendable {
  /// The new root of replay.
  public var root: RevisionID
  /// All that is known of the root.
  public var rootRevision: RecordedRevision
  /// All that goes into the segment, oldest first, the root too.
  public var archived: [RevisionID]
  /// All that stays, oldest first.
  public var kept: [RevisionID]
  /// Of both, what whoever plans the cut leaves to itself: branches whose files are gone.
  public var lost: Set<RevisionID>
  /// The heads after the cut, but for those.
  public var heads: [RevisionID]
  /// The first event that is archived.
  public var firstEvent: EventSequence
  /// The last event that is archived.
  public var lastEvent: EventSequence
  /// The schema and the seed rows at the root.
  public var schema: Schema
  /// The seed rows at the root.
  public var rows: SeedRows
  /// The files of the archived revisions that a migrations folder still holds.
  public var sources: [(revision: RevisionID, source: SourceReference)]
  /// What earlier truncations wrote into the folder, and this one takes out again.
  public var earlierBaselines: [ExactText: ContentHash]
  let tail: EventSequence
  /// The heads that go into the archive.
  let archivedHeads: [RevisionID]

  /// Events that are archived.
  public var eventCount: Int { Int(clamping: lastEvent.value - firstEvent.value + 1) }
}

extension History {
  /// Plans to make a revision the new root: everything that it is made of goes to the archive.
  /// - Parameter lost: revisions that nothing else follows and nobody needs any more. Those that
  ///   cannot stay without what is archived go with it.
  /// - Throws: `HistoryError.truncationRefused` with what stands in the way and the nearest cut
  ///   that works; `.nothingToTruncate`; `.archivedRevision`.
  public func planTruncation(
    at id: RevisionID, without lost: Set<RevisionID> = []
  ) throws -> TruncationPlan {
    try inOneState { try planInOneState(id, lost) }
  }

  private func planInOneState(
    _ id: RevisionID, _ lost: Set<RevisionID>
  ) throws -> TruncationPlan {
    let (entry, isArchived) = try entry(id)
    if try read({ try $0.state().root }) == id { throw HistoryError.nothingToTruncate(id) }
    if isArchived { throw HistoryError.archivedRevision(id, action: "truncate at") }
    let recorded = try revision(id)
    let joining = try joining(heads())
    return try read { log in
      let graph = try liveGraph(log)
      let cut = Cut(graph, at: id, without: lost)
      guard cut.blockers.isEmpty else {
        throw HistoryError.truncationRefused(
          id, blockers: cut.blockers, nearest: Cut.nearest(to: id, in: graph, without: lost),
          joining: joining)
      }
      let state = try log.state()
      var sources: [(RevisionID, SourceReference)] = []
      for id in cut.archived {
        guard let entry = try log.entry(id), entry.truncation == nil,
          let source = try log.revision(entry).revision.source
        else { continue }
        sources.append((id, source))
      }
      let ends = try cut.archived.compactMap { try log.entry($0)?.endSequence }
      let archived = Set(cut.archived)
      return TruncationPlan(
        root: id, rootRevision: recorded, archived: cut.archived, kept: cut.kept,
        lost: lost.intersection(cut.archived + cut.kept), heads: cut.heads,
        firstEvent: state.firstSequence,
        lastEvent: EventSequence((ends.max() ?? entry.endSequence).value - 1),
        schema: try log.schema(root: entry.snapshot), rows: try log.rows(root: entry.rows),
        sources: sources, earlierBaselines: try Self.earlierBaselines(state, log),
        tail: state.lastSequence,
        archivedHeads: state.heads.filter { archived.contains($0) && $0 != id })
    }
  }

  private static func earlierBaselines(
    _ state: StoreState, _ log: LogReader
  ) throws -> [ExactText: ContentHash] {
    guard let last = state.segments.last,
      case .truncated(let truncation) = try log.event(last.truncation).event.fact
    else { return [:] }
    return truncation.folder?.added ?? [:]
  }

  /// Archives what a plan says, and rewrites the migrations folder with it.
  ///
  /// A crash at any point leaves the old history or the new one; a folder that was left half-way is
  /// finished by `finishFolder`.
  /// - Parameter proof: the checks that were made before, one line each.
  /// - Throws: `HistoryError.changedMeanwhile` where somebody recorded since the plan was made;
  ///   `.changedFiles`, `.folder`, `.interruptedFolder` before anything is changed.
  @discardableResult
  public func truncate(
    _ plan: TruncationPlan, proof: [String] = [], folder: FolderChange? = nil,
    reason: String = "", by actor: String
  ) throws -> SegmentReference {
    try exclusively {
      try carryOut(plan, proof: proof, folder: folder, reason: reason, by: actor)
    }
  }

  private func carryOut(
    _ plan: TruncationPlan, proof: [String], folder: FolderChange?, reason: String,
    by actor: String
  ) throws -> SegmentReference {
    try Self.translating { try store.checkPages() }
    // One that was interrupted comes first: there is room for one.
    try settleFolder(folder?.directory)
    try folder?.check()
    let segmentPlan = SegmentPlan(
      root: plan.root, revisions: plan.archived, heads: [plan.root] + plan.archivedHeads,
      first: plan.firstEvent, last: plan.lastEvent, tail: plan.tail)
    guard try read({ try $0.state().lastSequence }) == plan.tail else {
      throw HistoryError.changedMeanwhile(action: "Truncate")
    }
    let segment = try Self.translating { try store.writeSegment(segmentPlan) }
    do {
      try write { log in
        guard log.state.lastSequence == plan.tail else {
          throw HistoryError.changedMeanwhile(action: "Truncate")
        }
        var rewrite: FolderRewrite?
        if let folder {
          var added: [ExactText: ContentHash] = [:]
          for (path, bytes) in folder.add {
            added[path] = try log.keep(ContentNode.bytes(ofSource: bytes))
          }
          for bytes in folder.foreign.values {
            _ = try log.keep(ContentNode.bytes(ofSource: bytes))
          }
          rewrite = FolderRewrite(
            format: folder.format, directory: folder.directory, added: added,
            removed: folder.remove)
        }
        let truncation = Truncation(
          revision: plan.rootRevision.revision, schema: plan.schema, segment: segment,
          reason: reason, folder: rewrite, proof: proof)
        try log.truncate(
          segmentPlan, truncation, pending: folder?.pending, at: Timestamp.now, by: actor)
      }
    } catch {
      // The segment is of no use without the event that names it.
      if let known = try? segmentStates(), !known.contains(where: { $0.reference == segment }) {
        try? store.removeSegment(segment)
      }
      throw error
    }
    if let folder { try finishFolder(folder.directory) }
    return segment
  }
}
