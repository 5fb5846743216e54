import Projections
public import SchemaModel
public import Storage
import StoreFormat

// Nothing in a log tells that it was set back to what it was before. What has seen more of it does: the
// mark of whoever wrote last, the segments' names, the projection.

extension History {
  /// What beside the log has seen later events than it holds; nil where nothing has. The projection, which
  /// takes longer to ask, is asked by `verify` and before the first write alone.
  public func laterEvents() throws -> LaterEvents? {
    // What was seen is read before the log's end is: others write meanwhile.
    let (seen, noted) = (store.lastSeenBesideLog(), store.seenEvent())
    return try laterEvents(than: seen) ?? leftOut(noted)
  }

  private func laterEvents(than seen: LaterEvents?) throws -> LaterEvents? {
    guard let seen,
      try Self.translating({ try seen.last > store.read { try $0.state().lastSequence } })
    else { return nil }
    // One that was compacted meanwhile ends where it was when its copy was made.
    return try Self.translating { try store.isCurrent() } ? seen : nil
  }

  /// The event that a projection had followed before a question let it follow the log, where the log does
  /// not go through it.
  private func leftOut(_ noted: SeenEvent?) throws -> LaterEvents? {
    guard let noted,
      try Self.translating({
        try store.read({ try $0.goesThrough(noted) }) == false && store.isCurrent()
      })
    else { return nil }
    return LaterEvents(
      place: "the projection of before (noted in \(directory)/writer.lock)", last: noted.sequence)
  }

  /// One line for whoever asks a log that lacks events which were there; nil where none are known of.
  public func rolledBackWarning() throws -> String? {
    guard let seen = try laterEvents() else { return nil }
    return seen.message(try state().lastSequence)
  }

  /// Before the first write of this value: what is appended to an older log makes two histories of one.
  func expectNewest() throws {
    if isKnownNewest { return }
    let (seen, noted) = (store.lastSeenBesideLog(), store.seenEvent())
    let followed = projectedPosition()
    if let later = try laterEvents(than: seen) ?? leftOut(noted) ?? followedOther(followed) {
      let last = try Self.translating { try store.read { try $0.state().lastSequence } }
      throw HistoryError.store(.rolledBack(last: last, seen: later))
    }
    isKnownNewest = true
  }

  /// What the projection has followed and the log has not, where it is not the projection that is wrong.
  private func followedOther(
    _ followed: (seen: LaterEvents, hash: ContentHash)?
  ) throws -> LaterEvents? {
    guard let found = try laterEvents(than: followed?.seen) ?? otherEvent(than: followed),
      let followed,
      let projection = try? Projection.open(path: store.projectionPath, readOnly: true)
    else { return nil }
    // One that cannot be asked is taken at its word.
    let witness = try? witness(projection, at: (followed.seen.last, followed.hash))
    if case .wrong = witness { return nil }
    return found
  }

  /// How far the projection has followed; nil where it says nothing, or cannot be read: it is not
  /// needed for writing.
  private func projectedPosition() -> (seen: LaterEvents, hash: ContentHash)? {
    let path = store.projectionPath
    guard let found = try? Projection.open(path: path, readOnly: true).position else { return nil }
    return (LaterEvents(place: "the projection (\(path))", last: found.sequence), found.hash)
  }

  /// The event at which the projection stands, where the log has another in its place.
  private func otherEvent(
    than followed: (seen: LaterEvents, hash: ContentHash)?
  ) throws -> LaterEvents? {
    guard let followed,
      // What lies in a segment is not opened for this.
      let found = try Self.translating({
        try store.read { log in
          try log.recordBytes(followed.seen.last).map { ContentHash(bytes: $0.suffix(32)) }
        }
      }), found != followed.hash, try Self.translating({ try store.isCurrent() })
    else { return nil }
    return followed.seen
  }
}
