import FileSystem
public import SchemaModel
import StoreFormat

// A log that was set back (by a backup, by a checkout) is sound in itself. What lies beside it tells: the
// names of the segments, the mark of whoever wrote last, and the projection, of which this room knows
// nothing.

/// What has seen later events than a log holds.
public struct LaterEvents: Hashable, Sendable {
  /// In words, as in "the archive".
  public var place: String
  /// The last event that was seen.
  public var last: EventSequence
  /// What to do, in words, where the log as it is shall be the newest.
  public var acceptance: String

  public init(
    place: String, last: EventSequence, acceptance: String = "run 'strata rebuild'"
  ) {
    self.place = place
    self.last = last
    self.acceptance = acceptance
  }

  /// One line of it, and of a log that ends before.
  public func message(_ end: EventSequence) -> String {
    "the log was rolled back, or is another's: it ends at event \(end), and \(place) has seen "
      + "\(last > end ? "events up to" : "another event") \(last). Put the newer log back; without it, "
      + "'strata verify --salvage DIR' looks for those events in all files. To go on from here without them, "
      + "\(acceptance)"
  }
}

extension Store {
  /// The last event that anything beside the log has seen; nil where nothing tells. Whoever compares
  /// it with the log reads the log's state afterwards: others write meanwhile.
  public func lastSeenBesideLog() -> LaterEvents? {
    let mark = WriterLock.mark(in: directory).map {
      LaterEvents(place: "whoever wrote last (\(directory)/writer.lock)", last: $0)
    }
    let archived = Files.names(in: archivePath).compactMap { name in
      SegmentReference.lastEvent(named: name).map {
        LaterEvents(
          place: "archive/\(name)", last: $0, acceptance: "move \(archivePath)/\(name) away")
      }
    }
    return (archived + [mark].compactMap { $0 }).max { $0.last < $1.last }
  }

  /// From now on the log as it is counts as the newest there is.
  public func acceptEnd() throws {
    try withWriterLock {
      try mark(read { try $0.state().lastSequence })
      try writerLock().note(nil)
    }
  }
}

extension SegmentReference {
  /// By the name that a segment is given: FIRST-LAST-HASH.segment.
  public static func lastEvent(named name: String) -> EventSequence? {
    let parts = name.split(separator: "-")
    guard parts.count == 3, name.hasSuffix(".segment"), UInt64(parts[0]) != nil else { return nil }
    return UInt64(parts[1]).map { EventSequence($0) }
  }
}
