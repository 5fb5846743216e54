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
    var statements = [create(path, table, parts)]
    give(object.owner, "TABLE", name, in: path)
    for column in table.columns {
      statements += alterations(of: column, table: table, name: name)
    }
    if let comment = object.comment { statements.append(say(comment, "TABLE", name)) }
    for column in table.columns {
      guard let comment = column.comment else { continue }
      statements.append(say(comment, "COLUMN", "\(name).\(PostgreSQL.quote(column.name))"))
    }
    statements += notNullComments(path, table)
    statements += table.columns.compactMap(sequenceChange)
    for column in table.columns {
      if let comment = column.attributes["sequence comment"],
        let sequence = Self.sequence(of: column)
      {
        statements.append(say(comment, "SEQUENCE", sequence))
      }
    }
    for constraint in parts.inlineConstraints {
      statements += extras(of: constraint, table: path)
    }
    // Partitions behind their parents, as they were mostly made: what pg_dump says of a default
    // that a partition lacks follows the order in which the tables were made.
    let (root, depth) = PartitionTree.place(of: path, in: parents)
    let key = SortKey(
      phase: .tables, group: PostgreSQL.Render.qualified(root), rank: depth, name: name)
    add(NodeID(path: path), key, statements, needs: needs)
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
    addNotNulls(path, table)
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
    if let parent = self.table(named: parent) { needs.insert(NodeID(path: parent)) }
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
      guard let entries = column.attributes["sequence grants"],
        let sequence = Self.sequence(of: column)
      else { continue }
      finish(
        .grants,
        grant(
          entries, given: column.attributes["sequence default grants"],
          on: "SEQUENCE \(sequence)", owner: object.owner))
    }
  }
}
