public import SchemaModel

// Field numbers are on disk and in fingerprints: a number is never given a second meaning, and a
// default value is never written.

extension ObjectPath {
  /// Writes the fields of a path.
  public func encode(into writer: inout FieldWriter) {
    writer.number(1, UInt64(kind.rawValue))
    writer.text(2, namespace)
    writer.text(3, name)
    writer.text(4, optional: table)
  }

  /// The bytes that hash keys and tree keys are made of.
  public var encoded: [UInt8] {
    var writer = FieldWriter(reserving: 64)
    encode(into: &writer)
    return writer.bytes
  }

  /// Reads the fields of a path.
  /// - Throws: `FormatError` for a kind that this Strata does not know, or none.
  public init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var kind: ObjectKind?
    var namespace = ""
    var name = ""
    var table: String?
    while let field = try reader.next() {
      switch field.number {
      case 1:
        let value = try field.integer()
        kind = UInt8(exactly: value).flatMap(ObjectKind.init(rawValue:))
        if kind == nil { throw .unknownKind(value, of: "an object") }
      case 2: namespace = try field.text()
      case 3: name = try field.text()
      case 4: table = try field.text()
      default: break
      }
    }
    guard let kind else { throw .missingField("kind", of: "an object's path") }
    self.init(kind, namespace: namespace, name: name, table: table)
  }
}

extension Column {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, name)
    writer.text(2, type)
    writer.flag(3, !isNullable)
    writer.text(4, optional: defaultExpression)
    writer.text(5, optional: collation)
    if let generation {
      writer.text(6, optional: generation.expression)
      writer.flag(7, generation.isStored)
    }
    writer.text(8, optional: identity)
    writer.text(9, optional: comment)
    writer.dictionary(10, attributes)
  }

  /// Not an initializer: what one has put together is copied once more where it ends.
  static func decoded(from reader: FieldReader) throws(FormatError) -> Column {
    var reader = reader
    var name = ""
    var type = ""
    var isNullable = true
    var defaultExpression: String?
    var collation: String?
    var expression: String?
    var isStored = false
    var identity: String?
    var comment: String?
    var attributes: [String: String] = [:]
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: type = try field.text()
      case 3: isNullable = try !field.flag()
      case 4: defaultExpression = try field.text()
      case 5: collation = try field.text()
      case 6: expression = try field.text()
      case 7: isStored = try field.flag()
      case 8: identity = try field.text()
      case 9: comment = try field.text()
      case 10: try field.entry(into: &attributes)
      default: break
      }
    }
    return Column(
      name: name, type: type, isNullable: isNullable, defaultExpression: defaultExpression,
      collation: collation,
      generation: expression.map { Column.Generation(expression: $0, isStored: isStored) },
      identity: identity, comment: comment, attributes: attributes)
  }
}

extension KeyPart {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, text)
    writer.flag(2, isExpression)
    writer.text(3, optional: collation)
    writer.flag(4, isDescending)
    writer.text(5, optional: suffix)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var text = ""
    var isExpression = false
    var collation: String?
    var isDescending = false
    var suffix: String?
    while let field = try reader.next() {
      switch field.number {
      case 1: text = try field.text()
      case 2: isExpression = try field.flag()
      case 3: collation = try field.text()
      case 4: isDescending = try field.flag()
      case 5: suffix = try field.text()
      default: break
      }
    }
    self.init(
      text, isExpression: isExpression, collation: collation, isDescending: isDescending,
      suffix: suffix)
  }
}

extension Constraint {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, optional: name)
    writer.number(2, UInt64(kind.rawValue))
    for part in parts { writer.message(3) { part.encode(into: &$0) } }
    writer.text(4, optional: expression)
    if let reference { writer.message(5) { reference.encode(into: &$0) } }
    writer.dictionary(6, attributes)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var name: String?
    var kind: Kind?
    var parts: [KeyPart] = []
    var expression: String?
    var reference: Reference?
    var attributes: [String: String] = [:]
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2:
        let value = try field.integer()
        guard let known = UInt8(exactly: value).flatMap(Kind.init(rawValue:)) else {
          throw .unknownKind(value, of: "a constraint")
        }
        kind = known
      case 3: parts.append(try KeyPart(from: field.message("a key part")))
      case 4: expression = try field.text()
      case 5: reference = try Reference(from: field.message("a reference"))
      case 6: try field.entry(into: &attributes)
      default: break
      }
    }
    guard let kind else { throw .missingField("kind", of: "a constraint") }
    self.init(
      name: name, kind: kind, parts: parts, expression: expression, reference: reference,
      attributes: attributes)
  }
}

extension Constraint.Reference {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, namespace)
    writer.text(2, table)
    writer.texts(3, columns)
    writer.text(4, optional: onDelete)
    writer.text(5, optional: onUpdate)
    writer.text(6, optional: match)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init(table: "")
    while let field = try reader.next() {
      switch field.number {
      case 1: namespace = try field.text()
      case 2: table = try field.text()
      case 3: columns.append(try field.text())
      case 4: onDelete = try field.text()
      case 5: onUpdate = try field.text()
      case 6: match = try field.text()
      default: break
      }
    }
  }
}
