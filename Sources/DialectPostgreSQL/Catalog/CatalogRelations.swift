internal import SchemaModel

// Relations that are no tables: views, sequences, composite types.
extension PostgreSQL.Catalog.Builder {
  func path(_ row: PostgreSQL.RelationRow) -> ObjectPath? {
    if isHidden(row.oid) { return nil }
    let kind: ObjectKind
    switch row.kind {
    case "r", "p": kind = .table
    case "v": kind = .view
    case "m": kind = .materializedView
    case "c": kind = .compositeType
    default:
      if sequenceOwner(row.oid)?.isIdentity ?? false { return nil }
      kind = .sequence
    }
    return ObjectPath(kind, namespace: row.namespace, name: row.name)
  }

  func object(_ row: PostgreSQL.RelationRow) -> SchemaObject {
    if row.isTable { return table(row) }
    var definition: Definition
    switch row.kind {
    case "v", "m": definition = view(row)
    case "c": definition = composite(row)
    default: definition = sequence(row)
    }
    describeColumns(of: row, in: &definition)
    var object = SchemaObject(.definition(definition))
    annotate(&object, row.identity, owner: row.owner, privileges: row.privileges)
    return object
  }

  private func describeColumns(of row: PostgreSQL.RelationRow, in definition: inout Definition) {
    for column in rows.columns[row.oid] ?? [] {
      let name = "column \(column.name)"
      let comment = comment(on: Identity(.relation, row.oid), part: column.number)
      definition.attributes["\(name) comment"] = comment
      definition.attributes["\(name) default"] = column.expression
      if !column.privileges.isEmpty {
        definition.attributes["\(name) grants"] =
          column.privileges.map(entry).joined(separator: "\n")
      }
      guard row.kind == "m" else { continue }
      definition.attributes["\(name) statistics"] = column.statistics
      definition.attributes["\(name) storage"] = column.storage.map(PostgreSQL.storageWord)
      definition.attributes["\(name) options"] = PostgreSQL.options(column.options)
    }
  }

  private func view(_ row: PostgreSQL.RelationRow) -> Definition {
    let names = (rows.columns[row.oid] ?? []).map(\.name)
    let isMaterialized = row.kind == "m"
    let check = row.options.first { $0.hasPrefix("check_option=") }
    var text = isMaterialized ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW "
    text += "\(row.qualifiedName)(\(names.map(PostgreSQL.quote).joined(separator: ", ")))"
    if let method = row.accessMethod { text += " USING \(PostgreSQL.quote(method))" }
    if let options = PostgreSQL.options(row.options.filter { $0 != check }) {
      text += " WITH (\(options))"
    }
    if let tablespace = row.tablespace { text += " TABLESPACE \(PostgreSQL.quote(tablespace))" }
    text += " AS\n" + PostgreSQL.withoutSemicolon(row.definition ?? "")
    if isMaterialized { text += "\n WITH NO DATA" }
    if let check { text += "\n WITH \(check.dropFirst(13).uppercased()) CHECK OPTION" }
    return Definition(text: text, members: names)
  }

  private func composite(_ row: PostgreSQL.RelationRow) -> Definition {
    let columns = rows.columns[row.oid] ?? []
    let fields = columns.map { column in
      "\(PostgreSQL.quote(column.name)) \(column.type)"
        + (column.collation.map { " COLLATE \($0)" } ?? "")
    }
    return Definition(
      text: "CREATE TYPE \(row.qualifiedName) AS (\(fields.joined(separator: ", ")))",
      members: columns.map(\.name))
  }

  private func sequence(_ row: PostgreSQL.RelationRow) -> Definition {
    let isUnlogged = row.persistence == "u"
    var definition = Definition(
      text: "CREATE \(isUnlogged ? "UNLOGGED " : "")SEQUENCE \(row.qualifiedName) "
        + "AS \(row.sequence?.type ?? "bigint") \(row.sequence?.clauses ?? "")")
    if isUnlogged { definition.attributes["persistence"] = "unlogged" }
    if let owner = sequenceOwner(row.oid), let table = rows.relations[owner.relation],
      let column = rows.columns[owner.relation]?.first(where: { $0.number == owner.column })
    {
      definition.attributes["owned by"] =
        "\(table.qualifiedName).\(PostgreSQL.quote(column.name))"
    }
    return definition
  }
}
