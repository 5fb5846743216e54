public import SchemaModel

/// What the log's index knows of a revision: enough to find its schema and its place in the graph
/// without reading its event.
public struct RevisionEntry: Hashable, Sendable {
  /// The sequence of the revision's own event.
  public var sequence: EventSequence
  /// How many operation events follow the revision's own.
  public var operationCount: Int
  /// The root of the schema's snapshot.
  public var snapshot: ContentHash
  /// The root of the seed rows; nil where there are none.
  public var rows: ContentHash?
  /// As in the revision's event.
  public var parents: [RevisionID]
  /// As in the revision's event.
  public var dependsOn: [RevisionID]
  /// The truncation whose root this revision is: what lies before it is archived.
  public var truncation: EventSequence?
  /// The bytes of the snapshot's root, so that a question needs one read less; empty where the
  /// entry was written without.
  public var rootNode: [UInt8]

  public init(
    sequence: EventSequence, operationCount: Int, snapshot: ContentHash, rows: ContentHash?,
    parents: [RevisionID], dependsOn: [RevisionID], truncation: EventSequence? = nil,
    rootNode: [UInt8] = []
  ) {
    self.sequence = sequence
    self.operationCount = operationCount
    self.snapshot = snapshot
    self.rows = rows
    self.parents = parents
    self.dependsOn = dependsOn
    self.truncation = truncation
    self.rootNode = rootNode
  }

  /// The entry of a revision whose event has this sequence.
  public init(_ revision: Revision, sequence: EventSequence) {
    self.init(
      sequence: sequence, operationCount: revision.operationCount,
      snapshot: revision.snapshot.hash, rows: revision.rows, parents: revision.parents,
      dependsOn: revision.dependsOn)
  }

  /// The sequence after its last operation's.
  public var endSequence: EventSequence {
    EventSequence(sequence.value &+ UInt64(clamping: operationCount) &+ 1)
  }

  /// The entry as the database `revisions` holds it.
  public var bytes: [UInt8] {
    var writer = FieldWriter(reserving: 128 + rootNode.count)
    writer.number(1, sequence.value)
    writer.number(2, UInt64(clamping: operationCount))
    writer.hash(3, snapshot)
    writer.hash(4, rows)
    writer.texts(5, parents.map(\.text))
    writer.texts(6, dependsOn.map(\.text))
    writer.number(7, truncation?.value ?? 0)
    writer.bytes(8, rootNode)
    return writer.bytes
  }

  /// Reads an entry.
  /// - Throws: `FormatError` for bytes that are none.
  public init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = FieldReader(bytes, of: "a revision's entry")
    var sequence: UInt64 = 0
    var count = 0
    var snapshot: ContentHash?
    var rows: ContentHash?
    var parents: [RevisionID] = []
    var dependsOn: [RevisionID] = []
    var truncation: UInt64 = 0
    var rootNode: [UInt8] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: sequence = try field.integer()
      case 2: count = try field.count()
      case 3: snapshot = try field.hash()
      case 4: rows = try field.hash()
      case 5: parents.append(RevisionID(try field.text()))
      case 6: dependsOn.append(RevisionID(try field.text()))
      case 7: truncation = try field.integer()
      case 8: rootNode = Array(try field.content())
      default: break
      }
    }
    guard let snapshot else { throw .missingField("snapshot", of: "a revision's entry") }
    self.init(
      sequence: EventSequence(sequence), operationCount: count, snapshot: snapshot, rows: rows,
      parents: parents, dependsOn: dependsOn,
      truncation: truncation == 0 ? nil : EventSequence(truncation),
      rootNode: rootNode)
  }

  /// The sequence alone, for those who look at many entries.
  public static func sequence(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> EventSequence
  {
    var reader = FieldReader(bytes, of: "a revision's entry")
    while let field = try reader.next() {
      if field.number == 1 { return EventSequence(try field.integer()) }
    }
    return EventSequence(0)
  }

  /// The root of the snapshot alone, for those who ask for nothing else of an entry; valid as long
  /// as the bytes are.
  public static func root(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> SnapshotRoot {
    var reader = FieldReader(bytes, of: "a revision's entry")
    var snapshot: ContentHash?
    var node: UnsafeRawBufferPointer?
    while let field = try reader.next() {
      switch field.number {
      case 3: snapshot = try field.hash()
      case 8: node = try field.content()
      default: break
      }
    }
    guard let snapshot else { throw .missingField("snapshot", of: "a revision's entry") }
    return SnapshotRoot(snapshot, node: node)
  }
}
