internal import SchemaModel

// The migration tools' own tables: no part of the schema, but a database made from a baseline needs
// them, so each is one statement.
extension PostgreSQL.Catalog.Builder {
  func runnerTables() -> [String: String] {
    var texts: [String: String] = [:]
    for oid in hidden.sorted() {
      guard let row = rows.relations[oid] else { continue }
      // Two of one name in two schemas: the one in public is the one that tools look for.
      if texts[row.name] != nil, row.namespace != "public" { continue }
      texts[row.name] = createTable(row)
    }
    return texts
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
