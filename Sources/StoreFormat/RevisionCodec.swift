import SchemaModel

extension Revision {
  func encode(into writer: inout FieldWriter) {
    writer.text(1, id.text)
    writer.texts(2, parents.map(\.text))
    writer.texts(3, dependsOn.map(\.text))
    writer.texts(4, labels)
    writer.text(5, optional: author)
    writer.text(6, message)
    writer.signed(7, authored?.milliseconds)
    writer.texts(8, warnings)
    if let source { writer.message(9) { source.encode(into: &$0) } }
    writer.hash(10, snapshot.hash)
    writer.hash(11, rows)
    writer.number(12, UInt64(max(0, operationCount)))
    writer.text(13, optional: engine)
    writer.number(14, UInt64(max(0, spellingCount)))
    writer.text(15, optional: tool)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var draft = RevisionDraft(id: "")
    var source: SourceReference?
    var snapshot: ContentHash?
    var rows: ContentHash?
    var operationCount = 0
    var engine: String?
    var spellingCount = 0
    while let field = try reader.next() {
      switch field.number {
      case 1: draft.id = RevisionID(try field.text())
      case 2: draft.parents.append(RevisionID(try field.text()))
      case 3: draft.dependsOn.append(RevisionID(try field.text()))
      case 4: draft.labels.append(try field.text())
      case 5: draft.author = try field.text()
      case 6: draft.message = try field.text()
      case 7: draft.authored = Timestamp(milliseconds: try field.signed())
      case 8: draft.warnings.append(try field.text())
      case 9: source = try SourceReference(from: field.message("a source"))
      case 10: snapshot = try field.hash()
      case 11: rows = try field.hash()
      case 12: operationCount = try field.count()
      case 13: engine = try field.text()
      case 14: spellingCount = try field.count()
      case 15: draft.tool = try field.text()
      default: break
      }
    }
    guard let snapshot else { throw .missingField("snapshot", of: "a revision") }
    self.init(
      draft: draft, source: source, snapshot: Fingerprint(snapshot), rows: rows,
      operationCount: operationCount, engine: engine, spellingCount: spellingCount)
  }
}

extension SourceReference {
  func encode(into writer: inout FieldWriter) {
    writer.number(1, UInt64(format.rawValue))
    writer.text(2, path)
    writer.hash(3, up)
    writer.text(4, optional: downPath)
    writer.hash(5, down)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var format: SourceFile.Format?
    var path = ""
    var up: ContentHash?
    var downPath: String?
    var down: ContentHash?
    while let field = try reader.next() {
      switch field.number {
      case 1: format = try SourceFile.Format(stored: field)
      case 2: path = try field.text()
      case 3: up = try field.hash()
      case 4: downPath = try field.text()
      case 5: down = try field.hash()
      default: break
      }
    }
    guard let format, let up else { throw .missingField("format or text", of: "a source") }
    self.init(format: format, path: path, up: up, downPath: downPath, down: down)
  }
}

extension SourceFile.Format {
  init(stored field: FieldReader.Field) throws(FormatError) {
    let value = try field.integer()
    guard let known = UInt8(exactly: value).flatMap(Self.init(rawValue:)) else {
      throw .unknownKind(value, of: "a source")
    }
    self = known
  }
}
