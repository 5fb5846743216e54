/// The same constraint, otherwise written: another name, another action, or a reference that
/// follows a table or a column which was renamed.
public struct AlterConstraint: SchemaChange {
  /// The table that it is of.
  public var table: ObjectPath
  /// The constraint as it must be for the operation to fit.
  public var before: Constraint
  /// The constraint as it is then.
  public var after: Constraint

  public init(table: ObjectPath, before: Constraint, after: Constraint) {
    self.table = table
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard let index = target.constraints.firstIndex(of: before) else {
        throw FoldError.missingPart("constraint \(before)", of: table, operation: summary)
      }
      target.constraints.remove(at: index)
      target.insert(after)
    }
  }

  public var inverse: Operation? {
    .alterConstraint(AlterConstraint(table: table, before: after, after: before))
  }

  public var kind: String {
    if before.attributes["not valid"] != nil, after.attributes["not valid"] == nil,
      before.name == after.name
    {
      return "validate constraint"
    }
    return before.name != after.name && before.body == after.body
      ? "rename constraint" : "alter constraint"
  }
  public var subjects: [ObjectPath] { [table] }

  public var summary: String {
    let place = "\(kind) \(table.qualifiedName)"
    switch kind {
    case "rename constraint":
      return "\(place) \(before.name ?? before.body.oneLine) to \(after.name ?? "no name")"
    case "validate constraint": return "\(place) \(after.description.oneLine)"
    default:
      let now = before.name == after.name ? after.body : after.description
      return "\(place) \(before.description.oneLine) -> \(now.oneLine)"
    }
  }
}
