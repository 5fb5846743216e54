public import SchemaModel

/// An operation for people: `+ create table ...`, `- drop column ...`, `~ alter column ...`.
public struct OperationLine {
  let operation: SchemaModel.Operation
  /// The version of the engine that shows it so, where nobody changed it.
  let engine: String?

  public init(_ operation: SchemaModel.Operation, spelledBy engine: String? = nil) {
    self.operation = operation
    self.engine = engine
  }

  /// `+` for what is there afterwards, `-` for what is gone, `~` for what is another, `>` for a
  /// statement.
  public var mark: String {
    switch operation {
    case .createObject, .addColumn, .addConstraint: "+"
    case .dropObject, .dropColumn, .dropConstraint: "-"
    case .statement: ">"
    default: "~"
    }
  }

  /// The mark and the summary, in the colour of the mark.
  public var line: Line {
    let summary = operation.summary
    let line =
      "\(mark) " + (engine.map { Revision.spelling(summary, engine: $0) } ?? summary)
    return switch mark {
    case "+": Style.added(line)
    case "-": Style.removed(line)
    case "~": Style.changed(line)
    default: Line(line)
    }
  }

  /// A rewritten text says nothing more where the same table's changes are shown, nor do other
  /// dependencies.
  public static func visible(_ operations: [SchemaModel.Operation]) -> [SchemaModel.Operation] {
    var told: Set<ObjectPath> = []
    for operation in operations {
      if isAside(operation) || operation.isAidOnly { continue }
      told.formUnion(operation.subjects)
    }
    return operations.filter {
      !$0.isAidOnly && (!isAside($0) || told.isDisjoint(with: $0.subjects))
    }
  }

  private static func isAside(_ operation: SchemaModel.Operation) -> Bool {
    switch operation {
    case .rewriteText: true
    case .annotateObject(let change): change.isOrderOnly
    default: false
    }
  }
}
