import CSQLite

/// A database file in the hands of somebody else: SQLite without any wall.
enum SQLiteFile {
  struct Failure: Error { var message: String }

  static func run(_ sql: String, in path: String) throws {
    var connection: OpaquePointer?
    defer { sqlite3_close_v2(connection) }
    guard sqlite3_open(path, &connection) == SQLITE_OK,
      sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
    else { throw Failure(message: String(cString: sqlite3_errmsg(connection))) }
  }
}
