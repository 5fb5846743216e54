import SchemaModel

/// A schema as DBML (dbml.dbdiagram.io/docs), for dbdiagram.io and the dbml tools.
enum DBMLDocument {
  static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    let names = Set(selection.tables.map { $0.path })
    var blocks = selection.tables.map(block)
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        if let line = reference(entry, key, known: names, selection) { blocks.append(line) }
      }
    }
    for view in selection.views {
      blocks.append("// view \(view.qualifiedName)")
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private static func block(_ entry: TableSelection.Entry) -> String {
    var lines = ["Table \(name(entry.path)) {"]
    let primary = entry.table.primaryKey
    for column in entry.table.columns {
      lines.append("  " + self.column(column, isKey: primary == [column.name], in: entry.table))
    }
    var indexes: [String] = []
    if primary.count > 1 { indexes.append("    (\(list(primary))) [pk]") }
    for constraint in entry.table.constraints
    where constraint.kind == .unique && constraint.parts.count > 1 {
      indexes.append("    (\(parts(constraint.parts))) [unique\(named(constraint.name))]")
    }
    for (name, index) in entry.indexes {
      let unique = index.isUnique ? ", unique" : ""
      let note = index.predicate.map { ", note: \(text: "where \($0)")" } ?? ""
      indexes.append("    (\(parts(index.parts))) [name: \(text: name)\(unique)\(note)]")
    }
    if !indexes.isEmpty { lines += ["", "  indexes {"] + indexes + ["  }"] }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private static func column(_ column: Column, isKey: Bool, in table: Table) -> String {
    var settings: [String] = []
    if isKey { settings.append("pk") }
    if !isKey, table.uniqueColumns.contains(column.name) { settings.append("unique") }
    if !column.isNullable { settings.append("not null") }
    if let value = column.defaultExpression { settings.append("default: `\(plain(value))`") }
    if let comment = column.comment { settings.append("note: \(text: comment)") }
    let type = column.type.isEmpty ? "any" : quotedIfNeeded(column.type, allowing: "(),")
    let tail = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    return "\(quotedIfNeeded(column.name)) \(type)\(tail)"
  }

  private static func reference(
    _ entry: TableSelection.Entry, _ key: Constraint, known: Set<ObjectPath>,
    _ selection: TableSelection
  ) -> String? {
    guard let target = key.reference else { return nil }
    let path = ObjectPath.table(target.table, namespace: target.namespace)
    guard known.contains(path) else { return nil }
    var columns = target.columns
    if columns.isEmpty {
      columns = selection.tables.first { $0.path == path }?.table.primaryKey ?? []
    }
    guard !columns.isEmpty else { return nil }
    var settings: [String] = []
    if let action = target.onDelete { settings.append("delete: \(action.lowercased())") }
    if let action = target.onUpdate { settings.append("update: \(action.lowercased())") }
    let tail = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    let title = key.name.map { " \(quotedIfNeeded($0))" } ?? ""
    return "Ref\(title): \(name(entry.path)).(\(list(key.parts.map(\.text)))) > "
      + "\(name(path)).(\(list(columns)))\(tail)"
  }

  private static func named(_ name: String?) -> String { name.map { ", name: \(text: $0)" } ?? "" }

  private static func parts(_ parts: [KeyPart]) -> String {
    parts.map { $0.isExpression ? "`\(plain($0.text))`" : quotedIfNeeded($0.text) }
      .joined(separator: ", ")
  }

  private static func list(_ names: [String]) -> String {
    names.map { quotedIfNeeded($0) }.joined(separator: ", ")
  }

  private static func name(_ path: ObjectPath) -> String {
    path.namespace.isEmpty
      ? quotedIfNeeded(path.name)
      : "\(quotedIfNeeded(path.namespace)).\(quotedIfNeeded(path.name))"
  }

  private static func plain(_ text: String) -> String {
    text.onOneLine.replacing("`", with: "'")
  }

  static func quotedIfNeeded(_ name: String, allowing extra: String = "") -> String {
    let isPlain =
      !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
          || extra.unicodeScalars.contains($0)
      }
    return isPlain ? name : "\"" + name.onOneLine.replacing("\"", with: "'") + "\""
  }
}

extension DefaultStringInterpolation {
  /// A DBML text: in single quotes.
  fileprivate mutating func appendInterpolation(text: String) {
    appendLiteral("'" + text.onOneLine.replacing("'", with: "\\'") + "'")
  }
}
