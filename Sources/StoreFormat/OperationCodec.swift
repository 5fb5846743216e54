public import SchemaModel

// An operation is one field: its number is the kind of operation, its message the parts.

extension Operation {
  /// Writes the operation as one field, whose number is its kind.
  public func encode(into writer: inout FieldWriter) {
    switch self {
    case .createObject(let change): writer.message(1, path: change.path, object: change.object)
    case .dropObject(let change): writer.message(2, path: change.path, object: change.object)
    case .renameObject(let change):
      writer.message(3, path: change.path) { writer in
        writer.message(2) { change.newPath.encode(into: &$0) }
      }
    case .replaceObject(let change):
      writer.message(4, path: change.path) { writer in
        writer.message(2) { change.before.encode(into: &$0) }
        writer.message(3) { change.after.encode(into: &$0) }
      }
    case .annotateObject(let change):
      writer.message(5, path: change.path) { writer in
        writer.message(2) { change.before.encode(into: &$0) }
        writer.message(3) { change.after.encode(into: &$0) }
      }
    case .alterTable(let change):
      writer.message(6, path: change.table) { writer in
        writer.dictionary(2, change.before)
        writer.dictionary(3, change.after)
      }
    case .addColumn(let change):
      writer.message(7, change.table, change.column, change.position)
    case .dropColumn(let change):
      writer.message(8, change.table, change.column, change.position)
    case .renameColumn(let change):
      writer.message(9, path: change.table) { writer in
        writer.text(2, change.name)
        writer.text(3, change.newName)
      }
    case .alterColumn(let change):
      writer.message(10, path: change.table) { writer in
        writer.message(2) { change.before.encode(into: &$0) }
        writer.message(3) { change.after.encode(into: &$0) }
      }
    case .reorderColumns(let change):
      writer.message(11, path: change.table) { writer in
        writer.texts(2, change.before)
        writer.texts(3, change.after)
      }
    case .addConstraint(let change):
      writer.message(12, path: change.table) { writer in
        writer.message(2) { change.constraint.encode(into: &$0) }
      }
    case .dropConstraint(let change):
      writer.message(13, path: change.table) { writer in
        writer.message(2) { change.constraint.encode(into: &$0) }
      }
    case .alterConstraint(let change):
      writer.message(14, path: change.table) { writer in
        writer.message(2) { change.before.encode(into: &$0) }
        writer.message(3) { change.after.encode(into: &$0) }
      }
    case .rewriteText(let change):
      writer.message(15, path: change.table) { writer in
        writer.number(2, UInt64(max(0, change.edit.offset)))
        writer.text(3, change.edit.removed)
        writer.text(4, change.edit.inserted)
        writer.number(5, UInt64(max(0, change.edit.byteCount)))
      }
    case .statement(let change):
      writer.message(16) { writer in
        writer.text(2, change.sql)
        writer.number(3, UInt64(max(0, change.count)))
      }
    }
  }

  /// Reads the one field that is an operation.
  /// - Throws: `FormatError` for a kind that this Strata does not know, or none.
  public init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    while let field = try reader.next() {
      if let operation = try Self.decode(field) {
        self = operation
        return
      }
      throw .unknownKind(field.number, of: "an operation")
    }
    throw .missingField("kind", of: "an operation")
  }

  private static func decode(_ field: FieldReader.Field) throws(FormatError) -> Operation? {
    let parts = try OperationParts(field)
    switch field.number {
    case 1: return .createObject(CreateObject(path: try parts.path(), object: try parts.object(2)))
    case 2: return .dropObject(DropObject(path: try parts.path(), object: try parts.object(2)))
    case 3:
      let newPath = try ObjectPath(from: parts.message(2))
      return .renameObject(RenameObject(path: try parts.path(), newPath: newPath))
    case 4:
      return .replaceObject(
        ReplaceObject(
          path: try parts.path(), before: try parts.object(2), after: try parts.object(3)))
    case 5:
      return .annotateObject(
        AnnotateObject(
          path: try parts.path(), before: try .init(from: parts.message(2)),
          after: try .init(from: parts.message(3))))
    case 6:
      return .alterTable(
        AlterTable(
          table: try parts.path(), before: try parts.dictionary(2),
          after: try parts.dictionary(3)))
    case 7:
      return .addColumn(
        AddColumn(
          table: try parts.path(), column: try parts.column(2), position: try parts.count(3)))
    case 8:
      return .dropColumn(
        DropColumn(
          table: try parts.path(), column: try parts.column(2), position: try parts.count(3)))
    default: return try decodeLater(field.number, parts)
    }
  }

  private static func decodeLater(
    _ kind: UInt64, _ parts: OperationParts
  ) throws(FormatError) -> Operation? {
    switch kind {
    case 9:
      return .renameColumn(
        RenameColumn(table: try parts.path(), name: try parts.text(2), newName: try parts.text(3)))
    case 10:
      return .alterColumn(
        AlterColumn(
          table: try parts.path(), before: try parts.column(2), after: try parts.column(3)))
    case 11:
      return .reorderColumns(
        ReorderColumns(
          table: try parts.path(), before: try parts.texts(2), after: try parts.texts(3)))
    case 12:
      return .addConstraint(
        AddConstraint(table: try parts.path(), constraint: try parts.constraint(2)))
    case 13:
      return .dropConstraint(
        DropConstraint(table: try parts.path(), constraint: try parts.constraint(2)))
    case 14:
      return .alterConstraint(
        AlterConstraint(
          table: try parts.path(), before: try parts.constraint(2),
          after: try parts.constraint(3)))
    case 15:
      let edit = TextEdit(
        offset: try parts.count(2), removed: try parts.text(3), inserted: try parts.text(4),
        byteCount: try parts.count(5))
      return .rewriteText(RewriteText(table: try parts.path(), edit: edit))
    case 16:
      return .statement(Statement(sql: try parts.text(2), count: try parts.count(3)))
    default: return nil
    }
  }
}

/// The fields of one operation, by number.
private struct OperationParts {
  private var fields: [FieldReader.Field] = []

  init(_ field: FieldReader.Field) throws(FormatError) {
    var reader = try field.message("an operation")
    while let part = try reader.next() { fields.append(part) }
  }

  private func field(_ number: UInt64) -> FieldReader.Field? {
    fields.first { $0.number == number }
  }

  func message(_ number: UInt64) throws(FormatError) -> FieldReader {
    guard let field = field(number) else {
      throw .missingField("\(number)", of: "an operation")
    }
    return try field.message("an operation's part")
  }

  func path() throws(FormatError) -> ObjectPath { try ObjectPath(from: message(1)) }
  func object(_ number: UInt64) throws(FormatError) -> SchemaObject {
    try SchemaObject(from: message(number))
  }
  func column(_ number: UInt64) throws(FormatError) -> Column {
    try Column.decoded(from: message(number))
  }
  func constraint(_ number: UInt64) throws(FormatError) -> Constraint {
    try Constraint(from: message(number))
  }
  func count(_ number: UInt64) throws(FormatError) -> Int { try field(number)?.count() ?? 0 }
  func text(_ number: UInt64) throws(FormatError) -> String { try field(number)?.text() ?? "" }

  func texts(_ number: UInt64) throws(FormatError) -> [String] {
    var result: [String] = []
    for field in fields where field.number == number { result.append(try field.text()) }
    return result
  }

  func dictionary(_ number: UInt64) throws(FormatError) -> [String: String] {
    var result: [String: String] = [:]
    for field in fields where field.number == number { try field.entry(into: &result) }
    return result
  }
}

extension FieldWriter {
  fileprivate mutating func message(
    _ field: UInt64, path: ObjectPath, _ body: (inout FieldWriter) -> Void
  ) {
    message(field) { writer in
      writer.message(1) { path.encode(into: &$0) }
      body(&writer)
    }
  }

  fileprivate mutating func message(_ field: UInt64, path: ObjectPath, object: SchemaObject) {
    message(field, path: path) { writer in writer.message(2) { object.encode(into: &$0) } }
  }

  fileprivate mutating func message(
    _ field: UInt64, _ table: ObjectPath, _ column: Column, _ position: Int
  ) {
    message(field, path: table) { writer in
      writer.message(2) { column.encode(into: &$0) }
      writer.number(3, UInt64(max(0, position)))
    }
  }
}

extension AnnotateObject.Notes {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, optional: comment)
    writer.text(2, optional: owner)
    writer.texts(3, grants)
    for path in dependencies { writer.message(4) { path.encode(into: &$0) } }
    writer.parts(5, partDependencies)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: comment = try field.text()
      case 2: owner = try field.text()
      case 3: grants.append(try field.text())
      case 4: dependencies.append(try ObjectPath(from: field.message("a dependency")))
      case 5: try field.part(into: &partDependencies)
      default: break
      }
    }
  }
}
