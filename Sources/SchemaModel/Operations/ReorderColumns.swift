/// The same columns in another order, as a rebuild of a table may leave them.
public struct ReorderColumns: SchemaChange {
  /// The table that they are in.
  public var table: ObjectPath
  /// All names, in the order that they must have for the operation to fit.
  public var before: [String]
  /// The same names, in their order then.
  public var after: [String]

  public init(table: ObjectPath, before: [String], after: [String]) {
    self.table = table
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      let names = target.columns.map(\.name)
      guard names == before, after.sorted() == before.sorted() else {
        throw FoldError.different(
          table, expected: before.joined(separator: ", "), found: names.joined(separator: ", "),
          operation: summary)
      }
      target.columns = after.compactMap { target.column(named: $0) }
    }
  }

  public var inverse: Operation? {
    .reorderColumns(ReorderColumns(table: table, before: after, after: before))
  }
  public var kind: String { "reorder columns" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String {
    "\(kind) \(table.qualifiedName): \(after.joined(separator: ", "))"
  }
}
