import SchemaModel
import Storage
import StoreFormat

// What is carried over comes out as it was where nothing that it says has changed: its hash says so, and with
// it all that lies before.

extension SalvageBuilder {
  /// The first of the events behind the hole that the new store does not hold as it was recorded; nil where it
  /// holds all. Those before it are counted as what they are.
  func firstChanged(of scattered: [Int]) throws -> Int? {
    guard let store, !scattered.isEmpty else { return scattered.first }
    let last = try store.read { log in
      try scattered.last { index in
        let link = found.links[index]
        return try log.goesThrough(SeenEvent(link.sequence, link.hash)) == true
      }
    }
    guard let last else { return scattered.first }
    let end = found.links[last]
    let unchanged = scattered.count { found.links[$0].sequence <= end.sequence }
    report.eventCount += unchanged
    report.rewrittenCount -= unchanged
    report.lastUnchanged = LogHead(sequence: end.sequence, hash: end.hash)
    return scattered.first { found.links[$0].sequence > end.sequence }
  }

  /// The rewriting of a folder that waits for a cut which is there as it was.
  func resumePending(_ scattered: [Int]) throws {
    guard pending != nil, let store else { return }
    for index in scattered { derived.apply(try found.record(index).record.event) }
    try store.write { takePending($0) }
  }

  /// Whether the new store's revision of the same name says the same.
  func holds(_ revision: Revision, in log: LogWriter) throws -> Bool {
    try taken(revision.id, in: log) == revision
  }

  private func taken(_ id: RevisionID, in log: LogWriter) throws -> Revision? {
    guard let sequence = archived[id] else {
      // The event of the root of a cut that was repeated is in the archive again.
      return try log.reader.entry(id).flatMap { try? log.reader.revision($0).revision }
    }
    for (index, link) in found.links.enumerated() where link.sequence == sequence {
      if case .revisionRecorded(let revision)? = try? found.record(index).record.event.fact,
        revision.id == id
      {
        return revision
      }
    }
    return nil
  }
}
