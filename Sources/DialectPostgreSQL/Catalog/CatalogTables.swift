internal import SchemaModel

// Tables: their columns and their options.
extension PostgreSQL.Catalog.Builder {
  func table(_ row: PostgreSQL.RelationRow) -> SchemaObject {
    let notNulls = notNulls(of: row.oid)
    let columns = (rows.columns[row.oid] ?? []).map { column in
      var result = self.column(column)
      if let constraint = notNulls[column.name], column.isNotNull {
        result.notNull = notNull(constraint, of: row)
      }
      return result
    }
    let constraints = constraints(of: row.oid).filter { !$0.isClonedReference }.map(constraint)
    var object = SchemaObject(
      .table(Table(columns: columns, constraints: constraints, attributes: attributes(row))))
    annotate(&object, row.identity, owner: row.owner, privileges: row.privileges)
    return object
  }

  private func attributes(_ row: PostgreSQL.RelationRow) -> [String: String] {
    var attributes: [String: String] = [:]
    if row.persistence == "u" { attributes["persistence"] = "unlogged" }
    attributes["partition by"] = row.partitionKey
    if row.isPartition {
      attributes["partition of"] = row.parentNames.first
      attributes["partition bound"] = row.partitionBound
    } else if !row.parentNames.isEmpty {
      attributes["inherits"] = row.parentNames.joined(separator: ", ")
    }
    attributes["of type"] = row.ofType
    attributes["options"] = PostgreSQL.options(row.options)
    attributes["toast options"] = PostgreSQL.options(row.toastOptions)
    attributes["access method"] = row.accessMethod
    attributes["tablespace"] = row.tablespace
    if row.hasRowSecurity { attributes["row security"] = "" }
    if row.forcesRowSecurity { attributes["forced row security"] = "" }
    attributes["replica identity"] = ["f": "full", "n": "nothing"][row.replicaIdentity]
    return attributes
  }

  private func column(_ row: PostgreSQL.ColumnRow) -> Column {
    var column = Column(
      name: row.name, type: row.type, isNullable: !row.isNotNull, collation: row.collation,
      comment: comment(on: Identity(.relation, row.oid), part: row.number))
    if !row.generated.isEmpty {
      column.generation = Column.Generation(
        expression: row.expression ?? "", isStored: row.generated == "s")
    } else if row.identity.isEmpty {
      column.defaultExpression = row.expression
    } else {
      column.identity = identityClause(row)
      describeSequence(of: row, in: &column.attributes)
    }
    column.attributes["storage"] = row.storage.map(PostgreSQL.storageWord)
    column.attributes["compression"] = ["p": "pglz", "l": "lz4"][row.compression]
    column.attributes["statistics"] = row.statistics
    column.attributes["options"] = PostgreSQL.options(row.options)
    if !row.privileges.isEmpty {
      column.attributes["grants"] = row.privileges.map(entry).joined(separator: "\n")
    }
    if !row.isLocal {
      column.attributes["inherited"] = ""
    } else if row.inheritCount > 0 {
      column.attributes["local and inherited"] = ""
    }
    return column
  }

  /// Nil on a partition: from 17 on it draws from its parent's sequence and has none.
  private func identityClause(_ row: PostgreSQL.ColumnRow) -> String? {
    guard let oid = identitySequence(of: row), let relation = rows.relations[oid],
      let sequence = relation.sequence
    else { return nil }
    let clause = "GENERATED \(row.identity == "a" ? "ALWAYS" : "BY DEFAULT") AS IDENTITY"
    return "\(clause) (SEQUENCE NAME \(relation.qualifiedName) \(sequence.clauses))"
  }

  /// What is said of an identity column's own sequence, which is no object.
  private func describeSequence(
    of row: PostgreSQL.ColumnRow, in attributes: inout [String: String]
  ) {
    guard let oid = identitySequence(of: row), let sequence = rows.relations[oid]
    else { return }
    if let type = sequence.sequence?.type, type != row.type { attributes["sequence type"] = type }
    attributes["sequence comment"] = comment(on: sequence.identity)
    guard !sequence.privileges.isStandard, let list = sequence.privileges.list else { return }
    attributes["sequence grants"] =
      list.isEmpty ? "none" : list.map(entry).joined(separator: "\n")
    attributes["sequence default grants"] =
      sequence.privileges.standard.map(entry).joined(separator: "\n")
  }

  /// The names by their numbers: what tells a rename from a drop and an add.
  func columnNames(_ identity: Identity) -> [Int: ExactText]? {
    guard identity.is(.relation), let columns = rows.columns[identity.oid] else { return nil }
    return Dictionary(columns.map { ($0.number, ExactText($0.name)) }) { first, _ in first }
  }
}

extension PostgreSQL.RelationRow.Sequence {
  /// All that a sequence is, nothing left to a default.
  var clauses: String {
    "START WITH \(start) INCREMENT BY \(increment) MINVALUE \(minimum) MAXVALUE \(maximum) "
      + "CACHE \(cache)\(cycles ? " CYCLE" : "")"
  }
}

extension PostgreSQL {
  static func storageWord(_ letter: String) -> String {
    ["p": "plain", "e": "external", "m": "main", "x": "extended"][letter] ?? letter
  }

  /// `fillfactor=70, buffering='auto'`; nil for none.
  static func options(_ options: [String]) -> String? {
    guard !options.isEmpty else { return nil }
    return options.map(option).joined(separator: ", ")
  }

  private static func option(_ option: String) -> String {
    guard let equals = option.firstIndex(of: "=") else { return option }
    let value = option[option.index(after: equals)...]
    let isBare =
      !value.isEmpty
      && value.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
      }
    let name = quote(String(option[..<equals]))
    return name + "=" + (isBare ? String(value) : literal(String(value)))
  }

  static func trimmedEnd(_ text: String) -> String {
    var bytes = text.utf8[...]
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: " ") {
      bytes.removeLast()
    }
    return String(bytes) ?? text
  }

  static func withoutSemicolon(_ text: String) -> String {
    let text = trimmedEnd(text)
    return text.utf8.last == UInt8(ascii: ";") ? trimmedEnd(String(text.dropLast())) : text
  }
}
