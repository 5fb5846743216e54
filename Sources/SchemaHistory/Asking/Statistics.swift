import FileSystem
public import SchemaModel
import Storage
import StoreFormat

/// How much a history holds.
public struct HistoryStatistics: Sendable {
  public var dialect: Dialect
  /// Of the store on disk.
  public var formatVersion: Int
  /// Events of the live log, and of the segments.
  public var eventCount: Int
  /// Events of the segments.
  public var archivedEventCount: Int
  /// Of the live log, the root of replay too.
  public var revisionCount: Int
  /// Of the segments that are there.
  public var archivedRevisionCount: Int
  /// The revisions that nothing has as a parent.
  public var heads: [RevisionID]
  /// Objects of the schema at the head, where there is one.
  public var objectCount: Int?
  /// Nodes of the live log: trees, objects, rows, sources.
  public var nodeCount: Int
  /// Events by kind, archived ones too where their segments are there.
  public var countsByKind: [String: Int]
  /// Bytes of the log's file.
  public var logByteCount: UInt64
  /// Bytes of the segments' files.
  public var archiveByteCount: UInt64
  /// Bytes of the projection's file; 0 where there is none.
  public var projectionByteCount: UInt64
  /// When the oldest event was recorded, archived ones too where they are there.
  public var firstRecorded: Timestamp?
  /// When the newest event was recorded.
  public var lastRecorded: Timestamp?
  /// The newest event.
  public var logHead: LogHead
}

extension History {
  /// Counts all of it, reading every event.
  public func statistics() throws -> HistoryStatistics {
    try inOneState { try statisticsInOneState() }
  }

  private func statisticsInOneState() throws -> HistoryStatistics {
    var counts: [String: Int] = [:]
    var times: (first: Timestamp?, last: Timestamp?)
    try forEachLog { log, _ in
      try log.forEachEvent { record in
        counts[record.event.fact.kind, default: 0] += 1
        if times.first == nil { times.first = record.event.time }
        times.last = record.event.time
        return true
      }
    }
    let graph = try graph()
    let archived = graph.entries.filter(\.isArchived).count
    let segments = try segmentStates().map(\.reference)
    let heads = try heads()
    let logHead = try logHead()
    return try read { log in
      HistoryStatistics(
        dialect: dialect, formatVersion: Int(StoreState.formatVersion),
        eventCount: try log.eventCount(),
        archivedEventCount: segments.reduce(0) {
          $0 + Int(clamping: $1.last.value - $1.first.value + 1)
        },
        revisionCount: graph.entries.count, archivedRevisionCount: archived, heads: heads,
        objectCount: heads.count == 1 ? try objectCount(heads[0], log) : nil,
        nodeCount: try log.nodeCount(), countsByKind: counts,
        logByteCount: try store.usedByteCount(),
        archiveByteCount: segments.reduce(0) { $0 + $1.byteCount },
        projectionByteCount: Self.byteCount(store.projectionPath), firstRecorded: times.first,
        lastRecorded: times.last, logHead: logHead)
    }
  }

  private func objectCount(_ head: RevisionID, _ log: LogReader) throws -> Int? {
    guard let entry = try log.entry(head) else { return nil }
    return try log.withNode(entry.snapshot) { try SnapshotNode($0).count }
  }

  static func byteCount(_ path: String) -> UInt64 {
    UInt64(Files.byteCount(of: path) ?? 0)
  }
}
