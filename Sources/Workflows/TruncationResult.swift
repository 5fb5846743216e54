public import SchemaHistory
public import SchemaModel

/// What a truncation would do, or did.
public struct TruncationResult: Sendable {
  /// Which revisions leave and stay, and the schema and all rows at the cut.
  public var plan: TruncationPlan
  /// The migrations folder as it would be, or is now; nil where the cut is about none.
  public var folder: FolderAssembly?
  /// The rows that the baseline holds.
  public var rows: SeedRows
  /// Whether it is planned, and what becomes of rows that vary would be asked.
  public var isUndecided = false
  /// Files that forbid it, relative to the folder.
  public var blockers: [String] = []
  /// The checks that were made, a line each; none while it is only planned.
  public var proof: [String] = []
  /// What existing databases need; nil where the cut is about no tool's folder of SQL.
  public var adoption: Adoption?
  /// What the archived events are in; nil while it is only planned.
  public var segment: SegmentReference?
  /// All that the listener was warned of.
  public var warnings: [String] = []

  init(plan: TruncationPlan, folder: FolderAssembly?, rows: SeedRows) {
    self.plan = plan
    self.folder = folder
    self.rows = rows
  }

  /// Whether it was made.
  public var isDone: Bool { segment != nil }
}
