import Projections
public import SchemaModel
import Storage
import StoreFormat

// A projection that was made while a segment was gone begins behind it. It says so by what it lacks: of
// what lies before its beginning it has one event at most, the root of replay.

extension History {
  /// The segments that can be joined to the live log: none that is missing lies behind them. Oldest first.
  func joinedSegments() throws -> [SegmentReference] {
    try inOneState {
      let references = try segmentStates().map(\.reference)
      return Array(references.reversed().prefix { held?.files[$0] != nil }.reversed())
    }
  }

  /// Whether a projection lacks events that are there to be had.
  func isShort(_ projection: Projection, at last: EventSequence) throws -> Bool {
    let first = try joinedSegments().first?.first ?? state().firstSequence
    return try last > first && !Self.has(first, projection)
  }

  /// The segments of which a projection has no events.
  func segments(notIn projection: Projection) throws -> [ArchivedSegment] {
    guard let last = try Self.projecting({ try projection.position?.sequence }) else { return [] }
    let lacking = try segmentStates().map(\.reference).filter {
      try $0.last <= last && !Self.has($0.first, projection)
    }
    // What a cut's event says besides is a whole schema.
    return lacking.isEmpty ? [] : try segments().filter { lacking.contains($0.reference) }
  }

  /// Whether a projection has the events from this one on.
  private static func has(_ first: EventSequence, _ projection: Projection) throws -> Bool {
    let rows = try projecting {
      try projection.query(
        "SELECT sequence FROM events WHERE sequence IN (\(first.value), \(first.next.value))"
      ).rows
    }
    return rows.count == 2
  }
}
