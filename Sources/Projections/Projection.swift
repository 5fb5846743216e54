// Invariants:
// - What is in the file is exactly what the log says up to `position`: facts and position are
//   written in one transaction.
// - Nothing is kept here alone. The file may be deleted at any time.
internal import GRDB
public import SchemaModel

/// The history as SQL relations, in one SQLite file.
///
/// The file is in WAL mode: other clients read it while it is written, each a consistent state.
public final class Projection: Sendable {
  /// The version of the relations: a file of another version is made anew.
  public static let version = 1

  public let path: String
  public let isReadOnly: Bool
  let queue: DatabaseQueue
  /// Used on the queue only.
  nonisolated(unsafe) private var writer: ProjectionWriter?

  init(path: String, isReadOnly: Bool, queue: DatabaseQueue) {
    self.path = path
    self.isReadOnly = isReadOnly
    self.queue = queue
  }

  /// Opens the projection. For writing, a file that is missing, damaged, foreign or of another
  /// version is replaced by an empty projection.
  /// - Throws: read-only, `missing`, `outdated` and `damaged`; always, `busy` and `unreachable`.
  public static func open(
    path: String, readOnly: Bool
  ) throws(ProjectionError) -> Projection {
    let queue =
      readOnly
      ? try ProjectionFile.openForReading(path) : try ProjectionFile.openForWriting(path)
    return Projection(path: path, isReadOnly: readOnly, queue: queue)
  }

  /// The last event that was applied and its hash in the chain; nil where nothing was yet.
  public var position: (sequence: EventSequence, hash: ContentHash)? {
    get throws(ProjectionError) {
      try ProjectionError.mapping(path: path) { try queue.read { try Self.position($0) } }
    }
  }

  /// Adds facts of the log, in its order, and moves to `position`, all in one transaction.
  ///
  /// What another process has applied meanwhile is left out, so that feeding twice does no harm.
  public func apply(
    _ facts: [ProjectedFact], position: (EventSequence, ContentHash)
  ) throws(ProjectionError) {
    try ProjectionError.mapping(path: path) {
      try queue.writeWithoutTransaction { db in
        do {
          let writer = try self.writer ?? ProjectionWriter(db)
          self.writer = writer
          try db.inTransaction(.immediate) {
            try writer.noticeOtherWriters()
            let last = try Self.position(db)?.sequence
            guard last.map({ $0 < position.0 }) ?? true else { return .commit }
            for fact in facts where last.map({ $0 < fact.sequence }) ?? true {
              try writer.add(fact)
            }
            try writer.move(to: position)
            return .commit
          }
        } catch {
          // Numbers of objects that were given in a transaction that is undone are not valid.
          self.writer = nil
          throw error
        }
      }
    }
  }

  /// Forgets everything, in one transaction; other connections to the file stay good.
  public func reset() throws(ProjectionError) {
    try ProjectionError.mapping(path: path) {
      try queue.writeWithoutTransaction { db in
        self.writer = nil
        try db.inTransaction(.immediate) {
          try ProjectionFile.drop(db)
          try ProjectionFile.create(db)
          return .commit
        }
      }
    }
  }

  static func position(_ db: Database) throws -> (sequence: EventSequence, hash: ContentHash)? {
    let sql = "SELECT last_sequence, last_hash FROM projection_state"
    let statement = try db.cachedStatement(sql: sql)
    guard let row = try Row.fetchOne(statement), !row.isNull(0) else { return nil }
    let sequence = try row.integer(0)
    guard let hash = ContentHash(hex: try row.text(1)) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no hash in projection_state")
    }
    return (EventSequence(UInt64(clamping: sequence)), hash)
  }
}
