public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// The graph of all revisions, archived ones too where their segments are there.
  public func graph() throws -> RevisionGraph {
    var entries: [RevisionID: RevisionGraph.Entry] = [:]
    try forEachLog { log, isArchived in
      try Self.collect(log, isArchived: isArchived, into: &entries)
    }
    return RevisionGraph(Array(entries.values))
  }

  /// The graph of the live log: the root of replay and what came after it.
  func liveGraph(_ log: LogReader) throws -> RevisionGraph {
    var entries: [RevisionID: RevisionGraph.Entry] = [:]
    try Self.collect(log, isArchived: false, into: &entries)
    for (id, entry) in entries where entry.isBaseline {
      entries[id]?.parents = []
      entries[id]?.dependsOn = []
    }
    return RevisionGraph(Array(entries.values))
  }

  private static func collect(
    _ log: LogReader, isArchived: Bool, into entries: inout [RevisionID: RevisionGraph.Entry]
  ) throws {
    try log.forEachEntry { id, entry in
      let isBaseline = entry.truncation != nil
      entries[id] = RevisionGraph.Entry(
        id: id, parents: entry.parents, dependsOn: entry.dependsOn, sequence: entry.sequence,
        isArchived: isArchived || isBaseline, isBaseline: isBaseline && !isArchived)
      return true
    }
  }

  /// The revisions that nothing has as a parent.
  public func heads() throws -> [RevisionID] { try state().heads }

  /// The one head.
  /// - Throws: `HistoryError.noRevisions`, `.severalHeads`.
  public func head() throws -> RevisionID {
    let heads = try heads()
    guard let head = heads.first else { throw HistoryError.noRevisions }
    guard heads.count == 1 else { throw HistoryError.severalHeads(heads) }
    return head
  }
}
