public import SchemaModel

/// What an operation touches, its table's column included.
public struct OperationScope {
  let operation: SchemaModel.Operation

  public init(_ operation: SchemaModel.Operation) { self.operation = operation }

  /// Whether it touches the object, or the column where one is named; a table is touched by its
  /// indexes and triggers too.
  public func concerns(_ name: ObjectName) -> Bool {
    if let column = name.column { return operation.subjects.contains(name.path) && touches(column) }
    if operation.subjects.contains(name.path) { return true }
    let owner: String? =
      switch operation {
      case .createObject(let change): change.object.owningTable
      case .dropObject(let change): change.object.owningTable
      case .replaceObject(let change): change.after.owningTable
      default: nil
      }
    return name.path.kind == .table && owner == name.path.name
  }

  private func touches(_ column: String) -> Bool {
    func has(_ constraint: Constraint) -> Bool { constraint.parts.contains { $0.text == column } }
    return switch operation {
    case .createObject(let change): change.object.table?.column(named: column) != nil
    case .dropObject(let change): change.object.table?.column(named: column) != nil
    case .addColumn(let change): change.column.name == column
    case .dropColumn(let change): change.column.name == column
    case .renameColumn(let change): change.name == column || change.newName == column
    case .alterColumn(let change): change.before.name == column || change.after.name == column
    case .addConstraint(let change): has(change.constraint)
    case .dropConstraint(let change): has(change.constraint)
    case .alterConstraint(let change): has(change.before) || has(change.after)
    default: false
    }
  }
}

/// Follows one column back through its names: operations newest revision first.
struct ColumnTrail {
  private var name: ObjectName

  init(_ table: ObjectPath, _ column: String) { name = ObjectName(path: table, column: column) }

  /// Whether a revision with these operations touched the column.
  mutating func isTouched(by operations: [SchemaModel.Operation]) -> Bool {
    var isTouched = false
    for operation in operations.reversed() {
      if OperationScope(operation).concerns(name) { isTouched = true }
      switch operation {
      case .renameColumn(let change)
      where change.table == name.path && change.newName == name.column:
        name.column = change.name
      case .renameObject(let change) where change.newPath == name.path: name.path = change.path
      default: break
      }
    }
    return isTouched
  }
}
