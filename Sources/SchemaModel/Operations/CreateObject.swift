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
    case .table(let table): summary(of: table)
    case .index(let index): summary(of: index)
    case .definition(let definition):
      "\(kind) \(path.qualifiedName)" + (definition.table.map { " on \($0)" } ?? "") + privileges
    }
  }
}

extension CreateObject {
  private func summary(of table: Table) -> String {
    let first = AttributeWords.clauses(table.attributes, ["persistence"])
    let words =
      ["create"] + first + [
        "\(path.kind) \(path.qualifiedName)",
        "(\(table.columns.map(\.name).joined(separator: ", ")))",
      ]
      + AttributeWords.clauses(
        table.attributes,
        [
          "of type", "inherits", "partition of", "partition bound", "partition by",
          "access method", "virtual", "options", "toast options", "tablespace", "without rowid",
          "strict",
        ])
    return words.joined(separator: " ")
  }

  private func summary(of index: Index) -> String {
    let words =
      ["create"] + (index.isUnique ? ["unique"] : []) + [
        "\(path.kind) \(path.qualifiedName) on \(index.table)"
      ]
      + AttributeWords.clauses(index.attributes, ["method"])
      + ["(\(index.parts.map(\.description).joined(separator: ", ")))"]
      + AttributeWords.clauses(
        index.attributes, ["include", "nulls not distinct", "options", "tablespace"])
      + (index.predicate.map { ["where \($0.oneLine)"] } ?? [])
    return words.joined(separator: " ")
  }

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
