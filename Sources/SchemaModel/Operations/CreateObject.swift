/// A new object, whole.
public struct CreateObject: SchemaChange {
  /// Where nothing may be yet.
  public var path: ObjectPath
  /// The object, whole.
  public var object: SchemaObject

  public init(path: ObjectPath, object: SchemaObject) {
    self.path = path
    self.object = object
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    guard try state.object(at: path) == nil else {
      throw FoldError.alreadyThere(path, operation: summary)
    }
    try state.put(object, at: path)
  }

  public var inverse: Operation? { .dropObject(DropObject(path: path, object: object)) }
  public var kind: String { "create \(path.kind)" }
  public var subjects: [ObjectPath] { [path] }

  public var summary: String {
    switch object.content {
    case .table(let table):
      "\(kind) \(path.qualifiedName) (\(table.columns.map(\.name).joined(separator: ", ")))"
    case .index(let index):
      "create \(index.isUnique ? "unique " : "")\(path.kind) \(path.qualifiedName) on "
        + "\(index.table) (\(index.parts.map(\.description).joined(separator: ", ")))"
        + (index.predicate.map { " where \($0.oneLine)" } ?? "")
    case .definition(let definition):
      "\(kind) \(path.qualifiedName)" + (definition.table.map { " on \($0)" } ?? "") + privileges
    }
  }
}

extension CreateObject {
  /// Default privileges are hardly anything else.
  private var privileges: String {
    guard path.kind == .defaultPrivileges else { return "" }
    let words = Privileges.given(object.grants)
    return words.isEmpty ? "" : ": " + words.joined(separator: ", ")
  }
}

extension String {
  /// The text with every run of white space made one blank: a summary is one line.
  var oneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
