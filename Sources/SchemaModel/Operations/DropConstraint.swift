/// A constraint that went.
public struct DropConstraint: SchemaChange {
  /// The table that loses it.
  public var table: ObjectPath
  /// The constraint as it was, so that it can come back.
  public var constraint: Constraint

  public init(table: ObjectPath, constraint: Constraint) {
    self.table = table
    self.constraint = constraint
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard let index = target.constraints.firstIndex(of: constraint) else {
        throw FoldError.missingPart(
          "constraint \(constraint)", of: table, operation: summary)
      }
      target.constraints.remove(at: index)
    }
  }

  public var inverse: Operation? {
    .addConstraint(AddConstraint(table: table, constraint: constraint))
  }
  public var kind: String { "drop constraint" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String {
    "\(kind) \(table.qualifiedName) \(constraint.description.oneLine)"
  }
}
