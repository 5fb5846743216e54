internal import SchemaModel
internal import FileSystem
internal import SQLiteAccess
internal import SQLiteWalls
internal import StoreDefinition

/// Making, recognising and opening the projection's file.
enum ProjectionFile {
  /// "Strt", in the SQLite header: what tells a projection from any other database.
  static let applicationID: Int64 = 0x5374_7274

  static func openForWriting(_ path: String) throws(ProjectionError) -> ProjectionConnection {
    if ProjectionPlace.isPlain(path) {
      do throws(ProjectionError) {
        if let database = try connect(path) { return ProjectionConnection(database) }
      } catch .damaged {
      }
    }
    try ProjectionPlace.clear(path)
    guard let database = try connect(path) else { throw .outdated(path: path) }
    return ProjectionConnection(database)
  }

  static func openForReading(_ path: String) throws(ProjectionError) -> ProjectionConnection {
    guard ProjectionPlace.isTaken(path) else { throw .missing(path: path) }
    guard ProjectionPlace.isPlain(path) else {
      throw ProjectionPlace.isUnfinished(path) ? .missing(path: path) : .outdated(path: path)
    }
    let database = try connectForReading(path)
    switch try ProjectionError.mapping(path: path, { try database.reading { try state(database) } })
    {
    case .ours:
      try ProjectionError.mapping(path: path) { try trust(database) }
      return ProjectionConnection(database)
    // Whoever began to make it did not come to the end.
    case .empty: throw .missing(path: path)
    case .foreign: throw .outdated(path: path)
    }
  }

  /// A connection that cannot write.
  static func connectForReading(_ path: String) throws(ProjectionError) -> SQLiteDatabase {
    try ProjectionError.mapping(path: path) {
      do {
        let database = try prepare(SQLiteDatabase(path: path, .read))
        _ = try database.number("SELECT count(*) FROM sqlite_schema")
        return database
      } catch let error as SQLiteError where error.cannotOpen || error.isReadOnly {
        // In a folder that cannot be written to, SQLite cannot make the files beside a database in
        // WAL mode; without a log beside it the file does not change.
        guard Files.byteCount(of: path + "-wal") ?? 0 == 0 else { throw error }
        return try prepare(SQLiteDatabase(path: path, .read, isImmutable: true))
      }
    }
  }

  private static func prepare(_ database: SQLiteDatabase) throws -> SQLiteDatabase {
    Wall.harden(database.handle)
    Wall.takeNoQuotedTexts(database.handle)
    // Whatever stands in the file's schema may call no function that reaches outside of it.
    try database.execute(
      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    return database
  }

  /// Nil where the file is a database, but not a projection of this version.
  private static func connect(_ path: String) throws(ProjectionError) -> SQLiteDatabase? {
    try ProjectionError.mapping(path: path) {
      let db = try prepare(SQLiteDatabase(path: path))
      try db.execute("PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 4000")
      if try state(db) == .foreign { return nil }
      try trust(db)
      // A commit then costs no wait for the disk. Losing the last ones to a power cut is no
      // loss: the position goes back with them.
      try db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try db.transaction {
        // Another process may have made it meanwhile.
        if try state(db) == .empty { try create(db) }
      }
      return db
    }
  }

  /// Once the schema is proved to be ours: its views call functions that SQLite would not let them.
  private static func trust(_ db: SQLiteDatabase) throws {
    try db.execute("PRAGMA trusted_schema = ON")
  }

  private enum State { case empty, ours, foreign }

  private static func state(_ db: SQLiteDatabase) throws -> State {
    let application = try db.number("PRAGMA application_id")
    let version = try db.number("PRAGMA user_version")
    let found = try definitions(db)
    if application == 0, version == 0, found.isEmpty { return .empty }
    guard application == applicationID, version == Int64(Projection.version) else {
      return .foreign
    }
    // To the letter: a trigger, a view or an index more is a program of somebody else's.
    return found == expected ? .ours : .foreign
  }

  /// What the file's schema says, in order; reading it runs nothing of it.
  private static func definitions(_ db: SQLiteDatabase) throws -> [String] {
    let sql = """
      SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
      """
    return try db.texts(sql).sorted()
  }

  private static let expected: [String]? = try? {
    let db = try prepare(SQLiteDatabase(path: ":memory:"))
    try create(db)
    return try definitions(db)
  }()

  static func create(_ db: SQLiteDatabase) throws {
    for relation in StoreDefinition.relations { try db.execute(relation.sql) }
    try db.execute(
      """
      PRAGMA application_id = \(applicationID);
      PRAGMA user_version = \(Projection.version);
      INSERT INTO projection_state (version) VALUES (\(Projection.version));
      """)
  }

  /// Drops every relation: quicker than deleting rows from tables with indexes.
  static func drop(_ db: SQLiteDatabase) throws {
    for kind in ["view", "table"] {
      let sql = "SELECT name FROM sqlite_schema WHERE type = ? ORDER BY rowid DESC"
      for name in try db.texts(sql, [.text(kind)]) where !name.hasPrefix("sqlite_") {
        try db.execute("DROP \(kind) \"\(name.replacing("\"", with: "\"\""))\"")
      }
    }
  }
}
