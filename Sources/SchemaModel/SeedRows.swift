/// One value of a row, as SQLite and PostgreSQL's text form can hold it.
public enum RowValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// The rows of one table that migrations left behind, in the engine's order.
public struct RowSet: Hashable, Sendable {
  public var columns: [String]
  public var rows: [[RowValue]]

  public init(columns: [String], rows: [[RowValue]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// All rows that a history's migrations leave behind: only tables that hold any.
public struct SeedRows: Hashable, Sendable {
  public var tables: [ObjectPath: RowSet]

  public init(_ tables: [ObjectPath: RowSet] = [:]) { self.tables = tables }

  public var rowCount: Int { tables.values.reduce(0) { $0 + $1.rows.count } }
}
