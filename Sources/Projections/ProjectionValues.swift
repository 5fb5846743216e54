internal import SchemaModel
internal import SQLiteAccess

/// What can stand for a parameter of a statement.
protocol Bindable {
  var bound: SQLiteValue { get }
}

extension String: Bindable { var bound: SQLiteValue { .text(self) } }
extension Int64: Bindable { var bound: SQLiteValue { .integer(self) } }
extension Int: Bindable { var bound: SQLiteValue { .integer(Int64(self)) } }
extension Bool: Bindable { var bound: SQLiteValue { .integer(self ? 1 : 0) } }

extension SQLiteStatement {
  /// Runs it with one value per parameter.
  func run(_ values: [(any Bindable)?]) throws { try run(values.map { $0?.bound ?? .null }) }

  /// What `read` makes of the first row of its result; nil where there is none.
  func row<Row>(
    _ values: [(any Bindable)?], _ read: (SQLiteStatement) throws -> Row
  ) throws -> Row? {
    try first(values.map { $0?.bound ?? .null }, read)
  }
}

// The file is not to be trusted: what is not of the type that it should be is damage.
extension SQLiteStatement {
  func integer(_ column: Int) throws -> Int64 {
    if case .integer(let number) = exactValue(column) { return number }
    throw SQLiteError.corrupt("a value that is no integer")
  }

  func string(_ column: Int) throws -> String {
    if case .text(let text) = value(column) { return text }
    throw SQLiteError.corrupt("a value that is no text")
  }
}

extension SQLiteDatabase {
  /// The integer in the first column of the first row; nil where there is no row, or another value.
  func number(_ sql: String) throws -> Int64? {
    try prepare(sql).first { row in
      if case .integer(let number) = row.exactValue(0) { number } else { nil }
    } ?? nil
  }

  /// The texts in the first column of each row.
  func texts(_ sql: String, _ values: [SQLiteValue] = []) throws -> [String] {
    try prepare(sql).all(values) { $0.text(0) ?? "" }
  }
}
