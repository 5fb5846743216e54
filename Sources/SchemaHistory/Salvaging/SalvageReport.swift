public import SchemaModel

/// What a salvage took out of a damaged store, and what it could not.
public struct SalvageReport: Sendable {
  /// Something that is not in the new store as it was.
  public struct Loss: Hashable, Sendable {
    /// `events #40 to #43`, `revision 1a2b`, `segment ...`.
    public var place: String
    /// Why, and what became of it.
    public var message: String
  }

  /// A file that events came from.
  public struct Origin: Hashable, Sendable {
    /// `the log`, `archive/NAME`, `the projection`.
    public var name: String
    /// Events of the history that no file before it holds.
    public var eventCount: Int
  }

  /// Where the new store is.
  public var directory: String
  /// Events that are in the new store as they were recorded, with their hashes.
  public var eventCount = 0
  /// Events that were written anew, since what they link to is gone.
  public var rewrittenCount = 0
  /// Revisions in the new store, archived ones among them.
  public var revisionCount = 0
  /// Schema objects of which any state is in the new store, archived segments not counted.
  public var objectCount = 0
  /// Migrations' texts in the new store, archived segments not counted.
  public var sourceCount = 0
  /// Segments that were copied.
  public var segmentCount = 0
  /// Records and nodes in which one flipped bit was put right.
  public var repairedCount = 0
  /// Where the events came from.
  public var origins: [Origin] = []
  /// The last event that is as it was recorded: what was noted of the history up to it still holds; nil
  /// where none is.
  public var lastUnchanged: LogHead?
  /// The newest event of the new store.
  public var logHead: LogHead?
  /// What was lost or changed; empty where all is as it was.
  public var losses: [Loss] = []
  /// Texts of migrations that no revision of the new store has: files below its `salvaged`.
  public var files: [String] = []
  /// What `verify --full` says of the new store.
  public var verified = VerifyReport()

  /// Whether the new store says all that the damaged one said.
  public var isWhole: Bool { losses.isEmpty && !verified.isDamaged }

  mutating func lose(_ place: String, _ message: String) {
    losses.append(Loss(place: place, message: message))
  }
}
