/// The same column under another name; the table's own keys follow it.
public struct RenameColumn: SchemaChange {
  /// The table that it is in.
  public var table: ObjectPath
  /// The name until then.
  public var name: String
  /// The name from then on.
  public var newName: String

  public init(table: ObjectPath, name: String, newName: String) {
    self.table = table
    self.name = name
    self.newName = newName
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard let index = target.columns.firstIndex(where: { $0.name == name }) else {
        throw FoldError.missingPart("column \(name)", of: table, operation: summary)
      }
      guard target.column(named: newName) == nil else {
        throw FoldError.partAlreadyThere("column \(newName)", of: table, operation: summary)
      }
      target.columns[index].name = newName
      target.renameKeyParts(name, to: newName)
    }
  }

  public var inverse: Operation? {
    .renameColumn(RenameColumn(table: table, name: newName, newName: name))
  }
  public var kind: String { "rename column" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String { "\(kind) \(table.qualifiedName).\(name) to \(newName)" }
}

extension Table {
  mutating func renameKeyParts(_ name: String, to newName: String) {
    for constraint in constraints.indices {
      for part in constraints[constraint].parts.indices
      where constraints[constraint].parts[part].text == name
        && !constraints[constraint].parts[part].isExpression
      {
        constraints[constraint].parts[part].text = newName
      }
    }
    sortConstraints()
  }
}
