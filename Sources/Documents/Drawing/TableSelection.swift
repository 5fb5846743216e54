import SchemaModel

/// What a drawing shows: tables with what belongs to them and the references between them, views,
/// and enums.
struct TableSelection {
  struct Entry {
    var path: ObjectPath
    var table: Table
    var comment: String?
    var indexes: [(name: String, index: Index)]
  }

  /// A view or an enum: an object that has a definition and names.
  struct Named {
    var path: ObjectPath
    var definition: Definition
    var comment: String?
  }

  var tables: [Entry]
  var views: [Named]
  var enums: [Named]
  private let enumPaths: [ExactText: ObjectPath]

  init(_ schema: Schema) {
    var indexes: [ExactText: [(String, Index)]] = [:]
    for path in schema.paths {
      if let index = schema.objects[path]?.index {
        indexes["\(path.namespace).\(index.table)", default: []].append((path.name, index))
      }
    }
    tables = schema.paths.compactMap { path in
      schema.objects[path].flatMap { object in
        object.table.map {
          Entry(
            path: path, table: $0, comment: object.comment,
            indexes: (indexes["\(path.namespace).\(path.name)"] ?? []).map {
              (name: $0.0, index: $0.1)
            })
        }
      }
    }
    func named(_ kinds: ObjectKind...) -> [Named] {
      schema.paths.filter { kinds.contains($0.kind) }.compactMap { path in
        schema.objects[path].flatMap { object in
          object.definition.map { Named(path: path, definition: $0, comment: object.comment) }
        }
      }
    }
    views = named(.view, .materializedView)
    enums = named(.enumeration)
    enumPaths = Dictionary(
      enums.map { (ExactText(Self.typeName([$0.path.namespace, $0.path.name])), $0.path) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The enum that a column's type names; nil for every other type.
  func enumeration(_ type: String) -> ObjectPath? {
    guard !enumPaths.isEmpty, let parts = Self.parts(of: type), parts.count <= 2 else { return nil }
    if let path = enumPaths[Self.typeName(parts)] { return path }
    // A type that is found without its namespace is written without it.
    guard parts.count == 1 else { return nil }
    let all = enums.map(\.path).filter { $0.name == parts[0] }
    return all.count == 1 ? all[0] : nil
  }

  /// No name holds a NUL.
  private static func typeName(_ parts: [String]) -> String { parts.joined(separator: "\0") }

  /// `app` and `mood` of `app.mood`, without their quotes; nil for what is no name.
  private static func parts(of type: String) -> [String]? {
    var parts: [String] = []
    var rest = type[...]
    while true {
      if rest.first == "\"" {
        guard let name = quoted(&rest) else { return nil }
        parts.append(name)
      } else {
        let name = rest.prefix { $0 != "." && $0 != "\"" }
        parts.append(String(name))
        rest = rest.dropFirst(name.count)
      }
      if rest.isEmpty { return parts }
      guard rest.popFirst() == "." else { return nil }
    }
  }

  private static func quoted(_ rest: inout Substring) -> String? {
    var name = ""
    rest.removeFirst()
    while let character = rest.popFirst() {
      if character != "\"" {
        name.append(character)
      } else if rest.first == "\"" {
        name.append(rest.removeFirst())
      } else {
        return name
      }
    }
    return nil
  }
}

extension Table {
  var primaryKey: [String] {
    constraints.first { $0.kind == .primaryKey }?.parts.map(\.text) ?? []
  }

  var foreignKeys: [Constraint] { constraints.filter { $0.kind == .foreignKey } }

  var checks: [Constraint] { constraints.filter { $0.kind == .check } }

  /// The columns that one constraint alone makes unique.
  var uniqueColumns: Set<ExactText> {
    Set<ExactText>(
      constraints.compactMap { constraint in
        let isKey = constraint.kind == .unique || constraint.kind == .primaryKey
        return isKey && constraint.parts.count == 1 ? constraint.parts[0].text : nil
      })
  }
}

extension Constraint {
  /// `positive: CHECK (n > 0)`, on one line.
  var checkText: String {
    let text = (expression ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (name.map { "\($0): " } ?? "") + "CHECK " + (Self.isEnclosed(text) ? text : "(\(text))")
  }

  /// Whether its first parenthesis ends with the text.
  private static func isEnclosed(_ text: String) -> Bool {
    var depth = 0
    for (place, byte) in text.utf8.enumerated() {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return place > 0 && place == text.utf8.count - 1 }
    }
    return false
  }
}
