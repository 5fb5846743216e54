/// One immutable record of the log: an operation, or a fact about the history itself.
public struct Event: Hashable, Sendable {
  /// Its place in the log.
  public var sequence: EventSequence
  /// When it was recorded.
  public var time: Timestamp
  /// Who recorded it: `name <address>` or a program's name.
  public var actor: String
  /// What it records.
  public var fact: Fact

  public init(sequence: EventSequence, time: Timestamp, actor: String, fact: Fact) {
    self.sequence = sequence
    self.time = time
    self.actor = actor
    self.fact = fact
  }

  /// What an event can record; each case has a code on disk that never changes.
  public enum Fact: Hashable, Sendable {
    case opened(Opening)
    /// Followed by its operations, one event each.
    case revisionRecorded(Revision)
    /// `revision`: the sequence of the event of the revision that it belongs to.
    case operation(Operation, revision: EventSequence)
    case tagged(name: String, revision: RevisionID)
    case tagDeleted(name: String)
    case truncated(Truncation)
    case restored(Restoration)
    case runnerNoted(RunnerTable)
    /// Of the events right before it.
    case signed(EventSignature)

    /// The stable word for it, as the audit prints and filters it.
    public var kind: String {
      switch self {
      case .opened: "opened"
      case .revisionRecorded: "revision recorded"
      case .operation(let operation, _): operation.kind
      case .tagged: "tagged"
      case .tagDeleted: "tag deleted"
      case .truncated: "truncated"
      case .restored: "restored"
      case .runnerNoted: "runner noted"
      case .signed: "signed"
      }
    }
  }
}

/// The first event of every history.
public struct Opening: Hashable, Sendable {
  /// The product that the history is of, for good.
  public var dialect: Dialect
  /// The version of Strata that made the store.
  public var writer: String
  /// Migration tools' tables that are to be part of the schema, by their names.
  public var keptTables: [String]

  public init(dialect: Dialect, writer: String, keptTables: [String] = []) {
    self.dialect = dialect
    self.writer = writer
    self.keptTables = keptTables
  }
}

/// An Ed25519 signature of the events that one transaction wrote: from `first` to the one before its own.
public struct EventSignature: Hashable, Sendable {
  /// The first event that is signed.
  public var first: EventSequence
  /// The public key: 32 bytes, of a sound one.
  public var key: [UInt8]
  /// 64 bytes, of a sound one.
  public var signature: [UInt8]

  public init(first: EventSequence, key: [UInt8], signature: [UInt8]) {
    self.first = first
    self.key = key
    self.signature = signature
  }
}

/// The snapshot event: the whole schema at the cut, and what was archived.
public struct Truncation: Hashable, Sendable {
  /// The new replay root, with all that was recorded of it.
  public var revision: Revision
  /// The whole schema at the root, inline: replay needs nothing older.
  public var schema: Schema
  /// What was archived, as one file.
  public var segment: SegmentReference
  /// Why, in the words of who cut; empty where nothing was said.
  public var reason: String
  /// The migrations folder that was rewritten with it, if any.
  public var folder: FolderRewrite?
  /// The checks that were made before the cut, one line each.
  public var proof: [String]

  public init(
    revision: Revision, schema: Schema, segment: SegmentReference,
    reason: String = "", folder: FolderRewrite? = nil, proof: [String] = []
  ) {
    self.revision = revision
    self.schema = schema
    self.segment = segment
    self.reason = reason
    self.folder = folder
    self.proof = proof
  }
}

extension Truncation {
  /// The revision from which on the history is replayed.
  public var root: RevisionID { revision.id }
  /// The fingerprint of the schema at the root.
  public var snapshot: Fingerprint { revision.snapshot }
}

/// One archived range of the log.
public struct SegmentReference: Hashable, Sendable {
  /// The file's name in `archive/`.
  public var name: String
  /// SHA-256 of the file.
  public var hash: ContentHash
  /// The file's size.
  public var byteCount: UInt64
  /// The first event in it.
  public var first: EventSequence
  /// The last event in it.
  public var last: EventSequence
  /// The chain's hash at `last`: what the first kept event links to.
  public var lastHash: ContentHash
  /// How many revisions' events are in it, the root's too.
  public var revisionCount: Int

  public init(
    name: String, hash: ContentHash, byteCount: UInt64, first: EventSequence,
    last: EventSequence, lastHash: ContentHash, revisionCount: Int
  ) {
    self.name = name
    self.hash = hash
    self.byteCount = byteCount
    self.first = first
    self.last = last
    self.lastHash = lastHash
    self.revisionCount = revisionCount
  }
}

/// What truncation did to a migrations folder: one baseline in, the archived files out.
public struct FolderRewrite: Hashable, Sendable {
  /// What kind of folder it is.
  public var format: SourceFile.Format
  /// Absolute path of the folder.
  public var directory: String
  /// The baseline's files, relative to the folder, with the hash under which their text is kept.
  public var added: [ExactText: ContentHash]
  /// The files that left, relative to the folder, with the hash under which their text is kept.
  public var removed: [ExactText: ContentHash]

  public init(
    format: SourceFile.Format, directory: String, added: [ExactText: ContentHash],
    removed: [ExactText: ContentHash]
  ) {
    self.format = format
    self.directory = directory
    self.added = added
    self.removed = removed
  }
}

/// A segment that was put back.
public struct Restoration: Hashable, Sendable {
  /// What came back into the log.
  public var segment: SegmentReference
  /// The truncation event that it takes back.
  public var truncation: EventSequence
  /// What was done to a migrations folder, if one was named.
  public var folder: FolderRewrite?

  public init(segment: SegmentReference, truncation: EventSequence, folder: FolderRewrite? = nil) {
    self.segment = segment
    self.truncation = truncation
    self.folder = folder
  }
}

/// The bookkeeping table of a migration tool: no part of the schema, but a database made from a
/// baseline needs it, stamped, for the tool to go on from there.
public struct RunnerTable: Hashable, Sendable {
  /// The table's name, with its schema where the tool names one.
  public var name: String
  /// The engine's own CREATE text of it.
  public var definition: String

  /// Whether its one row is the revision that a database is at (Alembic's, under whatever name): others
  /// hold more than a history knows.
  var holdsRevision: Bool { definition.contains("version_num") }

  /// One table in each of several schemas makes one definition: of each its own.
  public static func definition(of tables: [String]) -> String { tables.joined(separator: ";\n") }

  /// The definition, by its tables.
  var tables: [String] {
    let separator = ";\nCREATE TABLE "
    let parts = definition.split(separator: separator, omittingEmptySubsequences: false)
    return parts.prefix(1).map(String.init) + parts.dropFirst().map { "CREATE TABLE " + $0 }
  }

  public init(name: String, definition: String) {
    self.name = name
    self.definition = definition
  }
}
