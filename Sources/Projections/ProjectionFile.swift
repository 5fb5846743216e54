internal import Foundation
internal import GRDB
internal import SQLiteWalls
internal import StoreDefinition

/// Making, recognising and opening the projection's file.
enum ProjectionFile {
  /// "Strt", in the SQLite header: what tells a projection from any other database.
  static let applicationID: Int32 = 0x5374_7274

  static func openForWriting(_ path: String) throws(ProjectionError) -> DatabaseQueue {
    if ProjectionPlace.obstacle(path) == nil {
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
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    if let obstacle = ProjectionPlace.obstacle(path) {
      throw .damaged(path: path, reason: obstacle)
    }
    let queue = try readOnlyQueue(path)
    switch try ProjectionError.mapping(path: path, { try queue.read { try state($0) } }) {
    case .ours: return queue
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
    configuration.prepareDatabase { db in db.sqliteConnection.map(Wall.harden) }
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
      try db.execute(sql: "PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 4000")
    }
    return try ProjectionError.mapping(path: path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let isOurs = try queue.writeWithoutTransaction { db in
        if try state(db) == .foreign { return false }
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

  private enum State { case empty, ours, foreign }

  private static func state(_ db: Database) throws -> State {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version")
    let names = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema")
    if application == 0, version == 0, names.isEmpty { return .empty }
    guard application == applicationID, version == Projection.version else { return .foreign }
    // Ours has none; another's would run with each row that is written.
    let triggers = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"
    guard try Int.fetchOne(db, sql: triggers) == 0 else { return .foreign }
    return StoreDefinition.relations.allSatisfy({ names.contains($0.name) }) ? .ours : .foreign
  }

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
