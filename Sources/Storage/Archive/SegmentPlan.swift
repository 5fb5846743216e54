public import SchemaModel
import StoreFormat

/// What a truncation takes out of the log.
public struct SegmentPlan: Sendable {
  /// The new root of replay; its event is archived, its snapshot stays.
  public var root: RevisionID
  /// All that is archived, the root too.
  public var revisions: [RevisionID]
  /// Those among them that nothing follows in the archive.
  public var heads: [RevisionID]
  /// The first event that is archived.
  public var first: EventSequence
  /// The last event that is archived.
  public var last: EventSequence
  /// The log's end when the plan was made: a plan is good only for that state.
  public var tail: EventSequence

  public init(
    root: RevisionID, revisions: [RevisionID], heads: [RevisionID]? = nil,
    first: EventSequence, last: EventSequence, tail: EventSequence
  ) {
    self.root = root
    self.revisions = revisions
    self.heads = heads ?? [root]
    self.first = first
    self.last = last
    self.tail = tail
  }
}

extension LogReader {
  /// The nodes that the archived revisions need, and those of them that nothing else does.
  func nodes(of plan: SegmentPlan) throws -> (archived: Set<ContentHash>, dead: [ContentHash]) {
    let leaving = Set(plan.revisions)
    var archived = NodeMarker(self)
    var kept = NodeMarker(self)
    try forEachEntry { id, entry in
      if leaving.contains(id) {
        try archived.mark(snapshot: entry.snapshot)
        try archived.mark(rows: entry.rows)
        if entry.truncation == nil { archived.mark(try revision(entry).revision.source) }
      }
      if !leaving.contains(id) || id == plan.root {
        try kept.mark(snapshot: entry.snapshot)
        try kept.mark(rows: entry.rows)
      }
      if !leaving.contains(id), entry.truncation == nil {
        kept.mark(try revision(entry).revision.source)
      }
      return true
    }
    // The files that earlier truncations wrote into a migrations folder: this one may take them
    // out, and putting it back must bring them again.
    for segment in try state().segments {
      // An earlier truncation may have been archived itself, by a later one.
      guard try recordBytes(segment.truncation) != nil else { continue }
      guard case .truncated(let truncation) = try event(segment.truncation).event.fact else {
        continue
      }
      for hash in (truncation.folder?.added ?? [:]).values where try hasNode(hash) {
        archived.mark(hash)
        if segment.truncation > plan.last { kept.mark(hash) }
      }
    }
    return (archived.marked, archived.marked.filter { !kept.marked.contains($0) })
  }
}
