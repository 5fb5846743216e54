public import SchemaModel

extension SchemaObject {
  /// Writes the fields of an object.
  public func encode(into writer: inout FieldWriter) {
    switch content {
    case .table(let table): writer.message(1) { table.encode(into: &$0) }
    case .index(let index): writer.message(2) { index.encode(into: &$0) }
    case .definition(let definition): writer.message(3) { definition.encode(into: &$0) }
    }
    writer.text(4, optional: comment)
    writer.text(5, optional: owner)
    writer.texts(6, grants)
    for path in dependencies { writer.message(7) { path.encode(into: &$0) } }
    writer.parts(8, partDependencies)
  }

  /// Reads the fields of an object.
  /// - Throws: `FormatError` for fields that are none's.
  public init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var content: Content?
    var comment: String?
    var owner: String?
    var grants: [String] = []
    var dependencies: [ObjectPath] = []
    var partDependencies: [ExactText: [ObjectPath]] = [:]
    while let field = try reader.next() {
      switch field.number {
      case 1: content = .table(try Table(from: field.message("a table")))
      case 2: content = .index(try Index(from: field.message("an index")))
      case 3: content = .definition(try Definition(from: field.message("a definition")))
      case 4: comment = try field.text()
      case 5: owner = try field.text()
      case 6: grants.append(try field.text())
      case 7: dependencies.append(try ObjectPath(from: field.message("a dependency")))
      case 8: try field.part(into: &partDependencies)
      default: break
      }
    }
    guard let content else { throw .missingField("content", of: "an object") }
    self.init(
      content, comment: comment, owner: owner, grants: grants, dependencies: dependencies,
      partDependencies: partDependencies)
  }
}

extension Table {
  func encode(into writer: inout FieldWriter) {
    for column in columns { writer.message(1) { column.encode(into: &$0) } }
    for constraint in constraints { writer.message(2) { constraint.encode(into: &$0) } }
    writer.text(3, optional: definition)
    writer.dictionary(4, attributes)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var columns: [Column] = []
    var constraints: [Constraint] = []
    var definition: String?
    var attributes: [String: String] = [:]
    columns.reserveCapacity(try reader.count(of: 1))
    while let field = try reader.next() {
      switch field.number {
      case 1: columns.append(try Column.decoded(from: field.message("a column")))
      case 2: constraints.append(try Constraint(from: field.message("a constraint")))
      case 3: definition = try field.text()
      case 4: try field.entry(into: &attributes)
      default: break
      }
    }
    self.init(
      columns: columns, sortedConstraints: constraints, definition: definition,
      attributes: attributes)
  }
}

extension Index {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, table)
    for part in parts { writer.message(2) { part.encode(into: &$0) } }
    writer.flag(3, isUnique)
    writer.text(4, optional: predicate)
    writer.text(5, optional: definition)
    writer.dictionary(6, attributes)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init(table: "", parts: [])
    while let field = try reader.next() {
      switch field.number {
      case 1: table = try field.text()
      case 2: parts.append(try KeyPart(from: field.message("a key part")))
      case 3: isUnique = try field.flag()
      case 4: predicate = try field.text()
      case 5: definition = try field.text()
      case 6: try field.entry(into: &attributes)
      default: break
      }
    }
  }
}

extension Definition {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, optional: table)
    writer.text(2, text)
    writer.texts(3, members)
    writer.dictionary(4, attributes)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init(text: "")
    while let field = try reader.next() {
      switch field.number {
      case 1: table = try field.text()
      case 2: text = try field.text()
      case 3: members.append(try field.text())
      case 4: try field.entry(into: &attributes)
      default: break
      }
    }
  }
}
