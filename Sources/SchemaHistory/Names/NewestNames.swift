public import SchemaModel
import Storage
import StoreFormat

/// A revision as it is offered to somebody who types its id.
public struct RevisionName: Hashable, Sendable {
  /// The revision's own.
  public var id: RevisionID
  /// What its event says; nil where that is in a segment.
  public var revision: Revision?
}

extension History {
  /// The newest revisions whose ids begin with `prefix`, newest first: for completing what is typed.
  ///
  /// It takes one pass over the index, whatever the number of events. An archive of more bytes than
  /// `archiveBytesMax` is not opened, since opening a segment reads all of it; its revisions are left
  /// out, but for the root of replay.
  /// - Throws: `HistoryError.store` for a damaged store.
  public func newestRevisions(
    beginning prefix: String, limit: Int, archiveBytesMax: UInt64 = 4 << 20
  ) throws -> [RevisionName] {
    try inOneState {
      var newest = NewestEntries(limit: limit)
      let archived = try segmentStates().reduce(into: UInt64(0)) {
        $0 = $0.addingReportingOverflow($1.reference.byteCount).partialValue
      }
      if archived <= archiveBytesMax {
        try forEachLog { log, _ in try newest.take(log, prefix) }
      } else {
        try read { try newest.take($0, prefix) }
      }
      return try read { log in
        try newest.sorted.map { id, _ in
          guard let entry = try log.entry(id), try log.recordBytes(entry.sequence) != nil else {
            return RevisionName(id: id, revision: nil)
          }
          return RevisionName(id: id, revision: try log.revision(entry).revision)
        }
      }
    }
  }
}

/// The last of many entries by their sequences, without keeping them all.
private struct NewestEntries {
  let limit: Int
  private var sequences: [RevisionID: EventSequence] = [:]
  private var oldest = EventSequence(0)

  init(limit: Int) { self.limit = limit }

  var sorted: [(key: RevisionID, value: EventSequence)] {
    Array(sequences.sorted { $0.value > $1.value }.prefix(limit))
  }

  mutating func take(_ log: LogReader, _ prefix: String) throws {
    try log.forEachSequence(prefix: prefix) { sequence, id in
      guard sequence >= oldest else { return }
      sequences[id()] = sequence
      if sequences.count >= 4 * limit {
        let kept = sorted
        sequences = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        oldest = kept.last?.value ?? oldest
      }
    }
  }
}
