public import SchemaModel

/// A revision with all that the projection keeps of it.
public struct ProjectedRevision: Sendable {
  /// Its id, parents, author, message and source, as the event has them.
  public var revision: Revision
  /// The sequence of its own event; its operations follow.
  public var sequence: EventSequence
  /// When its event was written, not when the migration was authored.
  public var recorded: Timestamp
  /// Who recorded it: `Ada <ada@example.org>`.
  public var actor: String
  /// In their order, each with the sequence of its event.
  public var operations: [(EventSequence, Operation)]
  /// What differs from the schema of its first parent (from the empty one, for a root), whole
  /// objects; nil where one is gone. A merge's changes hold what its other parents brought in.
  public var changes: [ObjectPath: SchemaObject?]
  /// Whether its events lie in a segment.
  public var isArchived: Bool

  public init(
    revision: Revision, sequence: EventSequence, recorded: Timestamp, actor: String,
    operations: [(EventSequence, Operation)], changes: [ObjectPath: SchemaObject?],
    isArchived: Bool
  ) {
    self.revision = revision
    self.sequence = sequence
    self.recorded = recorded
    self.actor = actor
    self.operations = operations
    self.changes = changes
    self.isArchived = isArchived
  }
}

/// What the projection is fed with, in the order of the log.
public enum ProjectedFact: Sendable {
  case revision(ProjectedRevision)
  /// Every event that is neither a revision nor one of its operations.
  case event(Event)

  var sequence: EventSequence {
    switch self {
    case .revision(let revision): revision.sequence
    case .event(let event): event.sequence
    }
  }
}
