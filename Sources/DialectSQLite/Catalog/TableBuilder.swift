internal import SchemaModel

extension SQLite {
  /// One table, from what the pragmas say and what its text adds.
  struct TableBuilder {
    let sql: String
    let relation: CatalogRows.Relation?
    let details: CatalogRows.Details

    var table: Table {
      if let virtual = CreateVirtualTable(sql) {
        return Table(
          columns: details.columns.filter { $0.hidden != 1 }.map { column($0, nil) },
          definition: sql, attributes: ["virtual": virtual.usage])
      }
      let text = CreateTable(sql).flatMap { agrees($0) ? $0 : nil }
      var columns: [Column] = []
      for (index, row) in details.columns.enumerated() {
        columns.append(column(row, text.map { $0.columns[index] }))
      }
      let spelling = Dictionary(
        details.columns.map { (ExactText(folded($0.name)), $0.name) },
        uniquingKeysWith: { first, _ in first })
      let constraints = text.map { $0.constraints.map { spelled($0, spelling) } }
      var attributes: [String: String] = [:]
      if relation?.isStrict ?? text?.isStrict ?? false { attributes["strict"] = "" }
      if relation?.isWithoutRowid ?? text?.isWithoutRowid ?? false {
        attributes["without rowid"] = ""
      }
      return Table(
        columns: columns, constraints: constraints ?? constraintsOfPragmas, definition: sql,
        attributes: attributes)
    }

    /// The reader's word counts only where it saw the same columns and keys as the pragmas.
    private func agrees(_ text: CreateTable) -> Bool {
      guard text.columns.count == details.columns.count else { return false }
      for (read, row) in zip(text.columns, details.columns)
      where folded(read.name) != folded(row.name) || (read.generation != nil) != (row.hidden > 1) {
        return false
      }
      let references = Set(details.foreignKeys.map(\.id)).count
      let keys = Set<ExactText>(
        details.columns.filter { $0.keyPosition > 0 }.map { folded($0.name) })
      let primary = text.constraints.first { $0.kind == .primaryKey }
      return text.constraints.count { $0.kind == .foreignKey } == references
        && Set<ExactText>((primary?.parts ?? []).map { folded($0.text) }) == keys
    }

    private func column(
      _ row: CatalogRows.Column, _ text: CreateTable.ColumnClauses?
    ) -> Column {
      var column = Column(
        name: row.name, type: row.type, isNullable: !row.isNotNull,
        defaultExpression: row.defaultExpression, collation: text?.collation,
        generation: text?.generation)
      if row.hidden > 1, column.generation == nil {
        column.generation = Column.Generation(expression: "?", isStored: row.hidden == 3)
      }
      if let action = text?.notNullConflict { column.attributes["not null on conflict"] = action }
      if let name = text?.notNullName { column.attributes["not null name"] = name }
      return column
    }

    /// Key parts in the spelling of the table's columns.
    private func spelled(_ constraint: Constraint, _ names: [ExactText: String]) -> Constraint {
      var constraint = constraint
      for index in constraint.parts.indices where !constraint.parts[index].isExpression {
        if let name = names[folded(constraint.parts[index].text)] {
          constraint.parts[index].text = name
        }
      }
      return constraint
    }

    private var constraintsOfPragmas: [Constraint] {
      var constraints: [Constraint] = []
      let key = details.columns.filter { $0.keyPosition > 0 }
        .sorted { $0.keyPosition < $1.keyPosition }
      if !key.isEmpty {
        constraints.append(
          Constraint(kind: .primaryKey, parts: key.map { KeyPart($0.name) }))
      }
      for index in details.indexes where index.origin == "u" {
        constraints.append(Constraint(kind: .unique, parts: index.keyParts))
      }
      for (_, rows) in Dictionary(grouping: details.foreignKeys, by: \.id) {
        let rows = rows.sorted { $0.position < $1.position }
        guard let first = rows.first else { continue }
        let reference = Constraint.Reference(
          table: first.table, columns: rows.compactMap(\.to),
          onDelete: first.onDelete == "NO ACTION" ? nil : first.onDelete,
          onUpdate: first.onUpdate == "NO ACTION" ? nil : first.onUpdate,
          match: first.match == "NONE" ? nil : first.match)
        constraints.append(
          Constraint(
            kind: .foreignKey, parts: rows.map { KeyPart($0.from) }, reference: reference))
      }
      return constraints
    }
  }
}
