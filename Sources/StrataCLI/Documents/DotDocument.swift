import SchemaModel

/// A schema as a Graphviz graph: one record for a table, one arrow for a foreign key.
enum DotDocument {
  static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    let names = DrawnNames(
      selection.tables.map(\.path), exact: \.qualifiedName, spelled: VisibleText.line)
    var lines = [
      "digraph schema {", "  rankdir=LR;", "  node [shape=record, fontname=\"Helvetica\"];",
    ]
    for entry in selection.tables {
      let key = entry.table.primaryKey
      let columns = entry.table.columns.map { column in
        "<\(port(column.name, in: entry.table))> " + field(column, isKey: key.contains(column.name))
      }
      let label = ([escaped(entry.path.qualifiedName)] + columns).joined(separator: "|")
      lines.append("  \(quoted(names[entry.path])) [label=\"\(label)\"];")
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
          "  \(quoted(names[entry.path])):\(port(column, in: entry.table)) -> "
            + "\(quoted(names[path]))\(end ?? "");")
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

  /// A record's label reads braces, bars, angles and backslashes, takes blanks together, and knows
  /// the entities of HTML.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isAfterBlank = true
    for scalar in VisibleText.line(text).unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "{", "}", "|", "<", ">", "\\", "\"": result.append(contentsOf: ["\\", scalar])
      case " " where isAfterBlank: result.append(contentsOf: ["\\", scalar])
      default: result.append(scalar)
      }
      isAfterBlank = scalar == " "
    }
    return String(result)
  }

  private static func quoted(_ name: String?) -> String {
    "\"" + (name ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
