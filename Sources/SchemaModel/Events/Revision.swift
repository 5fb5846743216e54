/// The verbatim text of a migration.
public struct SourceFile: Hashable, Sendable {
  /// What a migration is written as. Raw values are on disk: they never change.
  public enum Format: UInt8, Hashable, Sendable {
    case alembic = 1
    case sql = 2
  }

  /// What it is written as.
  public var format: Format
  /// Relative to the migrations folder, with `/`.
  public var path: String
  /// The file's bytes: what brings it back to the byte.
  public var up: [UInt8]
  /// The file that undoes it, where there is one of its own.
  public var downPath: String?
  /// The bytes of the file at `downPath`.
  public var down: [UInt8]?

  public init(
    format: Format, path: String, up: [UInt8], downPath: String? = nil, down: [UInt8]? = nil
  ) {
    self.format = format
    self.path = path
    self.up = up
    self.downPath = downPath
    self.down = down
  }
}

/// What is known of a revision before it is recorded: one migration.
public struct RevisionDraft: Hashable, Sendable {
  /// The tool of a revision that was recorded by hand: no file of a folder is to be it.
  public static let byHand = "strata record"

  /// What the migration tool calls it; unique in a history.
  public var id: RevisionID
  /// In the order of the migration tool: the first is the line that `~` walks.
  public var parents: [RevisionID]
  /// Revisions that must be there before it and are no parents (Alembic's `depends_on`).
  public var dependsOn: [RevisionID]
  /// Other names of its branch (Alembic's `branch_labels`).
  public var labels: [String]
  /// Who wrote it, `name <address>`; nil where nobody says.
  public var author: String?
  /// What it is for, the first line as a title; may be empty.
  public var message: String
  /// When it was written; nil where nobody says.
  public var authored: Timestamp?
  /// The migration's own text; nil for what is recorded without a file.
  public var source: SourceFile?
  /// What ran the migration, with versions: `Alembic 1.18.4, SQLAlchemy 2.0.50, ...`; nil where
  /// Strata ran a folder's file itself; `byHand`.
  public var tool: String?
  /// What the reader of its folder or its capture could not take over, a line each.
  public var warnings: [String]

  public init(
    id: RevisionID, parents: [RevisionID] = [], dependsOn: [RevisionID] = [],
    labels: [String] = [], author: String? = nil, message: String = "",
    authored: Timestamp? = nil, source: SourceFile? = nil, warnings: [String] = []
  ) {
    self.id = id
    self.parents = parents
    self.dependsOn = dependsOn
    self.labels = labels
    self.author = author
    self.message = message
    self.authored = authored
    self.source = source
    self.warnings = warnings
  }
}

/// What an engine showed after a revision ran: enough to derive its operations.
public struct Capture: Sendable {
  /// The whole schema, migration tools' tables left out.
  public let schema: Schema
  /// The rows that are in the database then, table by table.
  public var rows: SeedRows
  /// What became what, as far as the statements tell.
  public var lineage: Lineage
  /// Data statements, to be recorded as such.
  public var statements: [Statement]
  /// Bookkeeping tables of migration tools, kept out of the schema.
  public var runners: [RunnerTable]
  /// What stands on those tables that no tool put there: `trigger t on alembic_version`.
  public var runnerParts: [String]
  /// What could not be captured, for the people who must know.
  public var warnings: [String]
  /// The engine's version, where definitions depend on it: `PostgreSQL 15.18`.
  public var engine: String?
  /// Which capture this is.
  public let mark = Mark()
  /// What may differ from an earlier capture; nil where anything may.
  public var changes: Changes?

  /// Tells a capture from all others.
  public final class Mark: Sendable {
    fileprivate init() {}
  }

  /// The objects that may differ from another capture's, by the places of both; all others are the
  /// same.
  public struct Changes: Sendable {
    /// The capture that it is compared with.
    public var since: Mark
    /// Every object that may differ.
    public var paths: Set<ObjectPath>

    public init(since: Mark, paths: Set<ObjectPath>) {
      self.since = since
      self.paths = paths
    }
  }

  public init(
    schema: Schema, rows: SeedRows = SeedRows(), lineage: Lineage = Lineage(),
    statements: [Statement] = [], runners: [RunnerTable] = [], runnerParts: [String] = [],
    warnings: [String] = [], engine: String? = nil
  ) {
    self.schema = schema
    self.rows = rows
    self.lineage = lineage
    self.statements = statements
    self.runners = runners
    self.runnerParts = runnerParts
    self.warnings = warnings
    self.engine = engine
  }
}

extension Capture: Hashable {
  /// Equal are captures that show the same, whatever each was made after.
  public static func == (left: Self, right: Self) -> Bool {
    left.schema == right.schema && left.rows == right.rows && left.lineage == right.lineage
      && left.statements == right.statements && left.runners == right.runners
      && left.runnerParts == right.runnerParts && left.warnings == right.warnings
      && left.engine == right.engine
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(schema)
    hasher.combine(lineage)
  }
}

/// A revision as the log holds it.
public struct Revision: Hashable, Sendable {
  /// What the migration tool calls it; unique in a history.
  public var id: RevisionID
  /// In the order of the migration tool: the first is the line that `~` walks.
  public var parents: [RevisionID]
  /// Revisions that must be there before it and are no parents.
  public var dependsOn: [RevisionID]
  /// Other names of its branch.
  public var labels: [String]
  /// Who wrote it, `name <address>`; nil where nobody says.
  public var author: String?
  /// What it is for, the first line as a title; may be empty.
  public var message: String
  /// When it was written; nil where nobody says. When it was recorded is the event's time.
  public var authored: Timestamp?
  /// What could not be taken over, a line each.
  public var warnings: [String]
  /// Where the source's bytes are kept; nil for what was recorded without a file.
  public var source: SourceReference?
  /// The root of the schema's snapshot after it.
  public var snapshot: Fingerprint
  /// The root of the seed rows after it; nil where there are none.
  public var rows: ContentHash?
  /// How many operation events follow the revision's own event.
  public var operationCount: Int
  /// The version of the engine that judged it, where definitions depend on that.
  public var engine: String?
  /// How many of its operations, the first ones, are not its own: they tell what `engine` shows
  /// otherwise of the schema that another version of it judged before.
  public var spellingCount: Int
  /// What ran the migration, with versions; nil where Strata ran it itself.
  public var tool: String?

  /// Takes over all that the draft knows but the source's bytes.
  public init(
    draft: RevisionDraft, source: SourceReference?, snapshot: Fingerprint, rows: ContentHash?,
    operationCount: Int, engine: String? = nil, spellingCount: Int = 0
  ) {
    id = draft.id
    parents = draft.parents
    dependsOn = draft.dependsOn
    labels = draft.labels
    author = draft.author
    message = draft.message
    authored = draft.authored
    warnings = draft.warnings
    tool = draft.tool
    self.source = source
    self.snapshot = snapshot
    self.rows = rows
    self.operationCount = operationCount
    self.engine = engine
    self.spellingCount = spellingCount
  }
}

/// Where a migration's text is kept: content-addressed, beside the snapshots.
public struct SourceReference: Hashable, Sendable {
  /// What it is written as.
  public var format: SourceFile.Format
  /// Relative to the migrations folder, with `/`.
  public var path: String
  /// The hash under which the file's bytes are kept.
  public var up: ContentHash
  /// The file that undoes it, where there is one of its own.
  public var downPath: String?
  /// The hash under which the bytes of the file at `downPath` are kept.
  public var down: ContentHash?

  public init(
    format: SourceFile.Format, path: String, up: ContentHash, downPath: String? = nil,
    down: ContentHash? = nil
  ) {
    self.format = format
    self.path = path
    self.up = up
    self.downPath = downPath
    self.down = down
  }
}
