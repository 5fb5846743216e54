internal import SchemaModel

// The migration tools' own tables: no part of the schema, but a database made from a baseline needs
// them: the table, and behind it the indexes that a tool makes with it.
extension PostgreSQL.Catalog.Builder {
  func runnerTables() -> [ExactText: String] {
    var texts: [ExactText: [(body: String, text: String)]] = [:]
    let tables = hidden.sorted().compactMap { rows.relations[$0] }
    // Of one name in several schemas: the one in public is the one that tools look for. Others of the
    // same form are those of a loop over schemas.
    let inOrder = tables.sorted {
      ($0.namespace == "public" ? 0 : 1, $0.namespace) < (
        $1.namespace == "public" ? 0 : 1, $1.namespace
      )
    }
    for row in inOrder {
      let oid = row.oid
      let indexes = (index.parts[oid] ?? []).sorted().compactMap { part in
        rows.indexes[part.oid].flatMap {
          MigrationTool.indexNames.contains($0.name) ? ";\n" + $0.definition : nil
        }
      }
      let text = createTable(row)
      let body = String(text.dropFirst("CREATE TABLE \(row.qualifiedName)".count))
      if let first = texts[row.name]?.first, first.body != body { continue }
      texts[row.name, default: []].append((body, text + indexes.joined()))
    }
    return texts.mapValues { RunnerTable.definition(of: $0.map(\.text)) }
  }

  /// What no tool puts there, by kind and name.
  func runnerParts() -> [String] {
    hidden.sorted().flatMap { oid -> [String] in
      guard let table = rows.relations[oid] else { return [] }
      var parts = (index.parts[oid] ?? []).sorted().compactMap { part($0) }
      if comment(on: table.identity) != nil { parts.append("a comment") }
      if !table.privileges.isStandard { parts.append("privileges") }
      return parts.map { "\($0) on \(table.name)" }
    }
  }

  private func part(_ identity: PostgreSQL.Identity) -> String? {
    let oid = identity.oid
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .relation:
      guard index.constraintOfIndex[oid] == nil, let name = rows.indexes[oid]?.name,
        !MigrationTool.indexNames.contains(name)
      else { return nil }
      return "index \(name)"
    case .trigger: return rows.triggers[oid].map { "trigger \($0.name)" }
    case .policy: return rows.policies[oid].map { "policy \($0.name)" }
    case .rewrite: return rows.rules[oid].map { "rule \($0.name)" }
    default: return nil
    }
  }

  private func createTable(_ row: PostgreSQL.RelationRow) -> String {
    let columns = (rows.columns[row.oid] ?? []).map(columnText)
    let constraints = constraints(of: row.oid).sorted { $0.oid < $1.oid }.map {
      "CONSTRAINT \(PostgreSQL.quote($0.name)) \($0.definition)"
    }
    let body = (columns + constraints).map { "  " + $0 }.joined(separator: ",\n")
    return "CREATE TABLE \(row.qualifiedName) (\n\(body)\n)"
  }

  private func columnText(_ row: PostgreSQL.ColumnRow) -> String {
    let isSerial = ownedSequences(of: row.oid).contains {
      $0.owner.column == row.number && !$0.owner.isIdentity
    }
    let serials = ["smallint": "smallserial", "integer": "serial", "bigint": "bigserial"]
    let serial = isSerial ? serials[row.type] : nil
    var text = "\(PostgreSQL.quote(row.name)) \(serial ?? row.type)"
    if let collation = row.collation { text += " COLLATE \(collation)" }
    if row.isNotNull { text += " NOT NULL" }
    if !row.generated.isEmpty {
      text += " GENERATED ALWAYS AS (\(row.expression ?? "")) STORED"
    } else if !row.identity.isEmpty {
      text += " GENERATED \(row.identity == "a" ? "ALWAYS" : "BY DEFAULT") AS IDENTITY"
    } else if serial == nil, let expression = row.expression {
      text += " DEFAULT \(expression)"
    }
    return text
  }
}
