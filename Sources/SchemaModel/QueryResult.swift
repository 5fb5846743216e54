/// The answer to one SQL query over the projections.
public struct QueryResult: Hashable, Sendable {
  /// Their names, as the query gives them.
  public var columns: [String]
  /// As many values each as there are columns.
  public var rows: [[RowValue]]

  public init(columns: [String], rows: [[RowValue]]) {
    self.columns = columns
    self.rows = rows
  }
}
