internal import SchemaModel

extension SQLite {
  /// What SQLite's own CREATE TABLE text tells and the pragmas do not.
  struct CreateTable {
    struct ColumnClauses {
      var name: String
      var collation: String?
      var generation: Column.Generation?
      var notNullConflict: String?
      var notNullName: String?
      /// The text behind DEFAULT, parentheses included.
      var defaultText: String?
    }

    var name: String
    var columns: [ColumnClauses] = []
    var constraints: [Constraint] = []
    var isStrict = false
    var isWithoutRowid = false

    /// Nil where the text is not understood from its first to its last token.
    init?(_ text: String) {
      var reader = Reader(text)
      guard let header = reader.createHeader("TABLE"), let body = reader.parenthesized() else {
        return nil
      }
      name = header.name
      guard readOptions(&reader) else { return nil }
      let inside = Reader(reader.tokens, body)
      for part in inside.parts(body) {
        var item = Reader(reader.tokens, part)
        if Self.beginsTableConstraint(item) {
          guard readTableConstraints(&item) else { return nil }
        } else {
          guard readColumn(&item) else { return nil }
        }
      }
    }

    private mutating func readOptions(_ reader: inout Reader) -> Bool {
      while !reader.isAtEnd {
        if reader.accept("WITHOUT", "ROWID") {
          isWithoutRowid = true
        } else if reader.accept("STRICT") {
          isStrict = true
        } else {
          return reader.accept(symbol: ";") && reader.isAtEnd
        }
        _ = reader.accept(symbol: ",")
      }
      return true
    }

    private static func beginsTableConstraint(_ reader: Reader) -> Bool {
      reader.isWord("CONSTRAINT") || reader.isWord("PRIMARY") || reader.isWord("UNIQUE")
        || reader.isWord("CHECK") || reader.isWord("FOREIGN")
    }

    // MARK: Columns

    private mutating func readColumn(_ reader: inout Reader) -> Bool {
      guard let name = reader.name() else { return false }
      var column = ColumnClauses(name: name)
      Self.skipType(&reader)
      var constraintName: String?
      while !reader.isAtEnd {
        if reader.accept("CONSTRAINT") {
          guard let name = reader.name() else { return false }
          constraintName = name
          continue
        }
        guard readColumnClause(&reader, &column, constraintName) else { return false }
        constraintName = nil
      }
      columns.append(column)
      return true
    }

    private static func skipType(_ reader: inout Reader) {
      while !reader.isAtEnd, !beginsColumnClause(reader) {
        if reader.parenthesized() == nil { reader.position += 1 }
      }
    }

    private static func beginsColumnClause(_ reader: Reader) -> Bool {
      guard let token = reader.current, token.kind == .word else { return false }
      let words: [StaticString] = [
        "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE",
        "REFERENCES", "AS", "GENERATED", "DEFERRABLE",
      ]
      return words.contains { reader.tokens.isWord(token, $0) }
    }

    private mutating func readColumnClause(
      _ reader: inout Reader, _ column: inout ColumnClauses, _ constraintName: String?
    ) -> Bool {
      if reader.accept("PRIMARY", "KEY") {
        var constraint = Constraint(name: constraintName, kind: .primaryKey)
        let isDescending = reader.accept("DESC")
        if !isDescending { _ = reader.accept("ASC") }
        constraint.parts = [KeyPart(column.name, isDescending: isDescending)]
        reader.conflictClause(into: &constraint)
        if reader.accept("AUTOINCREMENT") { constraint.attributes["autoincrement"] = "" }
        constraints.append(constraint)
        return true
      }
      if reader.accept("NOT", "NULL") {
        column.notNullName = constraintName
        column.notNullConflict = reader.conflictClause()
        return true
      }
      if reader.accept("NULL") {
        _ = reader.conflictClause()
        return true
      }
      if reader.accept("UNIQUE") {
        var constraint = Constraint(
          name: constraintName, kind: .unique, parts: [KeyPart(column.name)])
        reader.conflictClause(into: &constraint)
        constraints.append(constraint)
        return true
      }
      if reader.accept("CHECK") { return readCheck(&reader, constraintName) }
      if reader.accept("DEFAULT") { return Self.readDefault(&reader, &column) }
      if reader.accept("COLLATE") {
        column.collation = reader.name()
        return column.collation != nil
      }
      if reader.isWord("REFERENCES") {
        return readReference(&reader, constraintName, [KeyPart(column.name)])
      }
      if reader.isWord("DEFERRABLE") || reader.isWord("DEFERRABLE", at: 1) {
        // It belongs to the reference before it, wherever that stands.
        guard let last = constraints.lastIndex(where: { $0.kind == .foreignKey }) else {
          return false
        }
        return reader.deferral(into: &constraints[last])
      }
      return Self.readGeneration(&reader, &column)
    }

    private static func readGeneration(
      _ reader: inout Reader, _ column: inout ColumnClauses
    ) -> Bool {
      if !reader.accept("GENERATED", "ALWAYS", "AS") {
        guard reader.accept("AS") else { return false }
      }
      guard let expression = reader.parenthesized() else { return false }
      let isStored = reader.accept("STORED")
      if !isStored { _ = reader.accept("VIRTUAL") }
      column.generation = Column.Generation(
        expression: reader.slice(expression), isStored: isStored)
      return true
    }

    private static func readDefault(
      _ reader: inout Reader, _ column: inout ColumnClauses
    ) -> Bool {
      let start = reader.position
      if reader.parenthesized() == nil {
        _ = reader.accept(symbol: "-") || reader.accept(symbol: "+")
        guard !reader.isAtEnd else { return false }
        reader.position += 1
      }
      column.defaultText = reader.slice(start..<reader.position)
      return true
    }

    // MARK: Constraints

    /// One or more: SQLite does not ask for commas between them.
    private mutating func readTableConstraints(_ reader: inout Reader) -> Bool {
      while !reader.isAtEnd {
        var name: String?
        while reader.accept("CONSTRAINT") {
          guard let found = reader.name() else { return false }
          name = found
        }
        // A name with nothing behind it is allowed, and says nothing.
        if reader.isAtEnd { return true }
        if reader.accept("PRIMARY", "KEY") {
          guard readKey(&reader, name, .primaryKey) else { return false }
        } else if reader.accept("UNIQUE") {
          guard readKey(&reader, name, .unique) else { return false }
        } else if reader.accept("CHECK") {
          guard readCheck(&reader, name) else { return false }
        } else if reader.accept("FOREIGN", "KEY") {
          guard let columns = reader.parenthesized() else { return false }
          let parts = reader.parts(columns).map(reader.keyPart)
          guard readReference(&reader, name, parts) else { return false }
        } else {
          return false
        }
      }
      return true
    }

    private mutating func readKey(
      _ reader: inout Reader, _ name: String?, _ kind: Constraint.Kind
    ) -> Bool {
      guard var range = reader.parenthesized() else { return false }
      var constraint = Constraint(name: name, kind: kind)
      if kind == .primaryKey, let last = reader.tokens.list[range].last,
        range.count > 1, reader.tokens.isWord(last, "AUTOINCREMENT")
      {
        constraint.attributes["autoincrement"] = ""
        range = range.lowerBound..<(range.upperBound - 1)
      }
      constraint.parts = reader.parts(range).map(reader.keyPart)
      reader.conflictClause(into: &constraint)
      constraints.append(constraint)
      return true
    }

    private mutating func readCheck(_ reader: inout Reader, _ name: String?) -> Bool {
      guard let range = reader.parenthesized() else { return false }
      var constraint = Constraint(name: name, kind: .check, expression: reader.slice(range))
      reader.conflictClause(into: &constraint)
      constraints.append(constraint)
      return true
    }

    private mutating func readReference(
      _ reader: inout Reader, _ name: String?, _ parts: [KeyPart]
    ) -> Bool {
      guard reader.accept("REFERENCES"), let table = reader.name() else { return false }
      var reference = Constraint.Reference(table: table)
      if let columns = reader.parenthesized() {
        reference.columns = reader.parts(columns).map { reader.keyPart($0).text }
      }
      var constraint = Constraint(name: name, kind: .foreignKey, parts: parts)
      while !reader.isAtEnd {
        if reader.accept("ON", "DELETE") {
          reference.onDelete = reader.referenceAction()
        } else if reader.accept("ON", "UPDATE") {
          reference.onUpdate = reader.referenceAction()
        } else if reader.accept("ON", "INSERT") {
          _ = reader.referenceAction()
        } else if reader.accept("MATCH") {
          reference.match = reader.name()
        } else {
          break
        }
      }
      _ = reader.deferral(into: &constraint)
      constraint.reference = reference
      constraints.append(constraint)
      return true
    }
  }
}

extension SQLite.Reader {
  /// The action behind ON CONFLICT, in upper case; nil where there is no such clause.
  mutating func conflictClause() -> String? {
    guard accept("ON", "CONFLICT") else { return nil }
    return name()?.uppercased()
  }

  mutating func conflictClause(into constraint: inout Constraint) {
    if let action = conflictClause() { constraint.attributes["on conflict"] = action }
  }

  /// `CASCADE`, `SET NULL`, ...; NO ACTION is the default and comes back as nil.
  fileprivate mutating func referenceAction() -> String? {
    if accept("SET", "NULL") { return "SET NULL" }
    if accept("SET", "DEFAULT") { return "SET DEFAULT" }
    if accept("CASCADE") { return "CASCADE" }
    if accept("RESTRICT") { return "RESTRICT" }
    _ = accept("NO", "ACTION")
    return nil
  }

  fileprivate mutating func deferral(into constraint: inout Constraint) -> Bool {
    let isNot = isWord("NOT")
    guard accept("NOT", "DEFERRABLE") || accept("DEFERRABLE") else { return false }
    var value = ""
    if accept("INITIALLY", "DEFERRED") { value = "initially deferred" }
    if accept("INITIALLY", "IMMEDIATE") { value = "initially immediate" }
    constraint.attributes[isNot ? "not deferrable" : "deferrable"] = value
    return true
  }
}
