internal import Foundation
internal import GRDB
internal import SQLiteWalls
internal import StoreDefinition

/// Making, recognising and opening the projection's file.
enum ProjectionFile {
  /// "Strt", in the SQLite header: what tells a projection from any other database.
  static let applicationID: Int32 = 0x5374_7274

  static func openForWriting(_ path: String) throws(ProjectionError) -> DatabaseQueue {
    if ProjectionPlace.isPlain(path) {
      do throws(ProjectionError) {
        if let queue = try connect(path) { return queue }
      } catch .damaged {
      }
    }
    try ProjectionError.mapping(path: path) { try ProjectionPlace.clear(path) }
    guard let queue = try connect(path) else { throw .outdated(path: path) }
    return queue
  }

  static func openForReading(_ path: String) throws(ProjectionError) -> DatabaseQueue {
    var status = stat()
    guard lstat(path, &status) == 0 || errno != ENOENT else { throw .missing(path: path) }
    guard ProjectionPlace.isPlain(path) else { throw .outdated(path: path) }
    let queue = try readOnlyQueue(path)
    switch try ProjectionError.mapping(path: path, { try queue.read { try state($0) } }) {
    case .ours:
      try ProjectionError.mapping(path: path) { try queue.read { try trust($0) } }
      return queue
    // Whoever began to make it did not come to the end.
    case .empty: throw .missing(path: path)
    case .foreign: throw .outdated(path: path)
    }
  }

  /// A connection that cannot write.
  static func readOnlyQueue(_ path: String) throws(ProjectionError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      db.sqliteConnection.map(Wall.harden)
      try distrust(db)
    }
    return try ProjectionError.mapping(path: path) {
      do {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
        return queue
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
        // In a folder that cannot be written to, SQLite cannot make the files beside a database in
        // WAL mode; without a log beside it the file does not change.
        guard !FileManager.default.fileExists(atPath: path + "-wal"),
          let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        else { throw error }
        return try DatabaseQueue(
          path: "file:\(escaped)?immutable=1", configuration: configuration)
      }
    }
  }

  /// Nil where the file is a database, but not a projection of this version.
  private static func connect(_ path: String) throws(ProjectionError) -> DatabaseQueue? {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      db.sqliteConnection.map(Wall.harden)
      try distrust(db)
      try db.execute(sql: "PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 4000")
    }
    return try ProjectionError.mapping(path: path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let isOurs = try queue.writeWithoutTransaction { db in
        if try state(db) == .foreign { return false }
        try trust(db)
        // A commit then costs no wait for the disk. Losing the last ones to a power cut is no
        // loss: the position goes back with them.
        try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        try db.inTransaction(.immediate) {
          // Another process may have made it meanwhile.
          if try state(db) == .empty { try create(db) }
          return .commit
        }
        return true
      }
      return isOurs ? queue : nil
    }
  }

  /// Whatever stands in the file's schema may call no function that reaches outside of it.
  private static func distrust(_ db: Database) throws {
    try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
  }

  /// Once the schema is proved to be ours: its views call functions that SQLite would not let them.
  private static func trust(_ db: Database) throws {
    try db.execute(sql: "PRAGMA trusted_schema = ON")
  }

  private enum State { case empty, ours, foreign }

  private static func state(_ db: Database) throws -> State {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version")
    let found = try definitions(db)
    if application == 0, version == 0, found.isEmpty { return .empty }
    guard application == applicationID, version == Projection.version else { return .foreign }
    // To the letter: a trigger, a view or an index more is a program of somebody else's.
    return found == expected ? .ours : .foreign
  }

  /// What the file's schema says, in order; reading it runs nothing of it.
  private static func definitions(_ db: Database) throws -> [String] {
    let sql = """
      SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
      """
    return try String.fetchAll(db, sql: sql).sorted()
  }

  private static let expected: [String]? = try? {
    let queue = try DatabaseQueue()
    return try queue.write { db in
      try create(db)
      return try definitions(db)
    }
  }()

  static func create(_ db: Database) throws {
    for relation in StoreDefinition.relations { try db.execute(sql: relation.sql) }
    try db.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(Projection.version);
        INSERT INTO projection_state (version) VALUES (\(Projection.version));
        """)
  }

  /// Drops every relation: quicker than deleting rows from tables with indexes.
  static func drop(_ db: Database) throws {
    for kind in ["view", "table"] {
      let sql = "SELECT name FROM sqlite_schema WHERE type = ? ORDER BY rowid DESC"
      for name in try String.fetchAll(db, sql: sql, arguments: [kind])
      where !name.hasPrefix("sqlite_") {
        try db.execute(sql: "DROP \(kind) \(name.quotedDatabaseIdentifier)")
      }
    }
  }
}
