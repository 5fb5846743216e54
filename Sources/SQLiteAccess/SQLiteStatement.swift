internal import CSQLite

/// A value as SQLite keeps it.
public enum SQLiteValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// A prepared statement: bind, step, read the columns. Columns and parameters count from 0.
public final class SQLiteStatement {
  private let pointer: OpaquePointer
  private let connection: OpenConnection

  init(_ pointer: OpaquePointer, _ connection: OpenConnection) {
    self.pointer = pointer
    self.connection = connection
  }

  deinit { sqlite3_finalize(pointer) }

  private var failure: SQLiteError { SQLiteError(of: connection.pointer) }

  /// The first parameter that a value may be bound to, as it is spelled, `?` where it has no name; nil
  /// where there is none.
  public var firstParameter: String? {
    guard sqlite3_bind_parameter_count(pointer) > 0 else { return nil }
    return sqlite3_bind_parameter_name(pointer, 1).map { String(cString: $0) } ?? "?"
  }

  /// How many columns its rows have; 0 for what gives none.
  public var columnCount: Int { Int(sqlite3_column_count(pointer)) }

  /// The names of the columns of its rows; empty where it gives none.
  public var columnNames: [String] {
    (0..<sqlite3_column_count(pointer)).map {
      sqlite3_column_name(pointer, $0).map { String(cString: $0) } ?? ""
    }
  }

  /// Whether SQLite says that it changes no database.
  public var isReadOnly: Bool { sqlite3_stmt_readonly(pointer) != 0 }

  /// Makes it ready to run again with these values; parameters without one are NULL.
  public func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
    for (index, value) in values.enumerated() {
      guard bind(value, Int32(index + 1)) == SQLITE_OK else { throw failure }
    }
  }

  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private func bind(_ value: SQLiteValue, _ index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(pointer, index)
    case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
    case .real(let number): return sqlite3_bind_double(pointer, index, number)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          // No pointer at all would be NULL, not the empty text.
          guard let start = $0.baseAddress else {
            return sqlite3_bind_text(pointer, index, "", 0, Self.transient)
          }
          return sqlite3_bind_text64(
            pointer, index, start, UInt64($0.count), Self.transient, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
      return sqlite3_bind_blob64(pointer, index, bytes, UInt64(bytes.count), Self.transient)
    }
  }

  /// Goes to the next row. After the last one it begins anew.
  /// - Returns: false where there is none.
  public func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(pointer)
      return false
    default:
      let error = failure
      sqlite3_reset(pointer)
      throw error
    }
  }

  /// Runs it to its end with these values.
  public func run(_ values: [SQLiteValue] = []) throws(SQLiteError) {
    try bind(values)
    while try step() {}
  }

  /// The first row of its result, as `read` gives it; nil where there is none.
  public func first<Row>(
    _ values: [SQLiteValue] = [], _ read: (SQLiteStatement) throws -> Row
  ) throws -> Row? {
    try bind(values)
    guard try step() else { return nil }
    defer { sqlite3_reset(pointer) }
    return try read(self)
  }

  /// All rows of its result, as `read` gives them.
  public func all<Row>(
    _ values: [SQLiteValue] = [], _ read: (SQLiteStatement) throws -> Row
  ) throws -> [Row] {
    try bind(values)
    defer { sqlite3_reset(pointer) }
    var rows: [Row] = []
    while try step() { rows.append(try read(self)) }
    return rows
  }
}

// The row that `step` went to.
extension SQLiteStatement {
  /// Whether the row has NULL there; columns count from 0.
  public func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
  }

  /// The integer that is there, as SQLite makes one of what is something else.
  public func int(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(column)) }

  /// The text that is there, as SQLite makes one of what is something else, repaired where it is no
  /// UTF-8; nil for NULL.
  public func text(_ column: Int) -> String? {
    bytesOfText(column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether this text is there to the byte, without a copy of it; nil stands for NULL.
  public func holds(_ text: String?, _ column: Int) -> Bool {
    guard var text, let bytes = bytesOfText(column) else { return text == nil && isNull(column) }
    return text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
  }

  private func bytesOfText(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
    sqlite3_column_text(pointer, Int32(column)).map {
      UnsafeBufferPointer(start: $0, count: Int(sqlite3_column_bytes(pointer, Int32(column))))
    }
  }

  /// The value as it is stored; nil for a text that is no UTF-8.
  public func exactValue(_ column: Int) -> SQLiteValue? {
    switch sqlite3_column_type(pointer, Int32(column)) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, Int32(column)))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, Int32(column)))
    case SQLITE_NULL: return .null
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(pointer, Int32(column))
      let count = start == nil ? 0 : Int(sqlite3_column_bytes(pointer, Int32(column)))
      return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
    default:
      return bytesOfText(column).flatMap { String(validating: $0, as: UTF8.self) }
        .map(SQLiteValue.text)
    }
  }

  /// The value as it is stored, a text that is no UTF-8 repaired.
  public func value(_ column: Int) -> SQLiteValue {
    exactValue(column) ?? .text(text(column) ?? "")
  }
}
