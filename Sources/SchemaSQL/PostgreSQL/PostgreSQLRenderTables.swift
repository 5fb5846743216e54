internal import SchemaModel

extension PostgreSQL.Render.Plan {
  typealias NodeID = PostgreSQL.Render.NodeID
  typealias SortKey = PostgreSQL.Render.SortKey

  /// A table in parts: CREATE TABLE, rows, then what rows must not meet on their way in.
  mutating func addTable(_ path: ObjectPath, _ object: SchemaObject, _ table: Table) {
    let name = PostgreSQL.Render.qualified(path)
    let parts = TableParts(table, isBare: isBare(path, table)) { part in
      isEarly(object.partDependencies[part] ?? [], object)
    }
    var needs = needs(object.dependencies, of: path)
    for part in parts.inlineNames {
      needs.formUnion(self.needs(object.partDependencies[part] ?? [], of: path))
    }
    var statements = [create(name, table, parts)]
    statements += give(object.owner, "TABLE", name)
    for column in table.columns {
      statements += alterations(of: column, table: table, name: name)
    }
    if let comment = object.comment { statements.append(say(comment, "TABLE", name)) }
    for column in table.columns {
      guard let comment = column.comment else { continue }
      statements.append(say(comment, "COLUMN", "\(name).\(PostgreSQL.quote(column.name))"))
    }
    for constraint in parts.inlineConstraints {
      statements += extras(of: constraint, table: path)
    }
    add(NodeID(path: path), SortKey(phase: .tables, name: name), statements, needs: needs)
    if let set = rows.tables[path], !set.rows.isEmpty {
      let texts =
        options.copiesRows
        ? PostgreSQL.Render.copy(set, path, table) : PostgreSQL.Render.inserts(set, path, table)
      add(
        NodeID(path: path, part: .rows), SortKey(phase: .rows, name: name), texts,
        needs: [NodeID(path: path)])
    }
    for column in parts.lateDefaults where !isInherited(column, table) {
      addDefault(of: column, path, object)
    }
    for constraint in parts.lateConstraints { addConstraint(constraint, path, object, table) }
    addAttachment(path, table)
    finish(path, object, table)
  }

  /// Whether constraints may be part of CREATE TABLE: no rows that they would slow or refuse, no
  /// parent and no partitions that have them too.
  private func isBare(_ path: ObjectPath, _ table: Table) -> Bool {
    let related = ["partition by", "partition of", "inherits", "of type"]
    return rows.tables[path] == nil && !isForDropping
      && !related.contains { table.attributes[$0] != nil }
  }

  /// Whether all is there when the table is made: it needs it itself, or it never needs a table.
  private func isEarly(_ dependencies: [ObjectPath], _ object: SchemaObject) -> Bool {
    let kinds: Set<ObjectKind> = [.namespace, .extension, .enumeration, .sequence]
    return dependencies.allSatisfy { path in
      object.dependencies.contains(path) || (kinds.contains(path.kind) && !left.contains(path))
    }
  }

  private mutating func addDefault(of column: Column, _ path: ObjectPath, _ object: SchemaObject) {
    let dependencies = object.partDependencies["column \(column.name)"] ?? []
    guard let expression = column.defaultExpression, mayRender(dependencies) else { return }
    let name = PostgreSQL.Render.qualified(path)
    let column = column.name
    add(
      NodeID(path: path, part: .columnDefault(column)),
      SortKey(phase: .defaults, group: name, name: column),
      [
        "ALTER TABLE ONLY \(name) ALTER COLUMN \(PostgreSQL.quote(column)) SET DEFAULT "
          + ArrayCasts.pinned(expression)
      ],
      needs: needs(dependencies, of: path).union([NodeID(path: path)]))
  }

  private mutating func addAttachment(_ path: ObjectPath, _ table: Table) {
    guard let parent = table.attributes["partition of"] else { return }
    let name = PostgreSQL.Render.qualified(path)
    let bound = table.attributes["partition bound"] ?? "DEFAULT"
    var needs: Set = [NodeID(path: path), NodeID(path: path, part: .rows)]
    if let parent = tables[parent] { needs.insert(NodeID(path: parent)) }
    add(
      NodeID(path: path, part: .attachment),
      SortKey(phase: .partitions, group: parent, rank: 100, name: name),
      ["ALTER TABLE ONLY \(parent) ATTACH PARTITION \(name) \(bound)"], needs: needs)
  }

  private mutating func finish(_ path: ObjectPath, _ object: SchemaObject, _ table: Table) {
    let name = PostgreSQL.Render.qualified(path)
    if table.attributes["row security"] != nil {
      finish(.rowSecurity, ["ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY"])
    }
    if table.attributes["forced row security"] != nil {
      finish(.rowSecurity, ["ALTER TABLE \(name) FORCE ROW LEVEL SECURITY"])
    }
    if let identity = table.attributes["replica identity"] {
      finish(
        .rowSecurity, ["ALTER TABLE ONLY \(name) REPLICA IDENTITY \(identity.uppercased())"])
    }
    finish(.grants, grant(on: "TABLE \(name)", object, table.attributes))
    for column in table.columns {
      let entries = column.attributes["grants"]
      finish(.columnGrants, grant(entries, toColumn: column.name, of: name, owner: object.owner))
    }
  }
}

/// What of a table goes into CREATE TABLE, and what comes after it.
private struct TableParts {
  var inlineDefaults: Set<String> = []
  var lateDefaults: [Column] = []
  var inlineConstraints: [Constraint] = []
  var lateConstraints: [Constraint] = []

  init(_ table: Table, isBare: Bool, isEarly: (String) -> Bool) {
    for column in table.columns where column.defaultExpression != nil {
      let isOwn = column.attributes["inherited"] == nil || table.attributes["inherits"] == nil
      if isOwn, table.attributes["of type"] == nil, isEarly("column \(column.name)") {
        inlineDefaults.insert(column.name)
      } else {
        lateDefaults.append(column)
      }
    }
    for constraint in table.constraints {
      let name = constraint.name ?? ""
      if isBare, constraint.kind != .foreignKey, constraint.attributes["not valid"] == nil,
        isEarly("constraint \(name)")
      {
        inlineConstraints.append(constraint)
      } else {
        lateConstraints.append(constraint)
      }
    }
  }

  /// The keys of `partDependencies` of what is inside of CREATE TABLE.
  var inlineNames: [String] {
    inlineDefaults.map { "column \($0)" } + inlineConstraints.map { "constraint \($0.name ?? "")" }
  }
}

extension PostgreSQL.Render.Plan {
  private func create(_ name: String, _ table: Table, _ parts: TableParts) -> String {
    let attributes = table.attributes
    var lines = table.columns.compactMap { column -> String? in
      if attributes["inherits"] != nil, column.attributes["inherited"] != nil { return nil }
      return define(column, parts, ofType: attributes["of type"] != nil)
    }
    lines += parts.inlineConstraints.map { constraint in
      let definition = ArrayCasts.pinned(constraint.attributes["definition"] ?? constraint.body)
      return "CONSTRAINT \(PostgreSQL.quote(constraint.name ?? "")) \(definition)"
    }
    let body = lines.map { "    \($0)" }.joined(separator: ",\n")
    var text = attributes["persistence"] == "unlogged" ? "CREATE UNLOGGED TABLE " : "CREATE TABLE "
    text += name
    if let type = attributes["of type"] {
      text += " OF \(type)" + (lines.isEmpty ? "" : " (\n\(body)\n)")
    } else {
      text += lines.isEmpty ? " ()" : " (\n\(body)\n)"
    }
    if let parents = attributes["inherits"] { text += "\nINHERITS (\(parents))" }
    if let key = attributes["partition by"] { text += "\nPARTITION BY \(key)" }
    if let method = attributes["access method"] { text += "\nUSING \(method)" }
    let storage =
      (attributes["options"].map { [$0] } ?? [])
      + (attributes["toast options"].map { toastOptions($0) } ?? [])
    if !storage.isEmpty { text += "\nWITH (\(storage.joined(separator: ", ")))" }
    if let space = attributes["tablespace"] { text += "\nTABLESPACE \(PostgreSQL.quote(space))" }
    return text
  }

  /// `a=1, b=2` as `toast.a=1, toast.b=2`: their values are numbers and booleans.
  private func toastOptions(_ options: String) -> [String] {
    options.split(separator: ",").map { option in
      "toast." + String(option.drop { $0 == " " })
    }
  }

  /// Nil for a column of a typed table that is as its type says.
  private func define(_ column: Column, _ parts: TableParts, ofType: Bool) -> String? {
    var text = PostgreSQL.quote(column.name)
    text += ofType ? " WITH OPTIONS" : " \(column.type)"
    var isPlain = true
    func append(_ clause: String) {
      text += " \(clause)"
      isPlain = false
    }
    if !ofType {
      if let compression = column.attributes["compression"] { append("COMPRESSION \(compression)") }
      if let collation = column.collation { append("COLLATE \(collation)") }
    }
    if let generation = column.generation {
      let storage = generation.isStored ? "STORED" : "VIRTUAL"
      append("GENERATED ALWAYS AS (\(ArrayCasts.pinned(generation.expression))) \(storage)")
    }
    if let identity = column.identity, !ofType { append(identity) }
    if parts.inlineDefaults.contains(column.name), let expression = column.defaultExpression {
      append("DEFAULT \(ArrayCasts.pinned(expression))")
    }
    if !column.isNullable { append("NOT NULL") }
    return ofType && isPlain ? nil : text
  }

  /// What CREATE TABLE cannot say of a column.
  private func alterations(of column: Column, table: Table, name: String) -> [String] {
    let head = "ALTER TABLE ONLY \(name) ALTER COLUMN \(PostgreSQL.quote(column.name)) "
    let attributes = column.attributes
    var statements: [String] = []
    if table.attributes["inherits"] != nil, attributes["inherited"] != nil {
      let inherited = inheritedColumns(column.name, table)
      if !column.isNullable, !inherited.contains(where: { !$0.isNullable }) {
        statements.append(head + "SET NOT NULL")
      }
      if column.defaultExpression == nil, column.generation == nil,
        inherited.contains(where: { $0.defaultExpression != nil })
      {
        statements.append(head + "DROP DEFAULT")
      }
      if let identity = column.identity { statements.append(head + "ADD \(identity)") }
      if let method = attributes["compression"] {
        statements.append(head + "SET COMPRESSION \(method)")
      }
    } else if table.attributes["of type"] != nil {
      if let identity = column.identity { statements.append(head + "ADD \(identity)") }
      if let method = attributes["compression"] {
        statements.append(head + "SET COMPRESSION \(method)")
      }
    }
    if let storage = attributes["storage"] {
      statements.append(head + "SET STORAGE \(storage.uppercased())")
    }
    if let statistics = attributes["statistics"] {
      statements.append(head + "SET STATISTICS \(statistics)")
    }
    if let options = attributes["options"] { statements.append(head + "SET (\(options))") }
    return statements
  }

  /// Whether a column gets its default from the one parent that has it.
  private func isInherited(_ column: Column, _ table: Table) -> Bool {
    guard column.attributes["inherited"] != nil else { return false }
    let inherited = inheritedColumns(column.name, table)
    return inherited.count == 1 && inherited[0].defaultExpression == column.defaultExpression
  }

  private func inheritedColumns(_ name: String, _ table: Table) -> [Column] {
    parents(of: table).compactMap { schema.objects[$0]?.table?.column(named: name) }
  }

  /// The tables that one inherits from; a name may hold a comma.
  func parents(of table: Table) -> [ObjectPath] {
    guard let text = table.attributes["inherits"] else { return [] }
    return SQLList.parts(of: text).compactMap { tables[$0] }
  }
}

/// Lists as the server prints them: `app.a, "odd, name".b`.
enum SQLList {
  static func parts(of text: String) -> [String] {
    let reader = SQLBytes(text)
    var parts: [String] = []
    var start = 0
    var index = 0
    func close(at end: Int) {
      var first = start
      while first < end, reader.bytes[first] == UInt8(ascii: " ") { first += 1 }
      if first < end { parts.append(String(decoding: reader.bytes[first..<end], as: UTF8.self)) }
    }
    while index < reader.bytes.count {
      if reader.bytes[index] == UInt8(ascii: ",") {
        close(at: index)
        start = index + 1
      }
      index = reader.unitEnd(from: index)
    }
    close(at: reader.bytes.count)
    return parts
  }
}
