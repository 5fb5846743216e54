import SchemaModel

/// What a drawing shows: tables with what belongs to them, and the references between them.
struct TableSelection {
  struct Entry {
    var path: ObjectPath
    var table: Table
    var indexes: [(name: String, index: Index)]
  }

  var tables: [Entry]
  var views: [ObjectPath]

  init(_ schema: Schema) {
    var indexes: [ExactText: [(String, Index)]] = [:]
    for path in schema.paths {
      if let index = schema.objects[path]?.index {
        indexes["\(path.namespace).\(index.table)", default: []].append((path.name, index))
      }
    }
    tables = schema.paths.compactMap { path in
      schema.objects[path]?.table.map {
        Entry(
          path: path, table: $0,
          indexes: (indexes["\(path.namespace).\(path.name)"] ?? []).map {
            (name: $0.0, index: $0.1)
          })
      }
    }
    views = schema.paths.filter { $0.kind == .view || $0.kind == .materializedView }
  }
}

extension Table {
  var primaryKey: [String] {
    constraints.first { $0.kind == .primaryKey }?.parts.map(\.text) ?? []
  }

  var foreignKeys: [Constraint] { constraints.filter { $0.kind == .foreignKey } }

  /// The columns that one constraint alone makes unique.
  var uniqueColumns: Set<ExactText> {
    Set<ExactText>(
      constraints.compactMap { constraint in
        let isKey = constraint.kind == .unique || constraint.kind == .primaryKey
        return isKey && constraint.parts.count == 1 ? constraint.parts[0].text : nil
      })
  }
}
