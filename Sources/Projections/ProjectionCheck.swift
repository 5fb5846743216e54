internal import SQLiteAccess
public import SchemaModel

/// What a projection holds, and what is wrong with it.
public struct ProjectionCheck: Hashable, Sendable {
  /// The last event that was applied; nil for none.
  public var lastSequence: EventSequence?
  /// All revisions, archived ones among them.
  public var revisionCount: Int
  /// Those whose events lie in segments.
  public var archivedRevisionCount: Int
  /// Revisions that are marked as heads.
  public var headCount: Int
  /// All events, archived ones among them.
  public var eventCount: Int
  /// Those that lie in segments.
  public var archivedEventCount: Int
  /// Rows that say what became of one object in one revision.
  public var changeCount: Int
  /// One line each; empty where all is well.
  public var problems: [String]
}

extension Projection {
  /// Counts, and compares what can be compared inside the file.
  public func check() throws(ProjectionError) -> ProjectionCheck {
    try ProjectionError.mapping(path: path) {
      try connection.read { db in
        func count(_ sql: String) throws -> Int {
          try db.number("SELECT count(*) FROM \(sql)").map(Int.init(clamping:)) ?? 0
        }
        return ProjectionCheck(
          lastSequence: try Self.position(db)?.sequence,
          revisionCount: try count("revisions"),
          archivedRevisionCount: try count("revisions WHERE is_archived"),
          headCount: try count("revisions WHERE is_head"),
          eventCount: try count("events"),
          archivedEventCount: try count("events WHERE is_archived"),
          changeCount: try count("object_changes"),
          problems: try Self.problems(db))
      }
    }
  }

  /// Each query gives the lines of what is wrong.
  private static let comparisons = [
    // With what its indexes say: a question may be answered by one, and this comparison by another.
    "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    """
    SELECT 'events: expected ' || (max(sequence) - min(sequence) + 1) || ', found ' || count(*)
    FROM events HAVING max(sequence) - min(sequence) + 1 <> count(*)
    """,
    """
    SELECT 'the last event is not the one of projection_state'
    FROM projection_state WHERE last_sequence <> (SELECT max(sequence) FROM events)
    """,
    """
    SELECT 'revision ' || id || ' has other operations than its ' || operation_count
    FROM revisions WHERE operation_count <> (
      SELECT count(*) FROM events
      WHERE events.sequence > revisions.sequence
        AND events.sequence <= revisions.sequence + operation_count AND revision = id)
    """,
    """
    SELECT 'revision ' || id || ' is' || iif(is_head, '', ' not') || ' marked as a head'
    FROM revisions
    WHERE is_head = EXISTS (SELECT * FROM revision_parents WHERE parent = id)
    """,
  ]

  private static func problems(_ db: SQLiteDatabase) throws -> [String] {
    try comparisons.flatMap { try db.texts($0) }
  }
}
