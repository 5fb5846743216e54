public import SchemaModel

/// A schema as a Graphviz graph: one record for a table, one arrow for a foreign key.
public enum DotDocument {
  /// The whole document, with a line break at its end.
  public static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    let others = selection.views + selection.enums
    let names = DrawnNames(
      selection.tables.map(\.path) + others.map(\.path), exact: \.qualifiedName, spelled: spelled)
    var lines = [
      "digraph schema {", "  rankdir=LR;", "  node [shape=record, fontname=\"Helvetica\"];",
    ]
    for entry in selection.tables {
      let key = entry.table.primaryKey
      let columns = entry.table.columns.map { column in
        "<\(port(column.name, in: entry.table))> " + field(column, isKey: key.contains(column.name))
      }
      let checks = entry.table.checks.map { escaped($0.checkText) }
      let label = label([escaped(entry.path.qualifiedName)] + columns + checks)
      lines.append("  \(quoted(names[entry.path])) [label=\(label)];")
    }
    for entry in others {
      let shape =
        entry.path.kind == .enumeration
        ? "style=filled, fillcolor=\"#eeeeee\"" : "shape=Mrecord, style=dashed"
      let label = label([escaped(entry.path.description)] + entry.definition.members.map(escaped))
      lines.append("  \(quoted(names[entry.path])) [\(shape), label=\(label)];")
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

  /// Graphviz reads strings of 16 KiB at most, and puts several together.
  private static func label(_ fields: [String]) -> String {
    var strings = [""]
    for (index, field) in fields.enumerated() {
      let text = index == 0 ? field : "|" + field
      if let last = strings.last, last.utf8.count + text.utf8.count < 8192 {
        strings[strings.count - 1] += text
      } else {
        strings.append(text)
      }
    }
    return strings.map { "\"\($0)\"" }.joined(separator: " + ")
  }

  /// Made visible, and no longer than can be looked at.
  private static func spelled(_ name: String) -> String {
    let line = VisibleText.line(name)
    return line.unicodeScalars.count <= 400
      ? line : String(String.UnicodeScalarView(line.unicodeScalars.prefix(400))) + "..."
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
    for scalar in spelled(text).unicodeScalars {
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
