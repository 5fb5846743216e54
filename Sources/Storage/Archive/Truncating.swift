import LMDB
public import SchemaModel
public import StoreFormat

extension LogWriter {
  /// Takes the archived range out of the log and appends the snapshot event, which holds what the
  /// kept events need of it.
  public func truncate(
    _ plan: SegmentPlan, _ truncation: Truncation, pending: PendingFolder?, at time: Timestamp,
    by actor: String
  ) throws {
    guard state.lastSequence == plan.tail, state.firstSequence == plan.first else {
      throw StoreError.inconsistent("the truncation was planned for another state of the log")
    }
    let added = Set((truncation.folder?.added ?? [:]).values)
    let dead = try reader.nodes(of: plan).dead.filter { !added.contains($0) }
    guard var root = try reader.entry(plan.root) else {
      throw StoreError.inconsistent("the revision \(plan.root) is not in the log")
    }
    try transaction.deleteAll(
      databases.events, from: plan.first.value, upTo: plan.last.value + 1)
    for hash in dead { try transaction.delete(databases.nodes, hash) }
    try removeTouches(upTo: plan.last)
    for id in plan.revisions {
      if let key = Keys.name(id.text) { try transaction.delete(databases.revisions, key) }
    }
    let sequence = try append(.truncated(truncation), at: time, by: actor)
    root.truncation = sequence
    try put(root, for: plan.root)
    state.firstSequence = plan.last.next
    state.firstPrevious = truncation.segment.lastHash
    state.root = plan.root
    state.heads.removeAll { $0 != plan.root && plan.heads.contains($0) }
    state.segments.append(
      ArchivedSegmentState(reference: truncation.segment, truncation: sequence))
    state.pending = pending
  }

  private func removeTouches(upTo last: EventSequence) throws {
    var keys: [[UInt8]] = []
    try reader.forEachTouch { key, sequence in
      if sequence <= last { keys.append(Array(key)) }
    }
    for key in keys { try transaction.delete(databases.touches, key) }
  }

  /// Puts the newest segment back, and appends the event that says so.
  public func restore(
    _ segment: ArchivedSegmentState, from archive: LogReader, folder: FolderRewrite?,
    pending: PendingFolder?, at time: Timestamp, by actor: String
  ) throws {
    guard state.segments.last == segment else {
      throw StoreError.inconsistent("only the newest segment can be put back")
    }
    let archived = try archive.state()
    try archive.forEachRecord(from: segment.reference.first) { sequence, bytes in
      try transaction.put(databases.events, key: sequence.value, value: Array(bytes))
      return true
    }
    try archive.forEachNode { hash, bytes in
      guard let hash else { throw StoreError.inconsistent("a node's key is no hash") }
      try transaction.put(
        databases.nodes, key: hash, value: Array(bytes), flags: .noOverwrite)
      return true
    }
    try archive.forEachTouch { key, _ in
      try transaction.put(databases.touches, key: Array(key), value: [])
    }
    try archive.forEachEntry { id, entry in
      if id != state.root, try reader.entry(id) != nil {
        throw StoreError.inconsistent("revision \(id) of the segment was recorded again since")
      }
      try put(entry, for: id)
      return true
    }
    try append(
      .restored(
        Restoration(
          segment: segment.reference, truncation: segment.truncation, folder: folder)),
      at: time, by: actor)
    state.firstSequence = archived.firstSequence
    state.firstPrevious = archived.firstPrevious
    state.heads += archived.heads.filter { $0 != state.root }
    state.root = archived.root
    state.segments.removeLast()
    state.pending = pending
  }
}
