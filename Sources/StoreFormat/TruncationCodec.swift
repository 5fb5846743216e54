public import SchemaModel

extension Truncation {
  func encode(into writer: inout FieldWriter) {
    writer.message(1) { revision.encode(into: &$0) }
    for path in schema.paths {
      guard let object = schema.object(at: path) else { continue }
      writer.message(3) { writer in
        writer.message(1) { path.encode(into: &$0) }
        writer.message(2) { object.encode(into: &$0) }
      }
    }
    writer.message(4) { segment.encode(into: &$0) }
    writer.text(5, reason)
    if let folder { writer.message(6) { folder.encode(into: &$0) } }
    writer.texts(7, proof)
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var revision: Revision?
    var schema = Schema()
    var segment: SegmentReference?
    var reason = ""
    var folder: FolderRewrite?
    var proof: [String] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: revision = try Revision(from: field.message("a revision"))
      case 3: try Self.decode(field.message("an object of a snapshot"), into: &schema)
      case 4: segment = try SegmentReference(from: field.message("a segment's reference"))
      case 5: reason = try field.text()
      case 6: folder = try FolderRewrite(from: field.message("a folder's rewriting"))
      case 7: proof.append(try field.text())
      default: break
      }
    }
    guard let revision, let segment else {
      throw .missingField("revision or segment", of: "a truncation")
    }
    self.init(
      revision: revision, schema: schema, segment: segment, reason: reason, folder: folder,
      proof: proof)
  }

  private static func decode(
    _ reader: FieldReader, into schema: inout Schema
  ) throws(FormatError) {
    var reader = reader
    var path: ObjectPath?
    var object: SchemaObject?
    while let field = try reader.next() {
      switch field.number {
      case 1: path = try ObjectPath(from: field.message("an object's path"))
      case 2: object = try SchemaObject(from: field.message("an object"))
      default: break
      }
    }
    guard let path, let object else {
      throw .missingField("path or object", of: "a truncation's snapshot")
    }
    schema.put(object, at: path)
  }
}

extension SegmentReference {
  /// Writes the fields.
  public func encode(into writer: inout FieldWriter) {
    writer.text(1, name)
    writer.hash(2, hash)
    writer.number(3, byteCount)
    writer.number(4, first.value)
    writer.number(5, last.value)
    writer.hash(6, lastHash)
    writer.number(7, UInt64(max(0, revisionCount)))
  }

  /// Reads the fields.
  /// - Throws: `FormatError` for a name or a path that leads elsewhere (`StoredPath`), and for
  ///   fields that are none's.
  public init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var name = ""
    var hash: ContentHash?
    var lastHash: ContentHash?
    var numbers: [UInt64: UInt64] = [:]
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: hash = try field.hash()
      case 6: lastHash = try field.hash()
      case 3, 4, 5, 7: numbers[field.number] = try field.integer()
      default: break
      }
    }
    guard let hash, let lastHash, let revisions = Int(exactly: numbers[7] ?? 0) else {
      throw .missingField("hash", of: "a segment's reference")
    }
    guard StoredPath.isName(name), name.hasSuffix(".segment") else {
      throw .malformed("a segment's reference", expected: "the name of a file in the archive")
    }
    self.init(
      name: name, hash: hash, byteCount: numbers[3] ?? 0, first: EventSequence(numbers[4] ?? 0),
      last: EventSequence(numbers[5] ?? 0), lastHash: lastHash, revisionCount: revisions)
  }
}

extension FolderRewrite {
  /// Writes the fields.
  public func encode(into writer: inout FieldWriter) {
    writer.number(1, UInt64(format.rawValue))
    writer.text(2, directory)
    for (number, files) in [(UInt64(3), added), (4, removed)] {
      for (path, hash) in files.sorted(by: { $0.key < $1.key }) {
        writer.message(number) {
          $0.text(1, path.text)
          $0.hash(2, hash)
        }
      }
    }
  }

  /// Reads the fields.
  /// - Throws: `FormatError` for a name or a path that leads elsewhere (`StoredPath`), and for
  ///   fields that are none's.
  public init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var format = SourceFile.Format.alembic
    var directory = ""
    var files: [UInt64: [ExactText: ContentHash]] = [:]
    while let field = try reader.next() {
      switch field.number {
      case 1: format = try SourceFile.Format(stored: field)
      case 2:
        directory = try field.text()
        guard StoredPath.isAbsolute(directory) else {
          throw .malformed("a folder's rewriting", expected: "an absolute path")
        }
      case 3, 4:
        var entry = try field.message("a file of a folder's rewriting")
        var path = ""
        while let part = try entry.next() {
          if part.number == 1 {
            path = try part.text()
            guard StoredPath.isRelative(path) else {
              throw .malformed("a folder's rewriting", expected: "paths that stay in the folder")
            }
          }
          if part.number == 2 { files[field.number, default: [:]][path] = try part.hash() }
        }
      default: break
      }
    }
    guard files.values.allSatisfy({ $0[""] == nil }) else {
      throw .missingField("path", of: "a file of a folder's rewriting")
    }
    self.init(
      format: format, directory: directory, added: files[3] ?? [:], removed: files[4] ?? [:])
  }
}

extension Restoration {
  func encode(into writer: inout FieldWriter) {
    writer.message(1) { segment.encode(into: &$0) }
    writer.number(2, truncation.value)
    if let folder { writer.message(3) { folder.encode(into: &$0) } }
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var segment: SegmentReference?
    var truncation: UInt64 = 0
    var folder: FolderRewrite?
    while let field = try reader.next() {
      switch field.number {
      case 1: segment = try SegmentReference(from: field.message("a segment's reference"))
      case 2: truncation = try field.integer()
      case 3: folder = try FolderRewrite(from: field.message("a folder's rewriting"))
      default: break
      }
    }
    guard let segment else { throw .missingField("segment", of: "a restoration") }
    self.init(segment: segment, truncation: EventSequence(truncation), folder: folder)
  }
}
