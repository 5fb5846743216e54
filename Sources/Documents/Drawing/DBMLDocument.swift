public import SchemaModel

/// A schema as DBML (dbml.dbdiagram.io/docs), for dbdiagram.io and the dbml tools.
public struct DBMLDocument {
  private let selection: TableSelection
  private let namespaces: DrawnNames<ExactText>
  private let tables: DrawnNames<ObjectPath>
  private let enums: DrawnNames<ObjectPath>
  private let columns: [ObjectPath: DrawnNames<ExactText>]

  /// The whole document, with a line break at its end.
  public static func text(_ schema: Schema) -> String { DBMLDocument(schema).text }

  private init(_ schema: Schema) {
    selection = TableSelection(schema)
    let relations = selection.tables.map(\.path) + selection.views.map(\.path)
    let enums = selection.enums.map(\.path)
    namespaces = DrawnNames((relations + enums).map(\.namespace), spelled: DBML.spelled)
    // By the whole name: tools know `a.b` of no namespace and `b` of `a` apart no better than we say it.
    tables = Self.names(relations)
    self.enums = Self.names(enums)
    let members =
      selection.tables.map { ($0.path, $0.table.columns.map(\.name)) }
      + (selection.views + selection.enums).map { ($0.path, $0.definition.members) }
    columns = Dictionary(
      members.map { ($0, DrawnNames($1, spelled: DBML.spelled)) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func names(_ paths: [ObjectPath]) -> DrawnNames<ObjectPath> {
    DrawnNames(
      paths, exact: { prefix($0) + ($0.name.isEmpty ? DBML.spelled("") : $0.name) },
      spelled: DBML.spelled)
  }

  private var text: String {
    var blocks = selection.enums.map(enumeration) + selection.tables.map(block)
    var ends: Set<ExactText> = []
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        if let line = reference(entry, key, &ends) { blocks.append(line) }
      }
    }
    blocks += selection.views.map(view)
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func enumeration(_ entry: TableSelection.Named) -> String {
    let name = name(entry.path, enums)
    // The grammar has none.
    if entry.definition.members.isEmpty { return "// enum \(name) has no values" }
    let labels = entry.definition.members.map { "  " + self.name($0, in: entry.path) }
    return (["Enum \(name) {"] + labels + ["}"]).joined(separator: "\n")
  }

  /// A table with another head, for the grammar has no views, and without types, for the model has
  /// none of them.
  private func view(_ entry: TableSelection.Named) -> String {
    let members = entry.definition.members
    guard !members.isEmpty else { return "// \(VisibleText.line(entry.path.description))" }
    return
      (["Table \(name(entry.path)) [headercolor: #7d7d7d] {"]
      + members.map { "  \(name($0, in: entry.path)) \(DBML.type(""))" }
      + ["", note([entry.path.kind.description] + (entry.comment.map { [$0] } ?? [])), "}"])
      .joined(separator: "\n")
  }

  private func note(_ lines: [String]) -> String { "  Note: " + DBML.texts(lines, indent: "  ") }

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
      // The grammar knows two methods, and nothing else of these.
      let notes = [
        index.attributes["method"].map { "using \($0)" },
        index.attributes["include"].map { "include (\($0))" },
        index.predicate.map { "where \($0)" },
      ].compactMap { $0 }
      let note = notes.isEmpty ? "" : ", note: \(DBML.text(notes.joined(separator: " ")))"
      indexes.append(
        "    (\(parts(index.parts, in: entry.path))) [name: \(DBML.text(name))\(unique)\(note)]")
    }
    if !indexes.isEmpty { lines += ["", "  indexes {"] + indexes + ["  }"] }
    // A block of checks is known to some readers of the grammar only, a note to all.
    let notes = (entry.comment.map { [$0] } ?? []) + entry.table.checks.map(\.checkText)
    if !notes.isEmpty { lines += ["", note(notes)] }
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
    let type =
      selection.enumeration(column.type).map { name($0, enums) } ?? DBML.type(column.type)
    return "\(name(column.name, in: entry.path)) \(type)\(tail)"
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

  private func name(_ path: ObjectPath) -> String { name(path, tables) }

  private func name(_ path: ObjectPath, _ names: DrawnNames<ObjectPath>) -> String {
    let prefix = DBML.spelled(Self.prefix(path))
    let whole = names[path] ?? DBML.spelled(Self.prefix(path) + path.name)
    if path.namespace.isEmpty { return DBML.name(whole) }
    return "\(DBML.name(namespaces[path.namespace] ?? DBML.spelled(path.namespace)))."
      + DBML.name(String(whole.unicodeScalars.dropFirst(prefix.unicodeScalars.count)))
  }
}
