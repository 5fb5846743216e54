/// A new column at a place among the table's columns (0 is the first).
public struct AddColumn: SchemaChange {
  /// The table that gets it.
  public var table: ObjectPath
  /// The column, whole.
  public var column: Column
  /// Its place among the columns, from 0.
  public var position: Int

  public init(table: ObjectPath, column: Column, position: Int) {
    self.table = table
    self.column = column
    self.position = position
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard target.column(named: column.name) == nil else {
        throw FoldError.partAlreadyThere(
          "column \(column.name)", of: table, operation: summary)
      }
      // On a merge the table may have fewer columns here than where this was recorded; the
      // engine's order is recorded with the merge.
      target.columns.insert(column, at: min(max(0, position), target.columns.count))
    }
  }

  public var inverse: Operation? {
    .dropColumn(DropColumn(table: table, column: column, position: position))
  }
  public var kind: String { "add column" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String { "\(kind) \(table.qualifiedName).\(column.description.oneLine)" }
}
