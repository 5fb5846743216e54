internal import CSQLite
internal import SQLiteAccess
internal import SQLiteWalls
internal import SchemaModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One open database of a migration's or a baseline's: all that runs on it runs behind a wall, which
/// keeps it inside this database.
final class SQLiteConnection {
  var path: String { database.path }
  private let database: SQLiteDatabase
  private let wall: Wall
  private let deadline = Deadline()

  /// - Throws: `SQLiteEngineError.cannotOpen`.
  init(path: String, isReadOnly: Bool = false, mayCreate: Bool = true) throws(SQLiteEngineError) {
    do throws(SQLiteError) {
      database = try SQLiteDatabase(
        path: path, isReadOnly ? .read : mayCreate ? .create : .write)
    } catch {
      throw .cannotOpen(path: path, message: error.message)
    }
    let wall = Wall.forMigrations(database.handle)
    self.wall = wall
    database.observer = { runs in
      if runs { wall.isRunning = true } else { wall.begin() }
    }
  }

  deinit { wall.remove() }

  var isInTransaction: Bool { database.isInTransaction }
  /// Whether `writes` holds all that this connection wrote since the last capture.
  var isWatched = false
  /// What its statements may have written since it was opened, or since this was emptied.
  var writes: Writes {
    get { wall.writes }
    set { wall.writes = newValue }
  }
  var message: String { database.failure.message }

  /// What SQLite said of the statement that just failed.
  private func failure(
    _ error: SQLiteError, of sql: String, line: Int? = nil
  ) -> SQLiteEngineError {
    if error.isInterrupt, let seconds = deadline.seconds {
      return .timedOut(sql: sql, line: line, seconds: seconds)
    }
    if let refusal = wall.refusal {
      return .refused(sql: sql, line: line, reason: refusal.description)
    }
    if error.isOfTheSystem { return .medium(sql: sql, line: line, message: error.message) }
    return newerText(error.message) ?? .failed(sql: sql, line: line, message: error.message)
  }

  /// Where a schema cannot be parsed, and a newer SQLite wrote it.
  private func newerText(_ message: String) -> SQLiteEngineError? {
    guard message.hasPrefix("malformed database schema"),
      let writer = Self.writer(ofFile: path), writer > Int(sqlite3_libversion_number())
    else { return nil }
    let version = "\(writer / 1_000_000).\(writer / 1000 % 1000).\(writer % 1000)"
    return .newerText(message: message, own: String(cString: sqlite3_libversion()), writer: version)
  }

  /// The number of the version that changed a database last, by its header.
  /// https://sqlite.org/fileformat2.html#write_library_version_number_and_version_valid_for_number
  private static func writer(ofFile path: String) -> Int? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4)
    guard pread(descriptor, &bytes, 4, 96) == 4 else { return nil }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// Runs statements whose rows nobody wants.
  func execute(_ sql: String, line: Int? = nil) throws(SQLiteEngineError) {
    try translating(sql, line) { () throws(SQLiteError) in try database.execute(sql) }
  }

  /// The one statement of `sql`.
  func prepare(_ sql: String) throws(SQLiteEngineError) -> SQLiteQuery {
    let statement = try translating(sql) { () throws(SQLiteError) in try database.prepare(sql) }
    return SQLiteQuery(statement: statement, sql: sql, connection: self)
  }

  /// The same, prepared once for the life of the connection: for texts of our own.
  func cached(_ sql: String) throws(SQLiteEngineError) -> SQLiteQuery {
    let statement = try translating(sql) { () throws(SQLiteError) in try database.cached(sql) }
    return SQLiteQuery(statement: statement, sql: sql, connection: self)
  }

  fileprivate func translating<Result>(
    _ sql: String, _ line: Int? = nil, _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteEngineError) -> Result {
    do { return try body() } catch { throw failure(error, of: sql, line: line) }
  }

  /// Runs `body` with a limit of time on its statements.
  func limited<Result>(to seconds: Double?, _ body: () throws -> Result) rethrows -> Result {
    guard let seconds else { return try body() }
    deadline.start(seconds)
    sqlite3_progress_handler(
      database.handle, 1000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
      }, Unmanaged.passUnretained(deadline).toOpaque())
    defer { sqlite3_progress_handler(database.handle, 0, nil, nil) }
    return try body()
  }
}

/// A moment after which statements are interrupted.
private final class Deadline {
  private(set) var seconds: Double?
  private var end = ContinuousClock.now

  func start(_ seconds: Double) {
    self.seconds = seconds
    end = .now + .limit(seconds)
  }

  var isOver: Bool { ContinuousClock.now >= end }
}

/// A prepared statement of the engine's: bind, step, read the columns.
final class SQLiteQuery {
  private let statement: SQLiteStatement
  private let sql: String
  private let connection: SQLiteConnection

  fileprivate init(statement: SQLiteStatement, sql: String, connection: SQLiteConnection) {
    self.statement = statement
    self.sql = sql
    self.connection = connection
  }

  /// Binds the texts and reads every row.
  func rows<Row>(
    _ arguments: String..., read: (SQLiteQuery) throws -> Row
  ) throws -> [Row] {
    try connection.translating(sql) { () throws(SQLiteError) in
      try statement.bind(arguments.map { .text($0) })
    }
    // One that is not at its end keeps a lock.
    defer { try? statement.bind([]) }
    var rows: [Row] = []
    while try step() { rows.append(try read(self)) }
    return rows
  }

  func step() throws(SQLiteEngineError) -> Bool {
    try connection.translating(sql) { () throws(SQLiteError) in try statement.step() }
  }

  /// Whether this text is there to the byte; nil for NULL.
  func holds(_ text: String?, _ column: Int32) -> Bool { statement.holds(text, Int(column)) }
  func int(_ column: Int32) -> Int { Int(statement.int(Int(column))) }
  func int64(_ column: Int32) -> Int64 { statement.int(Int(column)) }
  func text(_ column: Int32) -> String { optionalText(column) ?? "" }
  func optionalText(_ column: Int32) -> String? { statement.text(Int(column)) }

  /// The value as it is stored; nil for a text that is no UTF-8.
  func value(_ column: Int32) -> RowValue? {
    switch statement.exactValue(Int(column)) {
    case nil: nil
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes): .blob(bytes)
    }
  }
}
