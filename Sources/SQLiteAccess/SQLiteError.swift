internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What SQLite said of a call that failed.
public struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// SQLite's primary result code, as `SQLITE_BUSY`.
  public var code: Int32
  /// SQLite's own words.
  public var message: String

  /// The system's error number behind it, as `EACCES`; 0 where SQLite knows none.
  public var systemCode: Int32 = 0

  public init(code: Int32, message: String) {
    self.code = code & 0xFF
    self.message = message
  }

  init(of connection: OpaquePointer?) {
    self.init(
      code: sqlite3_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
    guard isOfTheSystem, let connection else { return }
    systemCode = sqlite3_system_errno(connection)
    // SQLite's own words tell no more than that something failed.
    if systemCode != 0 { message += " (\(String(cString: strerror(systemCode))))" }
  }

  /// A file that is not what it should be, though SQLite can read it.
  public static func corrupt(_ message: String) -> SQLiteError {
    SQLiteError(code: SQLITE_CORRUPT, message: message)
  }

  public var description: String { message }

  /// Whether the file is no database, or a damaged one.
  public var isDamage: Bool { code == SQLITE_NOTADB || code == SQLITE_CORRUPT }
  /// Whether another connection is in the way.
  public var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
  /// Whether SQLite could not open the file, or one that belongs beside it.
  public var cannotOpen: Bool { code == SQLITE_CANTOPEN }
  /// Whether the file, or one that belongs beside it, may not be written.
  public var isReadOnly: Bool { code == SQLITE_READONLY }
  /// Whether the disk had no room for what was to be written.
  public var isDiskFull: Bool { code == SQLITE_FULL }
  /// Whether a limit of time, or somebody else, stopped the statement.
  public var isInterrupt: Bool { code == SQLITE_INTERRUPT }
  /// Whether the disk or the memory failed, not the statement.
  public var isOfTheSystem: Bool {
    [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_FULL].contains(code)
  }
}
