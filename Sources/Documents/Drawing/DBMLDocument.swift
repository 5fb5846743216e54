public import SchemaModel

/// A schema as DBML (dbml.dbdiagram.io/docs), for dbdiagram.io and the dbml tools.
public struct DBMLDocument {
  private let selection: TableSelection
  private let namespaces: DrawnNames<ExactText>
  private let tables: DrawnNames<ObjectPath>
  private let columns: [ObjectPath: DrawnNames<ExactText>]

  /// The whole document, with a line break at its end.
  public static func text(_ schema: Schema) -> String { DBMLDocument(schema).text }

  private init(_ schema: Schema) {
    selection = TableSelection(schema)
    namespaces = DrawnNames(selection.tables.map(\.path.namespace), spelled: DBML.spelled)
    // By the whole name: tools know `a.b` of no namespace and `b` of `a` apart no better than we say it.
    tables = DrawnNames(
      selection.tables.map(\.path),
      exact: { Self.prefix($0) + ($0.name.isEmpty ? DBML.spelled("") : $0.name) },
      spelled: DBML.spelled)
    columns = Dictionary(
      selection.tables.map { entry in
        (entry.path, DrawnNames(entry.table.columns.map(\.name), spelled: DBML.spelled))
      }, uniquingKeysWith: { first, _ in first })
  }

  private var text: String {
    var blocks = selection.tables.map(block)
    var ends: Set<ExactText> = []
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        if let line = reference(entry, key, &ends) { blocks.append(line) }
      }
    }
    for view in selection.views {
      blocks.append("// view \(VisibleText.line(view.qualifiedName))")
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func block(_ entry: TableSelection.Entry) -> String {
    // The grammar has none.
    if entry.table.columns.isEmpty { return "// table \(name(entry.path)) has no columns" }
    var lines = ["Table \(name(entry.path)) {"]
    let primary = entry.table.primaryKey
    for column in entry.table.columns {
      lines.append("  " + self.column(column, isKey: primary == [column.name], in: entry))
    }
    var indexes: [String] = []
    if primary.count > 1 { indexes.append("    (\(list(primary, in: entry.path))) [pk]") }
    for constraint in entry.table.constraints
    where constraint.kind == .unique && constraint.parts.count > 1 {
      indexes.append(
        "    (\(parts(constraint.parts, in: entry.path))) [unique\(named(constraint.name))]")
    }
    for (name, index) in entry.indexes {
      let unique = index.isUnique ? ", unique" : ""
      let note = index.predicate.map { ", note: \(DBML.text("where \($0)"))" } ?? ""
      indexes.append(
        "    (\(parts(index.parts, in: entry.path))) [name: \(DBML.text(name))\(unique)\(note)]")
    }
    if !indexes.isEmpty { lines += ["", "  indexes {"] + indexes + ["  }"] }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private func column(_ column: Column, isKey: Bool, in entry: TableSelection.Entry) -> String {
    var settings: [String] = []
    if isKey { settings.append("pk") }
    if !isKey, entry.table.uniqueColumns.contains(column.name) { settings.append("unique") }
    if !column.isNullable { settings.append("not null") }
    if let value = column.defaultExpression {
      settings.append("default: \(DBML.expression(value))")
    }
    if let comment = column.comment { settings.append("note: \(DBML.text(comment))") }
    let tail = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    return "\(name(column.name, in: entry.path)) \(DBML.type(column.type))\(tail)"
  }

  /// A line of its own, or a comment where the grammar cannot hold the reference: a second one with
  /// the same ends, or one to what is not there.
  private func reference(
    _ entry: TableSelection.Entry, _ key: Constraint, _ ends: inout Set<ExactText>
  ) -> String? {
    guard let target = key.reference else { return nil }
    let path = ObjectPath.table(target.table, namespace: target.namespace)
    guard let found = selection.tables.first(where: { $0.path == path })?.table else { return nil }
    let columns = target.columns.isEmpty ? found.primaryKey : target.columns
    guard !columns.isEmpty else { return nil }
    var settings: [String] = []
    if let action = target.onDelete.flatMap(DBML.action) { settings.append("delete: \(action)") }
    if let action = target.onUpdate.flatMap(DBML.action) { settings.append("update: \(action)") }
    let tail = settings.isEmpty ? "" : " [\(settings.joined(separator: ", "))]"
    let title = key.name.map { " \(DBML.name(DBML.spelled($0)))" } ?? ""
    let own = key.parts.map(\.text)
    let both =
      "\(name(entry.path)).(\(list(own, in: entry.path))) > \(name(path)).(\(list(columns, in: path)))"
    let isHeld =
      own.count == columns.count && own.allSatisfy { entry.table.column(named: $0) != nil }
      && columns.allSatisfy { found.column(named: $0) != nil }
      && !(entry.path == path && own == columns) && ends.insert(both).inserted
    return "\(isHeld ? "" : "// ")Ref\(title): \(both)\(tail)"
  }

  private func named(_ name: String?) -> String { name.map { ", name: \(DBML.text($0))" } ?? "" }

  private func parts(_ parts: [KeyPart], in path: ObjectPath) -> String {
    parts.map { $0.isExpression ? DBML.expression($0.text) : name($0.text, in: path) }
      .joined(separator: ", ")
  }

  private func list(_ names: [String], in path: ObjectPath) -> String {
    names.map { name($0, in: path) }.joined(separator: ", ")
  }

  private func name(_ column: String, in path: ObjectPath) -> String {
    DBML.name(columns[path]?[column] ?? DBML.spelled(column))
  }

  private static func prefix(_ path: ObjectPath) -> String {
    path.namespace.isEmpty ? "" : path.namespace + "."
  }

  private func name(_ path: ObjectPath) -> String {
    let prefix = DBML.spelled(Self.prefix(path))
    let whole = tables[path] ?? DBML.spelled(Self.prefix(path) + path.name)
    if path.namespace.isEmpty { return DBML.name(whole) }
    return "\(DBML.name(namespaces[path.namespace] ?? DBML.spelled(path.namespace)))."
      + DBML.name(String(whole.unicodeScalars.dropFirst(prefix.unicodeScalars.count)))
  }
}

/// The words of DBML.
enum DBML {
  /// A name as double quotes hold it: without quotes and backslashes, and not empty.
  static func spelled(_ name: String) -> String {
    name.isEmpty
      ? "_empty" : VisibleText.line(name).replacing(["\"": "'", "\\": "\u{29f5}"])
  }

  static func name(_ spelled: String) -> String {
    isWord(spelled) && !keywords.contains(spelled.lowercased()) ? spelled : "\"\(spelled)\""
  }

  /// A type with its length, or whatever it is in quotes.
  static func type(_ type: String) -> String {
    if type.isEmpty { return "any" }
    let parts = type.split(separator: "(", omittingEmptySubsequences: false)
    let isPlain =
      parts.count <= 2 && isWord(String(parts[0]))
      && (parts.count == 1
        || (parts[1].last == ")" && parts[1].count > 1
          && parts[1].dropLast().allSatisfy { $0.isASCII && ($0.isNumber || $0 == ",") }))
    return isPlain ? type : "\"\(spelled(type))\""
  }

  /// A text: in single quotes.
  static func text(_ text: String) -> String {
    let line = VisibleText.line(text)
    return "'" + line.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  static func expression(_ text: String) -> String {
    "`" + VisibleText.line(text).replacing("`", with: "'") + "`"
  }

  /// One of the actions that DBML knows; nil for another, or one for some columns only.
  static func action(_ action: String) -> String? {
    let word = action.lowercased()
    return ["cascade", "restrict", "set null", "set default", "no action"].contains(word)
      ? word : nil
  }

  private static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, first < 0x30 || first > 0x39 else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
    }
  }

  /// What begins another thing than a table or a column.
  private static let keywords: Set<String> = [
    "table", "ref", "enum", "project", "tablegroup", "tablepartial", "note", "indexes", "checks",
    "records", "as", "true", "false", "null",
  ]
}
