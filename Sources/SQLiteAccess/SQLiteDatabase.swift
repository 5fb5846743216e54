internal import CSQLite

/// A `sqlite3 *` that is closed when the last one goes who needs it: a statement needs it to say what
/// went wrong.
final class OpenConnection {
  let pointer: OpaquePointer

  init(pointer: OpaquePointer) { self.pointer = pointer }

  deinit { sqlite3_close_v2(pointer) }
}

/// One connection to a database, by SQLite's own C functions. For one thread at a time.
public final class SQLiteDatabase {
  /// What a connection may do.
  public enum Access: Sendable {
    case read
    case write
    /// Also making the file.
    case create
  }

  /// As it was given; empty or `:memory:` for one that no file holds.
  public let path: String
  private let access: Access
  /// The `sqlite3 *` itself, for the walls; it is good as long as this value.
  public var handle: OpaquePointer { connection.pointer }
  private let connection: OpenConnection
  /// Called before each statement is prepared (`false`), and before it runs (`true`).
  public var observer: ((_ runs: Bool) -> Void)?
  private var cache: [String: SQLiteStatement] = [:]

  /// Opens a database; `:memory:` is one that goes with the value. Waits 5 seconds for locks.
  /// - Parameter isImmutable: the file is taken for one that nobody changes; nothing is made beside
  ///   it, and a log beside it is not seen.
  /// - Throws: `SQLiteError`; a file that is no database is mostly noticed by the first statement.
  public init(
    path: String, _ access: Access = .create, isImmutable: Bool = false
  ) throws(SQLiteError) {
    var flags =
      switch access {
      case .read: SQLITE_OPEN_READONLY
      case .write: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    flags |= SQLITE_OPEN_NOMUTEX
    if isImmutable { flags |= SQLITE_OPEN_URI }
    var opened: OpaquePointer?
    let name = isImmutable ? Self.immutableName(path) : path
    let code = sqlite3_open_v2(name, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      defer { sqlite3_close_v2(opened) }
      throw opened.map { SQLiteError(of: $0) } ?? SQLiteError(code: code, message: "out of memory")
    }
    self.path = path
    self.access = access
    connection = OpenConnection(pointer: opened)
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 5000)
  }

  /// Every byte that could mean something in a URI is spelled by its number.
  private static func immutableName(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var name = Array("file:".utf8)
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        name.append(byte)
      default: name += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: name, as: UTF8.self) + "?immutable=1"
  }

  /// Whether a transaction was begun that has not ended: SQLite's autocommit is off.
  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
  /// The rowid of the last row that was inserted.
  public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// What SQLite said of the call that just failed.
  public var failure: SQLiteError { SQLiteError(of: handle) }

  /// Runs statements whose rows nobody wants.
  /// - Throws: `SQLiteError`; also for a text with a NUL character, of which nothing is run.
  public func execute(_ sql: String) throws(SQLiteError) {
    try Self.refuseNUL(sql)
    guard sql.withCString({ run($0) }) else { throw failure }
  }

  /// To SQLite a text ends there, and what follows would be lost without a word.
  private static func refuseNUL(_ sql: String) throws(SQLiteError) {
    guard !sql.utf8.contains(0) else {
      throw SQLiteError(
        code: SQLITE_ERROR,
        message: "expected text, found a NUL character, at which SQLite stops reading; remove it")
    }
  }

  /// What `sqlite3_exec` does, telling the observer when a statement begins to run.
  private func run(_ script: UnsafePointer<CChar>) -> Bool {
    var rest: UnsafePointer<CChar>? = script
    while let start = rest, start.pointee != 0 {
      var statement: OpaquePointer?
      observer?(false)
      guard sqlite3_prepare_v2(handle, start, -1, &statement, &rest) == SQLITE_OK else {
        return false
      }
      // Blanks and comments alone make no statement.
      guard let statement else { continue }
      observer?(true)
      while sqlite3_step(statement) == SQLITE_ROW {}
      guard sqlite3_finalize(statement) == SQLITE_OK else { return false }
    }
    return true
  }

  /// The one statement of `sql`.
  /// - Throws: `SQLiteError`; also where there is none, or a second one.
  public func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    try Self.refuseNUL(sql)
    var pointer: OpaquePointer?
    observer?(false)
    let rest = sql.withCString { start -> Rest in
      var tail: UnsafePointer<CChar>?
      guard sqlite3_prepare_v2(handle, start, -1, &pointer, &tail) == SQLITE_OK else {
        return .failed
      }
      return isEmpty(tail) ? .nothing : .more
    }
    if rest == .failed { throw failure }
    guard let pointer else {
      throw SQLiteError(code: SQLITE_ERROR, message: "expected a statement, found none")
    }
    guard rest == .nothing else {
      sqlite3_finalize(pointer)
      throw SQLiteError(
        code: SQLITE_MISUSE,
        message: "expected one statement, found more; give one at a time")
    }
    return SQLiteStatement(pointer, connection)
  }

  private enum Rest { case failed, nothing, more }

  /// Whether nothing but blanks, comments and semicolons is left.
  private func isEmpty(_ tail: UnsafePointer<CChar>?) -> Bool {
    var rest = tail
    while let start = rest, start.pointee != 0 {
      var statement: OpaquePointer?
      let isRead = sqlite3_prepare_v2(handle, start, -1, &statement, &rest) == SQLITE_OK
      if !isRead || statement != nil {
        sqlite3_finalize(statement)
        return false
      }
    }
    return true
  }

  /// The same, prepared once for the life of the connection: for texts of our own.
  public func cached(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    if let known = cache[sql] { return known }
    let statement = try prepare(sql)
    cache[sql] = statement
    return statement
  }

  /// Runs `body` in a transaction that takes the lock for writing at once; undone where it throws.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try undoing("BEGIN IMMEDIATE", body)
  }

  /// Runs `body` on one state, unable to change anything.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    if access == .read { return try undoing("BEGIN", body) }
    try execute("PRAGMA query_only = 1")
    defer { try? execute("PRAGMA query_only = 0") }
    return try undoing("BEGIN", body)
  }

  private func undoing<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
    try execute(begin)
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Some failures have undone it already.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }
}
