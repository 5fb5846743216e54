internal import GRDBSQLite
internal import SQLiteWalls
internal import SchemaModel

/// One open database, by SQLite's own C functions: captures and baselines are all statements, and
/// nothing between them and SQLite costs anything. All of them run behind a wall, which keeps them
/// inside this database.
final class SQLiteConnection {
  let path: String
  private let handle: OpaquePointer
  private let wall: Wall
  private let deadline = Deadline()

  /// - Throws: `SQLiteEngineError.cannotOpen`.
  init(path: String, isReadOnly: Bool = false, mayCreate: Bool = true) throws(SQLiteEngineError) {
    var handle: OpaquePointer?
    let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    let flags = access | (mayCreate && !isReadOnly ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw .cannotOpen(path: path, message: message)
    }
    self.path = path
    self.handle = handle
    wall = Wall.forMigrations(handle)
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 5000)
  }

  deinit {
    wall.remove()
    sqlite3_close_v2(handle)
  }

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
  var message: String { String(cString: sqlite3_errmsg(handle)) }

  /// What SQLite said of the statement that just failed.
  func failure(of sql: String, line: Int? = nil) -> SQLiteEngineError {
    if sqlite3_errcode(handle) & 0xFF == SQLITE_INTERRUPT, let seconds = deadline.seconds {
      return .timedOut(sql: sql, line: line, seconds: seconds)
    }
    if let refusal = wall.refusal {
      return .refused(sql: sql, line: line, reason: refusal.description)
    }
    return .failed(sql: sql, line: line, message: message)
  }

  /// Runs statements whose rows nobody wants.
  func execute(_ sql: String, line: Int? = nil) throws(SQLiteEngineError) {
    // To SQLite a text ends there, and what follows would be lost without a word.
    guard !sql.utf8.contains(0) else {
      throw .failed(
        sql: sql, line: line,
        message: "expected text, found a NUL character, at which SQLite stops reading; remove it")
    }
    guard sql.withCString({ run($0) }) else { throw failure(of: sql, line: line) }
  }

  /// What `sqlite3_exec` does, telling the wall when a statement begins to run.
  private func run(_ script: UnsafePointer<CChar>) -> Bool {
    var rest: UnsafePointer<CChar>? = script
    while let start = rest, start.pointee != 0 {
      var statement: OpaquePointer?
      wall.begin()
      guard sqlite3_prepare_v2(handle, start, -1, &statement, &rest) == SQLITE_OK else {
        return false
      }
      // Blanks and comments alone make no statement.
      guard let statement else { continue }
      wall.isRunning = true
      while sqlite3_step(statement) == SQLITE_ROW {}
      guard sqlite3_finalize(statement) == SQLITE_OK else { return false }
    }
    return true
  }

  /// The one statement of `sql`.
  func prepare(_ sql: String) throws(SQLiteEngineError) -> SQLiteQuery {
    var statement: OpaquePointer?
    wall.begin()
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw failure(of: sql)
    }
    return SQLiteQuery(statement: statement, sql: sql, connection: self)
  }

  /// Runs `body` with a limit of time on its statements.
  func limited<Result>(to seconds: Double?, _ body: () throws -> Result) rethrows -> Result {
    guard let seconds else { return try body() }
    deadline.start(seconds)
    sqlite3_progress_handler(
      handle, 1000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
      }, Unmanaged.passUnretained(deadline).toOpaque())
    defer { sqlite3_progress_handler(handle, 0, nil, nil) }
    return try body()
  }
}

/// A moment after which statements are interrupted.
private final class Deadline {
  private(set) var seconds: Double?
  private var end = ContinuousClock.now

  func start(_ seconds: Double) {
    self.seconds = seconds
    end = .now + .seconds(seconds)
  }

  var isOver: Bool { ContinuousClock.now >= end }
}

/// A prepared statement: bind, step, read the columns.
final class SQLiteQuery {
  private let statement: OpaquePointer
  private let sql: String
  private let connection: SQLiteConnection

  fileprivate init(statement: OpaquePointer, sql: String, connection: SQLiteConnection) {
    self.statement = statement
    self.sql = sql
    self.connection = connection
  }

  deinit { sqlite3_finalize(statement) }

  /// Binds the texts and reads every row.
  func rows<Row>(
    _ arguments: String..., read: (SQLiteQuery) throws -> Row
  ) throws -> [Row] {
    sqlite3_reset(statement)
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, argument) in arguments.enumerated() {
      sqlite3_bind_text(statement, Int32(index + 1), argument, -1, transient)
    }
    var rows: [Row] = []
    while try step() { rows.append(try read(self)) }
    sqlite3_reset(statement)
    return rows
  }

  func step() throws(SQLiteEngineError) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.failure(of: sql)
    }
  }

  func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
  func text(_ column: Int32) -> String { optionalText(column) ?? "" }

  func optionalText(_ column: Int32) -> String? {
    sqlite3_column_text(statement, column).map { start in
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }

  /// The value as it is stored; nil for a text that is no UTF-8.
  func value(_ column: Int32) -> RowValue? {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_NULL: return .null
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(statement, column)
      let count = Int(sqlite3_column_bytes(statement, column))
      return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)))
    default:
      guard let start = sqlite3_column_text(statement, column) else { return nil }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        .map(RowValue.text)
    }
  }
}
