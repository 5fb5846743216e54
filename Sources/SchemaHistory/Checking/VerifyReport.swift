import SchemaModel

/// What a verification found.
public struct VerifyReport: Sendable {
  /// How bad a finding is; raw values are the words that are printed.
  public enum Severity: String, Sendable {
    /// Bytes are not what they were when they were written.
    case damage
    /// A projection does not follow the log.
    case stale
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

  /// Whether any finding is damage.
  public var isDamaged: Bool { findings.contains { $0.severity == .damage } }
  /// Whether the projection does not follow the log.
  public var isStale: Bool { findings.contains { $0.severity == .stale } }
}
