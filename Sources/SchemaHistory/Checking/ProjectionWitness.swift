import Projections
import SchemaModel
import Storage
import StoreFormat

// A projection that stands where the log is not tells that the log was set back, or that it is damaged
// itself, or another history's. What it says of the events that the log does have tells these apart.

/// What a projection's position is worth that is not one of the log's.
enum ProjectionWitness {
  /// It followed this history; the log was set back or rewritten since.
  case credible
  /// It is wrong itself, in words.
  case wrong(String)
  /// It followed another history than the log's, from the first event on.
  case foreign
}

extension History {
  /// How many events before the log's end are compared.
  private static let comparedCount: UInt64 = 1000

  /// - Parameter position: where the projection stands, which is no event of the log's.
  func witness(
    _ projection: Projection, at position: (sequence: EventSequence, hash: ContentHash)
  ) throws -> ProjectionWitness {
    let problems = try projection.check().problems
    if let problem = problems.first { return .wrong(problem) }
    if try followedInDoubt(projection, position) {
      return .wrong("a question let it follow another log, which was here for a while")
    }
    let end = try read { try $0.state().lastSequence.value }
    let last = min(end, position.sequence.value)
    let first = last > Self.comparedCount ? last - Self.comparedCount : 1
    let rows = try projection.query(
      """
      SELECT sequence, time, actor FROM events
      WHERE sequence = 1 OR sequence BETWEEN \(first) AND \(last) ORDER BY sequence
      """
    ).rows
    var differing: UInt64?
    for row in rows {
      guard case .integer(let number)? = row.first, number > 0, differing == nil else { continue }
      let sequence = EventSequence(UInt64(number))
      // One that is in a segment which is not there says nothing.
      guard let event = try? withLog(holding: sequence, { try $0.event(sequence).event }) else {
        continue
      }
      let said: [RowValue] = [
        .integer(number), .text("\(event.time)"), .text(event.actor),
      ]
      if row != said { differing = sequence.value }
    }
    guard let differing else {
      return position.sequence.value > end
        ? .credible
        : .wrong(
          "its hash of event \(position.sequence) is not the event's, all else is as the log says")
    }
    return differing == 1 ? .foreign : .credible
  }

  /// Whether a projection followed a log while that was not the one which had been seen here, and which the
  /// log is again.
  private func followedInDoubt(
    _ projection: Projection, _ position: (sequence: EventSequence, hash: ContentHash)
  ) throws -> Bool {
    guard let noted = store.seenEvent(), try read({ try $0.goesThrough(noted) }) == true else {
      return false
    }
    // This log goes through both numbers, and not through its event.
    if position.sequence <= noted.sequence { return true }
    let rows = try projection.query(
      "SELECT time, actor FROM events WHERE sequence = \(noted.sequence.value)"
    ).rows
    guard let row = rows.first,
      let event = try? withLog(holding: noted.sequence, { try $0.event(noted.sequence).event })
    else { return false }
    return row != [.text("\(event.time)"), .text(event.actor)]
  }
}
