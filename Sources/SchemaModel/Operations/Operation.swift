/// One typed schema change: it can be applied to a schema, undone, and said in one line.
public protocol SchemaChange: Hashable, Sendable {
  /// - Throws: `FoldError` where the schema is not what the change expects; the state's own error
  ///   where it cannot be read.
  func apply<State: SchemaState>(to state: inout State) throws
  /// The change that takes this one back; nil where there is nothing to take back.
  var inverse: Operation? { get }
  /// The stable word for it: `add column`, `create index`. The audit filters by it.
  var kind: String { get }
  /// One readable line.
  var summary: String { get }
  /// The objects it touches, old names and new.
  var subjects: [ObjectPath] { get }
  /// Whether it changes nothing but what helps to make statements: no line for people.
  var isAidOnly: Bool { get }
}

extension SchemaChange {
  public var isAidOnly: Bool { false }
}

/// Every schema change that Strata knows.
public enum Operation: Hashable, Sendable {
  case createObject(CreateObject)
  case dropObject(DropObject)
  case renameObject(RenameObject)
  case replaceObject(ReplaceObject)
  case annotateObject(AnnotateObject)
  case alterTable(AlterTable)
  case addColumn(AddColumn)
  case dropColumn(DropColumn)
  case renameColumn(RenameColumn)
  case alterColumn(AlterColumn)
  case reorderColumns(ReorderColumns)
  case addConstraint(AddConstraint)
  case dropConstraint(DropConstraint)
  case alterConstraint(AlterConstraint)
  case rewriteText(RewriteText)
  case statement(Statement)

  /// The change of the case, as what all changes are.
  public var change: any SchemaChange {
    switch self {
    case .createObject(let change): change
    case .dropObject(let change): change
    case .renameObject(let change): change
    case .replaceObject(let change): change
    case .annotateObject(let change): change
    case .alterTable(let change): change
    case .addColumn(let change): change
    case .dropColumn(let change): change
    case .renameColumn(let change): change
    case .alterColumn(let change): change
    case .reorderColumns(let change): change
    case .addConstraint(let change): change
    case .dropConstraint(let change): change
    case .alterConstraint(let change): change
    case .rewriteText(let change): change
    case .statement(let change): change
    }
  }

  /// Applies the change of the case.
  public func apply<State: SchemaState>(to state: inout State) throws {
    try change.apply(to: &state)
  }

  public var inverse: Operation? { change.inverse }
  public var kind: String { change.kind }
  /// One line, also of names that have several.
  public var summary: String {
    let text = change.summary
    guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
    return String(
      text.flatMap { character -> String in
        switch character {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\r\n": "\\r\\n"
        default: String(character)
        }
      })
  }
  public var subjects: [ObjectPath] { change.subjects }
  public var isAidOnly: Bool { change.isAidOnly }
}

extension Operation: CustomStringConvertible {
  public var description: String { summary }
}

/// Why an operation does not fit the schema that it is applied to.
public enum FoldError: ClassifiedError, Hashable, Sendable, CustomStringConvertible {
  case missing(ObjectPath, operation: String)
  case alreadyThere(ObjectPath, operation: String)
  case missingPart(String, of: ObjectPath, operation: String)
  case partAlreadyThere(String, of: ObjectPath, operation: String)
  case different(ObjectPath, expected: String, found: String, operation: String)

  /// A log whose operations do not fit one another is damaged.
  public var fault: FaultKind { .damaged }

  public var description: String {
    switch self {
    case .missing(let path, let operation):
      "'\(operation)' does not fit: expected \(path), found none"
    case .alreadyThere(let path, let operation):
      "'\(operation)' does not fit: expected no \(path), but it is there"
    case .missingPart(let part, let path, let operation):
      "'\(operation)' does not fit: expected \(part) in \(path), found none"
    case .partAlreadyThere(let part, let path, let operation):
      "'\(operation)' does not fit: expected no \(part) in \(path), but it is there"
    case .different(let path, let expected, let found, let operation):
      "'\(operation)' does not fit \(path): expected \(expected), found \(found)"
    }
  }
}

extension SchemaState {
  /// The object that a change needs.
  func existing(_ path: ObjectPath, for change: some SchemaChange) throws -> SchemaObject {
    guard let object = try object(at: path) else {
      throw FoldError.missing(path, operation: change.summary)
    }
    return object
  }

  /// Changes a table in place.
  mutating func updateTable(
    _ path: ObjectPath, for change: some SchemaChange, _ update: (inout Table) throws -> Void
  ) throws {
    var object = try existing(path, for: change)
    guard case .table(var table) = object.content else {
      throw FoldError.different(
        path, expected: "a table", found: "a \(path.kind)", operation: change.summary)
    }
    try update(&table)
    object.content = .table(table)
    try put(object, at: path)
  }
}
