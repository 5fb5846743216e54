public import SchemaModel

/// What a verification found.
public struct VerifyReport: Sendable {
  /// How bad a finding is; raw values are the words that are printed.
  public enum Severity: String, Sendable {
    /// Bytes are not what they were when they were written.
    case damage
    /// A projection does not follow the log.
    case stale
    /// The history is not the one that was expected, however sound.
    case unexpected
    /// The store could not be looked at: whether it is sound is not known.
    case unreadable
    /// Nothing wrong, but worth knowing: a missing segment, a folder that waits for a writer.
    case note
  }

  /// One thing that was found.
  public struct Finding: Sendable, Hashable {
    /// How bad it is.
    public var severity: Severity
    /// `event #12`, `node 1a2b...`, `segment ...`.
    public var place: String
    /// What was expected, and what was found.
    public var message: String

    public init(_ severity: Severity, _ place: String, _ message: String) {
      self.severity = severity
      self.place = place
      self.message = message
    }
  }

  /// Something that was expected of the history, and is so.
  public struct MetExpectation: Sendable, Hashable {
    /// A hash as it was given, or a checkpoint's name.
    public var expected: String
    /// The event that it stands for.
    public var sequence: EventSequence
  }

  /// A key that is known, and what it signed.
  public struct Signer: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var key: String
    /// How many revisions it signed.
    public var revisionCount: Int
    /// The first of them; nil where it signed other events only.
    public var firstRevision: RevisionID?
    /// The first event that it signed.
    public var first: EventSequence
    /// When it signed first, by the log.
    public var since: Timestamp
  }

  /// In the order in which they were found; empty where all is well.
  public var findings: [Finding] = []
  /// Events that were read, of the log and the segments.
  public var eventCount = 0
  /// Revisions whose entries and events were compared.
  public var revisionCount = 0
  /// Nodes that were read and hashed.
  public var nodeCount = 0
  /// Segments that were opened.
  public var segmentCount = 0
  /// Revisions that were replayed and compared, with `full`.
  public var replayedCount = 0
  /// The newest event; nil where the log cannot be read.
  public var logHead: LogHead?
  /// What was expected and found.
  public var met: [MetExpectation] = []
  /// Of the keys that are known, those that signed.
  public var signers: [Signer] = []
  /// Revisions before the first signature; it vouches for them.
  public var unsignedCount = 0

  init() {}

  /// Of a store that could not be looked at.
  public init(failure error: HistoryError) {
    let severity: Severity = error.fault == .damaged ? .damage : .unreadable
    findings = [Finding(severity, "the store", error.description)]
  }

  /// Whether any finding is damage.
  public var isDamaged: Bool { findings.contains { $0.severity == .damage } }
  /// Whether this is not the history that was expected.
  public var isUnexpected: Bool { findings.contains { $0.severity == .unexpected } }
  /// Whether it could not be looked at.
  public var isUnread: Bool { findings.contains { $0.severity == .unreadable } }
  /// Whether the projection does not follow the log.
  public var isStale: Bool { findings.contains { $0.severity == .stale } }
}
