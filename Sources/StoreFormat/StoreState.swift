public import SchemaModel

/// What the log says of itself: one record in its `meta` database.
public struct StoreState: Hashable, Sendable {
  /// What this Strata writes, and the newest that it reads.
  public static let formatVersion: UInt64 = 1

  /// The product that the history is of.
  public var dialect: Dialect
  /// The newest event; 0 before the first.
  public var lastSequence: EventSequence
  /// The hash of the newest event: what the next one links to.
  public var lastHash: ContentHash
  /// The first event that is not archived, and the hash that it links to.
  public var firstSequence: EventSequence
  /// The hash that the first event that is not archived links to.
  public var firstPrevious: ContentHash
  /// The revisions that nothing has as a parent.
  public var heads: [RevisionID]
  /// The root of replay, where the history was truncated.
  public var root: RevisionID?
  /// Oldest first, each with the truncation event that made it.
  public var segments: [ArchivedSegmentState]
  /// The bookkeeping tables that were noted.
  public var runners: [RunnerTable]
  /// Migration tools' tables that are part of the schema, by their names.
  public var keptTables: [String]
  /// A rewriting of a migrations folder that was decided but is not known to be done.
  public var pending: PendingFolder?
  /// The number of the LMDB transaction that wrote it, by which a log that was set back is told; nil
  /// where a version wrote it that did not note it.
  public var transaction: UInt64?

  /// The state of a log without an event.
  public init(dialect: Dialect) {
    self.dialect = dialect
    lastSequence = EventSequence(0)
    lastHash = EventRecord.origin
    firstSequence = EventSequence(1)
    firstPrevious = EventRecord.origin
    heads = []
    segments = []
    runners = []
    keptTables = []
  }

  /// The state as the database `meta` holds it.
  public var bytes: [UInt8] {
    var writer = FieldWriter()
    writer.number(1, Self.formatVersion)
    writer.text(2, dialect.rawValue)
    writer.number(3, lastSequence.value)
    writer.hash(4, lastHash)
    writer.number(5, firstSequence.value)
    writer.hash(6, firstPrevious)
    writer.texts(7, heads.map(\.text))
    writer.text(8, optional: root?.text)
    for segment in segments {
      writer.message(9) { writer in
        writer.message(1) { segment.reference.encode(into: &$0) }
        writer.number(2, segment.truncation.value)
      }
    }
    for runner in runners {
      writer.message(10) {
        $0.text(1, runner.name)
        $0.text(2, runner.definition)
      }
    }
    if let pending { writer.message(11) { pending.encode(into: &$0) } }
    writer.texts(12, keptTables)
    writer.number(13, transaction ?? 0)
    return writer.bytes
  }

  /// Reads a state.
  /// - Throws: `FormatError.newerVersion` before anything else is read; others for bytes that are
  ///   none.
  public init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    let what: StaticString = "the state of the log"
    var reader = FieldReader(bytes, of: what)
    self.init(dialect: try Self.dialect(reader, of: what))
    while let field = try reader.next() {
      switch field.number {
      case 3: lastSequence = EventSequence(try field.integer())
      case 4: lastHash = try field.hash()
      case 5: firstSequence = EventSequence(try field.integer())
      case 6: firstPrevious = try field.hash()
      case 7: heads.append(RevisionID(try field.text()))
      case 8: root = RevisionID(try field.text())
      case 9: segments.append(try ArchivedSegmentState(from: field.message("a segment")))
      case 10: runners.append(try Self.runner(field))
      case 11: pending = try PendingFolder(from: field.message("a pending folder"))
      case 12: keptTables.append(try field.text())
      case 13: transaction = try field.integer()
      default: break
      }
    }
    guard firstSequence.value > 0 else {
      throw .malformed("\(what)", expected: "a first event from 1 on")
    }
  }

  /// A state that is, to the byte, what this version writes, but for the number of its version. A newer
  /// format would show in it as well: then only that number is damaged.
  /// - Returns: nil for any other bytes.
  public static func withOtherVersion(_ bytes: UnsafeRawBufferPointer) -> StoreState? {
    // The version's field is the first, and its number one byte.
    var known = Array(bytes)
    guard known.count > 1, known[1] != UInt8(formatVersion) else { return nil }
    known[1] = UInt8(formatVersion)
    let state = known.withUnsafeBytes { try? StoreState($0) }
    return state?.bytes == known ? state : nil
  }

  /// Looks at the version before anything else: a newer one may mean something else by the rest.
  private static func dialect(
    _ reader: FieldReader, of what: StaticString
  ) throws(FormatError) -> Dialect {
    var reader = reader
    var version: UInt64 = 0
    while let field = try reader.next() {
      switch field.number {
      case 1:
        version = try field.integer()
        guard version <= formatVersion else {
          throw .newerVersion(found: version, known: formatVersion, of: "the store")
        }
      case 2:
        guard version > 0, let dialect = Dialect(rawValue: try field.text()) else { break }
        return dialect
      default: break
      }
    }
    throw .missingField("version or dialect", of: "\(what)")
  }

  private static func runner(_ field: FieldReader.Field) throws(FormatError) -> RunnerTable {
    var reader = try field.message("a runner's table")
    var texts: [UInt64: String] = [:]
    while let part = try reader.next() { texts[part.number] = try part.text() }
    return RunnerTable(name: texts[1] ?? "", definition: texts[2] ?? "")
  }
}

/// A segment as the live log knows it.
public struct ArchivedSegmentState: Hashable, Sendable {
  /// The segment's file, hash and range.
  public var reference: SegmentReference
  /// The sequence of the truncation that made it.
  public var truncation: EventSequence

  public init(reference: SegmentReference, truncation: EventSequence) {
    self.reference = reference
    self.truncation = truncation
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    var reference: SegmentReference?
    var truncation: UInt64 = 0
    while let field = try reader.next() {
      switch field.number {
      case 1: reference = try SegmentReference(from: field.message("a segment's reference"))
      case 2: truncation = try field.integer()
      default: break
      }
    }
    guard let reference else { throw .missingField("reference", of: "a segment") }
    self.init(reference: reference, truncation: EventSequence(truncation))
  }
}

/// Files to be written and removed, whole, so that the work can be finished after a crash.
public struct PendingFolder: Hashable, Sendable {
  /// Absolute path, as the store says: a hint, never a place to write to by itself.
  public var directory: String
  /// Path relative to the directory -> the file's bytes.
  public var writes: [ExactText: [UInt8]]
  /// Files to remove, by paths relative to the folder.
  public var removes: [String]
  /// Folders that are removed where nothing is left in them, by paths relative to the folder.
  public var emptied: [String]

  public init(
    directory: String, writes: [ExactText: [UInt8]], removes: [String], emptied: [String] = []
  ) {
    self.directory = directory
    self.writes = writes
    self.removes = removes
    self.emptied = emptied
  }

  func encode(into writer: inout FieldWriter) {
    writer.text(1, directory)
    for (path, bytes) in writes.sorted(by: { $0.key < $1.key }) {
      writer.message(2) {
        $0.text(1, path.text)
        $0.key(2, counted: true)
        $0.varint(UInt64(bytes.count))
        $0.append(contentsOf: bytes)
      }
    }
    writer.texts(3, removes.sorted())
    writer.texts(4, emptied.sorted())
  }

  init(from reader: FieldReader) throws(FormatError) {
    var reader = reader
    self.init(directory: "", writes: [:], removes: [])
    while let field = try reader.next() {
      switch field.number {
      case 1: directory = try field.text()
      case 2:
        var file = try field.message("a pending file")
        var path = ""
        var bytes: [UInt8] = []
        while let part = try file.next() {
          if part.number == 1 { path = try part.text() }
          if part.number == 2 { bytes = Array(try part.content()) }
        }
        writes[path] = bytes
      case 3: removes.append(try field.text())
      case 4: emptied.append(try field.text())
      default: break
      }
    }
    guard StoredPath.isAbsolute(directory),
      (writes.keys.texts + removes + emptied).allSatisfy(StoredPath.isRelative)
    else {
      throw .malformed(
        "a pending folder", expected: "an absolute path, and paths that stay in the folder")
    }
  }
}
