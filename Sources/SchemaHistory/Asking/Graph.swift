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
    guard heads.count == 1 else {
      throw HistoryError.severalHeads(heads, joining: try joining(heads))
    }
    return head
  }

  /// How several heads become one, for people: no schema of all of them was ever seen, so that there is
  /// none until a migration follows them all. Nil for one head, and where no migration tool made them.
  public func joining(_ heads: [RevisionID]) throws -> String? {
    guard heads.count > 1 else { return nil }
    let formats = Set(try heads.map { try source(of: $0)?.format })
    return switch formats {
    case [.alembic]:
      "`alembic merge heads` writes a migration that follows them all, and an import records it"
    case [.sql]:
      // Scripts that were recorded by hand are of no folder.
      "where a folder holds them all, its next migration follows them once it is imported"
    default: nil
    }
  }
}
