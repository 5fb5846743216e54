import SchemaModel

extension Event.Fact {
  /// The byte that says which fact a record holds.
  var code: UInt8 {
    switch self {
    case .opened: 1
    case .revisionRecorded: 2
    case .operation: 3
    case .tagged: 4
    case .tagDeleted: 5
    case .truncated: 6
    case .restored: 7
    case .runnerNoted: 8
    case .signed: 9
    }
  }

  /// The version of a record that holds it. Readers from before there was a fact refuse its records by
  /// their version, where an unknown code would look like damage.
  var recordVersion: UInt8 {
    if case .signed = self { return EventRecord.signedVersion }
    return EventRecord.version
  }

  func encode(into writer: inout FieldWriter) {
    switch self {
    case .opened(let opening):
      writer.text(1, opening.dialect.rawValue)
      writer.text(2, opening.writer)
      writer.texts(3, opening.keptTables)
    case .revisionRecorded(let revision): revision.encode(into: &writer)
    case .operation(let operation, let revision):
      writer.number(1, revision.value)
      writer.message(2) { operation.encode(into: &$0) }
    case .tagged(let name, let revision):
      writer.text(1, name)
      writer.text(2, revision.text)
    case .tagDeleted(let name): writer.text(1, name)
    case .truncated(let truncation): truncation.encode(into: &writer)
    case .restored(let restoration): restoration.encode(into: &writer)
    case .runnerNoted(let runner):
      writer.text(1, runner.name)
      writer.text(2, runner.definition)
    case .signed(let signature): signature.encode(into: &writer)
    }
  }

  init(code: UInt8, from reader: FieldReader) throws(FormatError) {
    switch code {
    case 1: self = .opened(try Opening(from: reader))
    case 2: self = .revisionRecorded(try Revision(from: reader))
    case 3: self = try Self.operation(from: reader)
    case 4:
      let texts = try Self.texts(reader)
      self = .tagged(name: texts[1] ?? "", revision: RevisionID(texts[2] ?? ""))
    case 5: self = .tagDeleted(name: try Self.texts(reader)[1] ?? "")
    case 6: self = .truncated(try Truncation(from: reader))
    case 7: self = .restored(try Restoration(from: reader))
    case 8:
      let texts = try Self.texts(reader)
      self = .runnerNoted(RunnerTable(name: texts[1] ?? "", definition: texts[2] ?? ""))
    case 9: self = .signed(try EventSignature(from: reader))
    default: throw .unknownKind(UInt64(code), of: "an event")
    }
  }

  private static func texts(_ reader: FieldReader) throws(FormatError) -> [UInt64: String] {
    var reader = reader
    var texts: [UInt64: String] = [:]
    while let field = try reader.next() { texts[field.number] = try field.text() }
    return texts
  }

  private static func operation(from reader: FieldReader) throws(FormatError) -> Self {
    var reader = reader
    var revision: UInt64 = 0
    var operation: Operation?
    while let field = try reader.next() {
      switch field.number {
      case 1: revision = try field.integer()
      case 2: operation = try Operation(from: field.message("an operation"))
      default: break
      }
    }
    guard let operation else { throw .missingField("operation", of: "an event") }
    return .operation(operation, revision: EventSequence(revision))
  }
}

extension Opening {
  fileprivate init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var dialect: Dialect?
    var author = ""
    var keptTables: [String] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: dialect = Dialect(rawValue: try field.text())
      case 2: author = try field.text()
      case 3: keptTables.append(try field.text())
      default: break
      }
    }
    guard let dialect else { throw .missingField("dialect", of: "the opening event") }
    self.init(dialect: dialect, writer: author, keptTables: keptTables)
  }
}
