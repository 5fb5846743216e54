public import SchemaModel

/// What an import has done.
public struct ImportResult: Sendable {
  /// The folder, as it was named.
  public var origin: String
  /// What ran the migrations, with versions: `Alembic 1.18.4, SQLAlchemy 2.0.50, Python 3.11.2, ...`.
  /// Nil where nothing ran, and for folders of SQL.
  public var tool: String?
  /// The new revisions, in the order of the log; empty where all were recorded before.
  public var recorded: [RevisionID] = []
  /// How many operations they have together.
  public var operationCount = 0
  /// Files that are not what was recorded for their revision: the history keeps the recorded text.
  public var changedFiles: [String]
  /// Of files whose migrations follow others than when they were recorded: the history keeps its order.
  public var movedFiles: [String] = []
  /// Of recorded revisions without a file, whose migration is in the folder as another one: the history
  /// keeps both.
  public var replacedRevisions: [String] = []
  /// What was odd about the new revisions, each with its id.
  public var revisionWarnings: [String] = []
  /// All that the listener was warned of, these too.
  public var warnings: [String] = []
  /// The heads after it.
  public var heads: [RevisionID] = []
  /// How several heads come together, for people.
  public var joining: String?
  /// The head that the import came to last, of several; else the first one.
  public var head: RevisionID? { recorded.last { heads.contains($0) } ?? heads.first }
  /// Of the schema at that head; nil where nothing was recorded, and no schema read.
  public var coverage: Coverage?
  /// The objects of the schema at that head, by kind; none where nothing was recorded.
  public var objectCounts: [ObjectKind: Int] = [:]

  init(origin: String, changedFiles: [String]) {
    self.origin = origin
    self.changedFiles = changedFiles
  }
}
