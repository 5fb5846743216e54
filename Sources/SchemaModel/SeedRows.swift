/// One value of a row, as SQLite and PostgreSQL's text form can hold it.
public enum RowValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// Texts are equal where their bytes are: rows that a migration rewrote in another Unicode
  /// normalisation are other rows.
  public static func == (left: RowValue, right: RowValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.blob(let a), .blob(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .integer(let number): hasher.combine(number)
    case .real(let number): hasher.combine(number.bitPattern)
    case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .blob(let bytes): hasher.combine(bytes)
    }
  }
}

/// The rows of one table that migrations left behind, in the engine's order.
public struct RowSet: Hashable, Sendable {
  /// The columns that are written, generated ones left out; a kept rowid stands first, by its name.
  public var columns: [String]
  /// One value a column, in the order in which a baseline inserts them.
  public var rows: [[RowValue]]

  public init(columns: [String], rows: [[RowValue]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// All rows that a history's migrations leave behind: only tables that hold any.
public struct SeedRows: Hashable, Sendable {
  /// The rows by their tables; a table without rows is not here.
  public var tables: [ObjectPath: RowSet]

  public init(_ tables: [ObjectPath: RowSet] = [:]) { self.tables = tables }

  /// Of all tables.
  public var rowCount: Int { tables.values.reduce(0) { $0 + $1.rows.count } }
}
