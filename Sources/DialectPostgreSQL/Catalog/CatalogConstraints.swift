internal import SchemaModel

// Constraints and indexes.
extension PostgreSQL.ConstraintRow {
  /// What a foreign key of or to a partitioned table made for its partitions: it comes by itself.
  var isClonedReference: Bool { kind == "f" && parent != 0 }

  /// The server, from 18 on, writes it last, and counts as not valid what it does not enforce.
  var isEnforced: Bool { isValid || !definition.hasSuffix(" NOT ENFORCED") }

  /// What PostgreSQL 18 keeps behind each NOT NULL, and 17 behind a domain's.
  var isNotNull: Bool { kind == "n" }
}

extension PostgreSQL.Catalog.Builder {
  func constraint(_ row: PostgreSQL.ConstraintRow) -> Constraint {
    var constraint = Constraint(
      name: row.name, kind: Self.kind(row.kind), attributes: ["definition": row.definition])
    switch row.kind {
    case "c": constraint.expression = row.expression
    case "x":
      let word = "EXCLUDE "
      constraint.expression =
        row.definition.hasPrefix(word)
        ? String(row.definition.dropFirst(word.count)) : row.definition
    default: constraint.parts = row.columns.map { KeyPart($0) }
    }
    if row.kind == "f" { constraint.reference = Self.reference(row) }
    if !row.isValid { constraint.attributes[row.isEnforced ? "not valid" : "not enforced"] = "" }
    if row.isNoInherit, row.kind == "c" { constraint.attributes["no inherit"] = "" }
    if !row.isLocal {
      constraint.attributes["inherited"] = ""
    } else if row.inheritCount > 0 {
      constraint.attributes["local and inherited"] = ""
    }
    if row.parent != 0 { constraint.attributes["cloned"] = "" }
    constraint.attributes["comment"] = comment(on: Identity(.constraint, row.oid))
    if let index = rows.indexes[row.ownIndex] { describe(index, in: &constraint.attributes) }
    return constraint
  }

  /// One that an heir has from its parents alone gets its name as theirs get theirs, and no
  /// statement gives it another; it is only of interest where something is said of it.
  ///
  /// Whether a partition had its own before it was attached is forgotten by the server, but for a
  /// NOT VALID one, which is not made with the table.
  func notNull(
    _ row: PostgreSQL.ConstraintRow, of relation: PostgreSQL.RelationRow
  ) -> NotNull {
    let isInherited = !row.isLocal && !(relation.isPartition && row.isValid)
    let comment = comment(on: Identity(.constraint, row.oid))
    return NotNull(
      name: isInherited && comment == nil ? nil : row.name, isValid: row.isValid,
      isInheritable: !row.isNoInherit, isInherited: isInherited, comment: comment)
  }

  private func describe(
    _ index: PostgreSQL.IndexRow, in attributes: inout [String: String]
  ) {
    attributes["index attached to"] = index.parent
    attributes["index options"] = PostgreSQL.options(index.options)
    attributes["index statistics"] = index.statistics
    attributes["index tablespace"] = index.tablespace
    attributes["index comment"] = comment(on: Identity(.relation, index.oid))
    if index.isClustered { attributes["clustered"] = "" }
    if index.isReplicaIdentity { attributes["replica identity"] = "" }
  }

  private static func kind(_ letter: String) -> Constraint.Kind {
    switch letter {
    case "p": .primaryKey
    case "u": .unique
    case "f": .foreignKey
    case "x": .exclusion
    default: .check
    }
  }

  private static func reference(_ row: PostgreSQL.ConstraintRow) -> Constraint.Reference {
    let actions = ["r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"]
    return Constraint.Reference(
      namespace: row.referencedNamespace ?? "", table: row.referencedTable ?? "",
      columns: row.referencedColumns, onDelete: actions[row.onDelete],
      onUpdate: actions[row.onUpdate], match: ["f": "FULL", "p": "PARTIAL"][row.match])
  }

  /// Nil for an index that a constraint has made.
  func path(_ row: PostgreSQL.IndexRow) -> ObjectPath? {
    if self.index.constraintOfIndex[row.oid] != nil || isHidden(row.relation) { return nil }
    guard rows.relations[row.relation] != nil else { return nil }
    return ObjectPath(.index, namespace: row.namespace, name: row.name)
  }

  func object(_ row: PostgreSQL.IndexRow) -> SchemaObject {
    var index = Index(
      table: rows.relations[row.relation]?.name ?? "", parts: parts(row),
      isUnique: row.isUnique, predicate: row.predicate, definition: row.definition)
    if row.method != "btree" { index.attributes["method"] = row.method }
    if !row.included.isEmpty {
      index.attributes["include"] = row.included.map(PostgreSQL.quote).joined(separator: ", ")
    }
    index.attributes["options"] = PostgreSQL.options(row.options)
    index.attributes["attached to"] = row.parent
    index.attributes["statistics"] = row.statistics
    index.attributes["tablespace"] = row.tablespace
    if !row.isValid { index.attributes["invalid"] = "" }
    if row.isClustered { index.attributes["clustered"] = "" }
    if row.isReplicaIdentity { index.attributes["replica identity"] = "" }
    if row.nullsAreNotDistinct { index.attributes["nulls not distinct"] = "" }
    var object = SchemaObject(.index(index))
    annotate(&object, Identity(.relation, row.oid))
    return object
  }

  private func parts(_ row: PostgreSQL.IndexRow) -> [KeyPart] {
    func at(_ list: [String?], _ place: Int) -> String? { place < list.count ? list[place] : nil }
    return row.expressions.indices.map { place in
      let column = at(row.columns, place)
      let sorting = place < row.sorting.count ? row.sorting[place] : 0
      var part = KeyPart(
        column ?? row.expressions[place] ?? "", isExpression: column == nil,
        collation: column == nil ? nil : at(row.collations, place),
        isDescending: sorting & 1 != 0)
      var suffix = at(row.operatorClasses, place).map { [$0] } ?? []
      let nullsAreFirst = sorting & 2 != 0
      if nullsAreFirst != part.isDescending {
        suffix.append(nullsAreFirst ? "NULLS FIRST" : "NULLS LAST")
      }
      if !suffix.isEmpty { part.suffix = suffix.joined(separator: " ") }
      return part
    }
  }
}
