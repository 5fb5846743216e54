import SchemaModel

/// A schema as a Graphviz graph: one record for a table, one arrow for a foreign key.
enum DotDocument {
  static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    var lines = [
      "digraph schema {", "  rankdir=LR;", "  node [shape=record, fontname=\"Helvetica\"];",
    ]
    for entry in selection.tables {
      let key = entry.table.primaryKey
      let columns = entry.table.columns.map { column in
        "<\(port(column.name, in: entry.table))> " + field(column, isKey: key.contains(column.name))
      }
      let label = ([escaped(entry.path.qualifiedName)] + columns).joined(separator: "|")
      lines.append("  \(quoted(entry.path.qualifiedName)) [label=\"\(label)\"];")
    }
    let tables = Dictionary(
      selection.tables.map { ($0.path, $0.table) }, uniquingKeysWith: { first, _ in first })
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        guard let reference = key.reference, let column = key.parts.first?.text else { continue }
        let path = ObjectPath.table(reference.table, namespace: reference.namespace)
        guard let target = tables[path] else { continue }
        let end = (reference.columns.first ?? target.primaryKey.first)
          .map { ":" + port($0, in: target) }
        lines.append(
          "  \(quoted(entry.path.qualifiedName)):\(port(column, in: entry.table)) -> "
            + "\(quoted(path.qualifiedName))\(end ?? "");")
      }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func field(_ column: Column, isKey: Bool) -> String {
    let type = column.type.isEmpty ? "" : " \(column.type)"
    let mark = isKey ? " (key)" : column.isNullable ? "" : " not null"
    return escaped(column.name + type + mark)
  }

  private static func port(_ column: String, in table: Table) -> String {
    "c\(table.columns.firstIndex { $0.name == column } ?? 0)"
  }

  /// Characters that mean something in a record's label.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.onOneLine {
      if "{}|<>\\\" ".contains(character), character != " " { result.append("\\") }
      result.append(character)
    }
    return result
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
