import SchemaModel

/// A schema as a Mermaid erDiagram: what GitHub and GitLab draw inside Markdown.
enum MermaidDocument {
  static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    var lines = ["erDiagram"]
    for entry in selection.tables {
      lines.append("  \(name(entry.path)) {")
      for column in entry.table.columns {
        lines.append("    " + self.column(column, in: entry.table))
      }
      lines.append("  }")
    }
    let known = Set(selection.tables.map(\.path))
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        guard let target = key.reference else { continue }
        let path = ObjectPath.table(target.table, namespace: target.namespace)
        guard known.contains(path) else { continue }
        let columns = key.parts.map(\.text)
        let isNullable = columns.contains { entry.table.column(named: $0)?.isNullable ?? true }
        let isOne = columns.count == 1 && entry.table.uniqueColumns.contains(columns[0])
        let ends = (isNullable ? "|o" : "||") + "--" + (isOne ? "o|" : "o{")
        lines.append(
          "  \(name(path)) \(ends) \(name(entry.path)) : \"\(label(columns))\"")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func column(_ column: Column, in table: Table) -> String {
    var keys: [String] = []
    if table.primaryKey.contains(column.name) { keys.append("PK") }
    if table.foreignKeys.contains(where: { $0.parts.contains { $0.text == column.name } }) {
      keys.append("FK")
    }
    if !keys.contains("PK"), table.uniqueColumns.contains(column.name) { keys.append("UK") }
    let mark = keys.isEmpty ? "" : " " + keys.joined(separator: ", ")
    let note = column.isNullable ? "" : " \"not null\""
    return "\(word(column.type.isEmpty ? "any" : column.type)) \(word(column.name))\(mark)\(note)"
  }

  private static func name(_ path: ObjectPath) -> String {
    let name = path.qualifiedName
    return word(name) == name ? name : "\"" + name.replacing("\"", with: "'") + "\""
  }

  /// Attribute words of Mermaid hold letters, digits, `_`, `-`, `(`, `)`, `[`, `]` only.
  private static func word(_ text: String) -> String {
    String(
      text.map { character in
        guard character.isASCII else { return character }
        return character.isLetter || character.isNumber || "_()[]-".contains(character)
          ? character : "_"
      })
  }

  private static func label(_ columns: [String]) -> String {
    columns.joined(separator: ", ").replacing("\"", with: "'")
  }
}
