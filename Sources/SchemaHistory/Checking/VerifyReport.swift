/// What a verification found.
public struct VerifyReport: Sendable {
  public enum Severity: String, Sendable {
    /// Bytes are not what they were when they were written.
    case damage
    /// A projection does not follow the log.
    case stale
    /// Nothing wrong, but worth knowing: a missing segment, a folder that waits for a writer.
    case note
  }

  public struct Finding: Sendable, Hashable {
    public var severity: Severity
    /// `event #12`, `node 1a2b...`, `segment ...`.
    public var place: String
    public var message: String

    public init(_ severity: Severity, _ place: String, _ message: String) {
      self.severity = severity
      self.place = place
      self.message = message
    }
  }

  public var findings: [Finding] = []
  public var eventCount = 0
  public var revisionCount = 0
  public var nodeCount = 0
  public var segmentCount = 0
  /// Revisions that were replayed and compared, with `full`.
  public var replayedCount = 0

  public var isDamaged: Bool { findings.contains { $0.severity == .damage } }
  public var isStale: Bool { findings.contains { $0.severity == .stale } }
}
