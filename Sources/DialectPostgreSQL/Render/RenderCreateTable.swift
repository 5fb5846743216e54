internal import SchemaModel

extension PostgreSQL.Render.Plan {
  /// The qualified name of an identity column's sequence, which stands after SEQUENCE NAME.
  static func sequence(of column: Column) -> String? {
    guard let identity = column.identity else { return nil }
    let bytes = SQLBytes(identity)
    let word: StaticString = "SEQUENCE NAME "
    var index = 0
    while index < bytes.bytes.count, !bytes.starts(with: word, at: index) {
      index = bytes.unitEnd(from: index)
    }
    let start = index + word.utf8CodeUnitCount
    guard start < bytes.bytes.count else { return nil }
    var end = start
    while let byte = bytes.byte(end), byte != UInt8(ascii: " "), byte != UInt8(ascii: ")") {
      end = bytes.unitEnd(from: end)
    }
    return String(decoding: bytes.bytes[start..<end], as: UTF8.self)
  }
}

/// An identity column's sequence is of the column's type, where nobody changed that.
extension PostgreSQL.Render.Plan {
  private func isOfOtherType(_ column: Column) -> Bool {
    column.attributes["sequence type"] != nil
  }

  func identity(of column: Column) -> String? {
    guard let identity = column.identity, isOfOtherType(column),
      let sequence = Self.sequence(of: column), let place = identity.firstRange(of: sequence)
    else { return column.identity }
    return identity[..<place.upperBound] + ")"
  }

  /// What makes the sequence of another type, and where it stands before it is used.
  func sequenceChange(of column: Column) -> String? {
    guard let type = column.attributes["sequence type"], let identity = column.identity,
      let sequence = Self.sequence(of: column), let place = identity.firstRange(of: sequence)
    else { return nil }
    return
      "ALTER SEQUENCE \(sequence) AS \(type)\(identity[place.upperBound...].dropLast()) RESTART"
  }
}

/// What of a table goes into CREATE TABLE, and what comes after it.
struct TableParts {
  var inlineDefaults: Set<ExactText> = []
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
      if isBare, constraint.kind != .foreignKey, !constraint.isUnproven,
        isEarly("constraint \(name)"), !Self.isMerged(constraint, in: table)
      {
        inlineConstraints.append(constraint)
      } else {
        lateConstraints.append(constraint)
      }
    }
  }

  /// Of two constraints with the same index, one CREATE TABLE makes but one, and says nothing.
  private static func isMerged(_ constraint: Constraint, in table: Table) -> Bool {
    guard constraint.kind == .unique || constraint.kind == .exclusion else { return false }
    return table.constraints.contains { other in
      guard other != constraint else { return false }
      // Their texts hold options of the index, which do not make it another one.
      if constraint.kind == .exclusion { return other.kind == .exclusion }
      return [.primaryKey, .unique].contains(other.kind) && other.parts == constraint.parts
    }
  }

  /// The keys of `partDependencies` of what is inside of CREATE TABLE.
  var inlineNames: [String] {
    inlineDefaults.map { "column \($0)" } + inlineConstraints.map { "constraint \($0.name ?? "")" }
  }
}

extension PostgreSQL.Render.Plan {
  func create(_ path: ObjectPath, _ table: Table, _ parts: TableParts) -> String {
    let attributes = table.attributes
    var lines = table.columns.compactMap { column -> String? in
      if attributes["inherits"] != nil, column.attributes["inherited"] != nil {
        return notNullConstraint(column)
      }
      return define(column, parts, of: path, table)
    }
    lines += parts.inlineConstraints.map { constraint in
      let definition = ArrayCasts.pinned(constraint.attributes["definition"] ?? constraint.body)
      return "CONSTRAINT \(PostgreSQL.quote(constraint.name ?? "")) \(definition)"
    }
    let body = lines.map { "    \($0)" }.joined(separator: ",\n")
    var text = attributes["persistence"] == "unlogged" ? "CREATE UNLOGGED TABLE " : "CREATE TABLE "
    text += PostgreSQL.Render.qualified(path)
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
  private func define(
    _ column: Column, _ parts: TableParts, of path: ObjectPath, _ table: Table
  ) -> String? {
    let ofType = table.attributes["of type"] != nil
    let isMerged = isMerged(column, table)
    var text = PostgreSQL.quote(column.name)
    text += ofType ? " WITH OPTIONS" : " \(column.type)"
    var isPlain = true
    func append(_ clause: String) {
      text += " \(clause)"
      isPlain = false
    }
    if !ofType {
      if !isMerged, let compression = column.attributes["compression"] {
        append("COMPRESSION \(compression)")
      }
      if let collation = column.collation { append("COLLATE \(collation)") }
    }
    if let generation = column.generation {
      let storage = generation.isStored ? "STORED" : "VIRTUAL"
      append("GENERATED ALWAYS AS (\(ArrayCasts.pinned(generation.expression))) \(storage)")
    }
    if !ofType, let identity = identity(of: column) { append(identity) }
    if parts.inlineDefaults.contains(column.name), let expression = column.defaultExpression {
      append("DEFAULT \(ArrayCasts.pinned(expression))")
    } else if isMerged, hasParentsDefault(column, table) {
      // The parents' may differ, and then the heir must say which one it takes.
      append("DEFAULT NULL")
    }
    if let clause = notNullClause(column, path, table) { append(clause) }
    return ofType && isPlain ? nil : text
  }

  /// What CREATE TABLE cannot say of a column.
  func alterations(of column: Column, table: Table, name: String) -> [String] {
    let head = "ALTER TABLE ONLY \(name) ALTER COLUMN \(PostgreSQL.quote(column.name)) "
    let attributes = column.attributes
    var statements: [String] = []
    if isMerged(column, table) {
      let inherited = inheritedColumns(column.name, table)
      let isOwn = attributes["inherited"] == nil
      if !isOwn, let notNull = column.notNull, notNull.name == nil, !notNull.isInherited,
        !inherited.contains(where: isHandedDown)
      {
        statements.append(head + "SET NOT NULL")
      }
      if column.isNullable, inherited.contains(where: isHandedDown) {
        statements.append(head + "DROP NOT NULL")
      }
      if column.defaultExpression == nil, column.generation == nil, column.identity == nil,
        hasParentsDefault(column, table)
      {
        statements.append(head + "DROP DEFAULT")
      }
      // From 17 on an heir may be given another expression than its parents have.
      if !isOwn, let generation = column.generation,
        inherited.contains(where: { $0.generation?.expression != generation.expression })
      {
        let expression = ArrayCasts.pinned(generation.expression)
        statements.append(head + "SET EXPRESSION AS (\(expression))")
      }
      if !isOwn, let identity = identity(of: column) { statements.append(head + "ADD \(identity)") }
      if let method = attributes["compression"] {
        statements.append(head + "SET COMPRESSION \(method)")
      } else if inherited.contains(where: { $0.attributes["compression"] != nil }) {
        statements.append(head + "SET COMPRESSION default")
      }
      if attributes["storage"] == nil,
        inherited.contains(where: { $0.attributes["storage"] != nil })
      {
        let storage = PostgreSQL.Render.storage(of: column.type, schema)
        statements.append(head + "SET STORAGE \(storage)")
      }
    } else if table.attributes["of type"] != nil {
      if let identity = identity(of: column) { statements.append(head + "ADD \(identity)") }
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
  func isInherited(_ column: Column, _ table: Table) -> Bool {
    guard column.attributes["inherited"] != nil else { return false }
    let inherited = inheritedColumns(column.name, table)
    return inherited.count == 1 && inherited[0].defaultExpression == column.defaultExpression
  }

  /// Whether CREATE TABLE makes one column of a parent's and what the heir says.
  private func isMerged(_ column: Column, _ table: Table) -> Bool {
    table.attributes["inherits"] != nil
      && ["inherited", "local and inherited"].contains { column.attributes[$0] != nil }
  }

  private func hasParentsDefault(_ column: Column, _ table: Table) -> Bool {
    column.generation == nil && column.identity == nil
      && inheritedColumns(column.name, table).contains { $0.defaultExpression != nil }
  }

  func inheritedColumns(_ name: String, _ table: Table) -> [Column] {
    parents(of: table).compactMap { schema.objects[$0]?.table?.column(named: name) }
  }

  /// The tables that one inherits from; a name may hold a comma.
  func parents(of table: Table) -> [ObjectPath] {
    guard let text = table.attributes["inherits"] else { return [] }
    return SQLList.parts(of: text).compactMap { self.table(named: $0) }
  }
}
