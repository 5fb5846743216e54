/// A column that went, with its definition and its place (0 is the first).
public struct DropColumn: SchemaChange {
  /// The table that loses it.
  public var table: ObjectPath
  /// The column as it was, so that it can come back.
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
      guard let index = target.columns.firstIndex(where: { $0.name == column.name }) else {
        throw FoldError.missingPart("column \(column.name)", of: table, operation: summary)
      }
      target.columns.remove(at: index)
    }
  }

  public var inverse: Operation? {
    .addColumn(AddColumn(table: table, column: column, position: position))
  }
  public var kind: String { "drop column" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String { "\(kind) \(table.qualifiedName).\(column.name)" }
}
