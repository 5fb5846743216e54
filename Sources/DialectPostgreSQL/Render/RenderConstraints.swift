internal import SchemaModel

extension PostgreSQL.Render.Plan {
  /// A constraint that is made after its table, and the attachment of its index.
  mutating func addConstraint(
    _ constraint: Constraint, _ path: ObjectPath, _ object: SchemaObject, _ table: Table
  ) {
    let name = constraint.name ?? ""
    let dependencies = object.partDependencies["constraint \(name)"] ?? []
    guard mayRender(dependencies) else { return }
    guard isMadeHere(constraint, table) else { return comment(on: constraint, path, table) }
    if addHandedDown(constraint, path) { return }
    let id = NodeID(path: path, part: .constraint(name))
    let on = PostgreSQL.Render.qualified(path)
    // A foreign key of a partitioned table holds for its partitions, and a CHECK for the heirs:
    // ONLY would be refused. All else is made for each alone.
    let isForAllBelow = constraint.kind == .exclusion && handsDown(name, path)
    let isWhole =
      constraint.kind == .check || isForAllBelow
      || (constraint.kind == .foreignKey && table.attributes["partition by"] != nil)
    let definition = definition(of: constraint, isOfPartitioned(path))
    let statement =
      "ALTER TABLE \(isWhole ? "" : "ONLY ")\(on) ADD CONSTRAINT \(PostgreSQL.quote(name)) "
      + definition
    var rank = Int(constraint.kind.rawValue)
    let isInTree =
      table.attributes["partition by"] != nil || table.attributes["partition of"] != nil
    let phase: PostgreSQL.Render.Phase =
      switch constraint.kind {
      case .foreignKey: .foreignKeys
      case .check where isInTree: .partitions
      default: .constraints
      }
    var needs = needs(dependencies, of: path)
    needs.formUnion([NodeID(path: path), NodeID(path: path, part: .rows)])
    if let reference = constraint.reference {
      let target = ObjectPath.table(reference.table, namespace: reference.namespace)
      needs.formUnion([NodeID(path: target), NodeID(path: target, part: .rows)])
      // One for each partition comes along, under a name that is free: the others have theirs first.
      if schema.objects[target]?.table?.attributes["partition by"] != nil { rank += 1 }
    }
    add(
      id, SortKey(phase: phase, group: on, rank: rank, name: name),
      [statement] + (isForAllBelow ? renamingBelow(name, path) : [])
        + extras(of: constraint, table: path), needs: needs)
    if let parent = constraint.attributes["index attached to"] {
      let index = PostgreSQL.quote(name, in: path.namespace)
      addIndexAttachment(
        NodeID(path: path, part: .indexAttachment(name)), index, to: parent, after: id)
    }
  }

  /// What a table has from its parents comes with them, but for a partition's CHECKs and keys:
  /// they must be there when it is attached.
  private func isMadeHere(_ constraint: Constraint, _ table: Table) -> Bool {
    if constraint.kind == .foreignKey { return constraint.attributes["cloned"] == nil }
    if PendingChecks.isHandedDown(constraint) { return constraint.attributes["inherited"] == nil }
    return constraint.attributes["inherited"] == nil || table.attributes["partition of"] != nil
      || constraint.attributes["cloned"] != nil
  }

  /// What is said of a constraint that comes from a parent.
  private mutating func comment(on constraint: Constraint, _ path: ObjectPath, _ table: Table) {
    guard let comment = constraint.attributes["comment"], let name = constraint.name else { return }
    let on = PostgreSQL.Render.qualified(path)
    let makers = ancestors(of: path, table).map { NodeID(path: $0, part: .constraint(name)) }
    add(
      NodeID(path: path, part: .constraint(name)),
      SortKey(phase: .constraints, group: on, rank: 20, name: name),
      [say(comment, "CONSTRAINT", "\(PostgreSQL.quote(name)) ON \(on)")],
      needs: Set(makers).union([NodeID(path: path)]))
  }

  /// What is said of a constraint and its index once they stand.
  func extras(of constraint: Constraint, table: ObjectPath) -> [String] {
    let on = PostgreSQL.Render.qualified(table)
    let name = PostgreSQL.quote(constraint.name ?? "")
    let index = PostgreSQL.quote(constraint.name ?? "", in: table.namespace)
    let attributes = constraint.attributes
    var statements: [String] = []
    if let options = attributes["index options"], !isOfPartitioned(table) {
      statements.append("ALTER INDEX \(index) SET (\(options))")
    }
    if let space = attributes["index tablespace"] {
      statements.append("ALTER INDEX \(index) SET TABLESPACE \(PostgreSQL.quote(space))")
    }
    statements += indexExtras(
      index, name: name, on: on, attributes, statistics: attributes["index statistics"])
    if let comment = attributes["comment"] {
      statements.append(say(comment, "CONSTRAINT", "\(name) ON \(on)"))
    }
    if let comment = attributes["index comment"] { statements.append(say(comment, "INDEX", index)) }
    return statements
  }

  mutating func addIndex(_ path: ObjectPath, _ object: SchemaObject, _ index: Index) {
    let table = relation(index.table, namespace: path.namespace)
    let isPartitioned = schema.objects[table]?.table?.attributes["partition by"] != nil
    // An index that a failed CREATE INDEX CONCURRENTLY left behind is of no use to anybody.
    guard let definition = index.definition, index.attributes["invalid"] == nil || isPartitioned
    else { return }
    let name = PostgreSQL.Render.qualified(path)
    let on = PostgreSQL.Render.qualified(table)
    var statements = [ArrayCasts.pinned(definition)]
    if let space = index.attributes["tablespace"] {
      statements.append("ALTER INDEX \(name) SET TABLESPACE \(PostgreSQL.quote(space))")
    }
    statements += indexExtras(
      name, name: PostgreSQL.quote(path.name), on: on, index.attributes,
      statistics: index.attributes["statistics"])
    if let comment = object.comment { statements.append(say(comment, "INDEX", name)) }
    var needs = needs(object.dependencies, of: path)
    needs.formUnion([NodeID(path: table), NodeID(path: table, part: .rows)])
    let id = NodeID(path: path)
    add(
      id, SortKey(phase: .constraints, group: on, rank: 10, name: name), statements, needs: needs)
    if let parent = index.attributes["attached to"] {
      addIndexAttachment(
        NodeID(path: path, part: .indexAttachment(nil)), name, to: parent, after: id)
    }
  }

  private func indexExtras(
    _ index: String, name: String, on table: String, _ attributes: [String: String],
    statistics: String?
  ) -> [String] {
    var statements: [String] = []
    for entry in SQLList.parts(of: statistics ?? "") {
      let sides = entry.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { continue }
      statements.append("ALTER INDEX \(index) ALTER COLUMN \(sides[0]) SET STATISTICS \(sides[1])")
    }
    if attributes["clustered"] != nil {
      statements.append("ALTER TABLE \(table) CLUSTER ON \(name)")
    }
    if attributes["replica identity"] != nil {
      statements.append("ALTER TABLE ONLY \(table) REPLICA IDENTITY USING INDEX \(name)")
    }
    return statements
  }

  private mutating func addIndexAttachment(
    _ id: NodeID, _ index: String, to parent: String, after made: NodeID
  ) {
    add(
      id, SortKey(phase: .indexPartitions, group: parent, name: index),
      ["ALTER INDEX \(parent) ATTACH PARTITION \(index)"], needs: [made])
  }
}
