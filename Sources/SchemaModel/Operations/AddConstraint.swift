/// A new constraint of a table. SQLite allows equal ones and equal names, so neither is refused.
public struct AddConstraint: SchemaChange {
  /// The table that gets it.
  public var table: ObjectPath
  /// The constraint, whole.
  public var constraint: Constraint

  public init(table: ObjectPath, constraint: Constraint) {
    self.table = table
    self.constraint = constraint
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      target.insert(constraint)
    }
  }

  public var inverse: Operation? {
    .dropConstraint(DropConstraint(table: table, constraint: constraint))
  }
  public var kind: String { "add constraint" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String {
    "\(kind) \(table.qualifiedName) \(constraint.description.oneLine)"
  }
}
