public import SchemaModel
import Storage
import StoreFormat

/// The newest event of a history. Its hash stands for all events before it: whoever notes it down
/// elsewhere can tell later whether they were changed.
public struct LogHead: Hashable, Sendable, CustomStringConvertible {
  /// The event.
  public var sequence: EventSequence
  /// The SHA-256 of its record.
  public var hash: ContentHash

  public var description: String { "\(sequence) \(hash)" }
}

extension History {
  /// The newest event.
  public func logHead() throws -> LogHead {
    let state = try state()
    return LogHead(sequence: state.lastSequence, hash: state.lastHash)
  }

  /// Every event from the first one on, archived or not, each linked to the one before.
  /// - Throws: `HistoryError.store` where one is damaged, or a segment is missing.
  func linkedRecords(_ each: (EventRecord) throws -> Void = { _ in }) throws -> LinkedRecords {
    try inOneState {
      if let missing = try missingSegments().last { throw Self.missing(missing, in: store) }
      var chain = Chain()
      var records = LinkedRecords()
      try forEachLog { log, _ in
        try log.forEachRecord(from: EventSequence(0)) { sequence, bytes in
          do {
            let record = try EventRecord(bytes)
            try chain.accept(record)
            records.tree.append(bytes)
            records.hashes.append(record.hash)
            try each(record)
          } catch let error as FormatError {
            throw StoreError.damaged("event \(sequence)", error)
          }
          return true
        }
      }
      return records
    }
  }
}

/// All events of a history, in short: event N is at place N - 1.
struct LinkedRecords {
  var tree = MerkleTree()
  var hashes: [ContentHash] = []

  /// The default origin of checkpoints: the first event is no other history's.
  var origin: String { "strata/\(hashes.first ?? EventRecord.origin)" }

  /// The checkpoint of the first `count` events; of all of them without.
  func checkpoint(origin: String? = nil, of count: Int? = nil) -> Checkpoint {
    let count = count ?? hashes.count
    return Checkpoint(
      origin: origin ?? self.origin, size: UInt64(count), root: tree.root(of: count),
      head: count > 0 ? hashes[count - 1] : nil)
  }
}
