// Invariants:
// - What is in the file is exactly what the log says up to `position`: facts and position are
//   written in one transaction.
// - Nothing is kept here alone. The file may be deleted at any time.
internal import SQLiteAccess
public import SchemaModel

/// The history as SQL relations, in one SQLite file.
///
/// The file is in WAL mode: other clients read it while it is written, each a consistent state.
public final class Projection: Sendable {
  /// The version of the relations: a file of another version is made anew.
  public static let version = 1

  /// Of the SQLite file; `-wal` and `-shm` lie beside it while it is open.
  public let path: String
  /// Whether it takes no events: it answers from what it has.
  public let isReadOnly: Bool
  let connection: ProjectionConnection
  /// Used by the connection's holder only.
  nonisolated(unsafe) private var writer: ProjectionWriter?

  init(path: String, isReadOnly: Bool, connection: ProjectionConnection) {
    self.path = path
    self.isReadOnly = isReadOnly
    self.connection = connection
  }

  /// Opens the projection. For writing, a file that is missing, damaged, foreign or of another
  /// version is replaced by an empty projection.
  /// - Throws: read-only, `missing`, `outdated` and `damaged`; always, `busy` and `unreachable`.
  public static func open(
    path: String, readOnly: Bool
  ) throws(ProjectionError) -> Projection {
    let connection =
      readOnly
      ? try ProjectionFile.openForReading(path) : try ProjectionFile.openForWriting(path)
    return Projection(path: path, isReadOnly: readOnly, connection: connection)
  }

  /// The last event that was applied and its hash in the chain; nil where nothing was yet.
  public var position: (sequence: EventSequence, hash: ContentHash)? {
    get throws(ProjectionError) {
      try ProjectionError.mapping(path: path) { try connection.read { try Self.position($0) } }
    }
  }

  /// Adds facts of the log, in its order, and moves to `position`, all in one transaction.
  ///
  /// What another process has applied meanwhile is left out, so that feeding twice does no harm.
  public func apply(
    _ facts: [ProjectedFact], position: (EventSequence, ContentHash)
  ) throws(ProjectionError) {
    try ProjectionError.mapping(path: path) {
      try connection.use { db in
        do {
          let writer = try self.writer ?? ProjectionWriter(db)
          self.writer = writer
          try db.transaction {
            try writer.noticeOtherWriters()
            let last = try Self.position(db)?.sequence
            guard last.map({ $0 < position.0 }) ?? true else { return }
            for fact in facts where last.map({ $0 < fact.sequence }) ?? true {
              try writer.add(fact)
            }
            try writer.move(to: position)
          }
        } catch {
          // Numbers of objects that were given in a transaction that is undone are not valid.
          self.writer = nil
          throw error
        }
      }
    }
  }

  /// Writes a copy of the file as it is, in place of what is there.
  public func copy(to path: String) throws(ProjectionError) {
    try ProjectionPlace.clear(path)
    try ProjectionError.mapping(path: self.path) {
      try connection.use { try $0.cached("VACUUM INTO ?").run([path]) }
    }
  }

  /// Moves a file that cannot be read out of the way, to `PATH.damaged`: with a log that lost events, what
  /// is left in it may be all that tells of them.
  /// - Throws: `unreachable`.
  public static func setAside(path: String) throws(ProjectionError) {
    try ProjectionPlace.setAside(path)
  }

  /// Forgets everything, in one transaction; other connections to the file stay good.
  public func reset() throws(ProjectionError) {
    try ProjectionError.mapping(path: path) {
      try connection.use { db in
        self.writer = nil
        try db.transaction {
          try ProjectionFile.drop(db)
          try ProjectionFile.create(db)
        }
      }
    }
  }

  static func position(
    _ db: SQLiteDatabase
  ) throws -> (sequence: EventSequence, hash: ContentHash)? {
    let sql = "SELECT last_sequence, last_hash FROM projection_state"
    return try db.cached(sql).first { row in
      if row.isNull(0) { return nil }
      let sequence = try row.integer(0)
      guard let hash = ContentHash(hex: try row.string(1)) else {
        throw SQLiteError.corrupt("no hash in projection_state")
      }
      return (EventSequence(UInt64(clamping: sequence)), hash)
    } ?? nil
  }
}
