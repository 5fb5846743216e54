public import SchemaModel

/// One revision that ran.
public struct RanRevision: Sendable {
  /// The revision whose work is committed.
  public var id: RevisionID
  /// What its migration ran, in order; a tool's own bookkeeping may be among them.
  public var statements: [ExecutedStatement]
  /// What it reached for beside the scratch database, for people.
  public var warnings: [String]

  public init(id: RevisionID, statements: [ExecutedStatement], warnings: [String] = []) {
    self.id = id
    self.statements = statements
    self.warnings = warnings
  }
}

/// Runs migrations of one folder on scratch databases.
public protocol MigrationRunner {
  /// What runs them, with versions, as far as it is known: after the first run. Nil for Strata itself.
  var versions: String? { get }
  /// How often a migration ran at most: more than once where the tool runs them for each schema.
  var timesMax: Int { get }
  /// What the tool itself ran behind the migrations so far, as env.py's `on_version_apply` does.
  var ownStatements: Set<String> { get }
  /// The order in which the tool itself, in an empty database, comes to merges.
  /// - Parameter merges: revisions that come after several.
  /// - Returns: one for each; nil for a tool that has no order of its own.
  /// - Throws: `ImportError`.
  func orders(of merges: [RevisionID]) throws -> [MergeOrder]?
  /// Has the tool make in a database what it makes before any migration runs.
  /// - Parameter id: the revision that is to run next, for messages.
  /// - Returns: what it ran; nil where it makes nothing by itself.
  /// - Throws: `ImportError`.
  func prepare(_ scratch: some ScratchDatabase, for id: RevisionID) throws -> [ExecutedStatement]?
  /// Runs all that a revision is made of by the tool's own command, as its users do: in one run, with
  /// the tool's own transactions.
  /// - Returns: what it ran; nil where that is no other than `run`.
  /// - Throws: `ImportError`, after which the scratch may hold a part of it.
  func runWhole(to id: RevisionID, on scratch: some ScratchDatabase) throws -> RanRevision?
  /// Runs these revisions in this order. `each` is called after each one, when its work is
  /// committed and can be seen from another connection.
  /// - Throws: `ImportError` for a revision that fails, after which the scratch may hold a part of
  ///   it; what `each` throws, after which no further revision has run.
  func run(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws
  /// Runs these revisions in this order, between which nobody looks at the database: the tool may do
  /// several in one run, as its users' own upgrades do, before `each` is called for them.
  /// - Throws: as `run`.
  func runTogether(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws
}

extension MigrationRunner {
  public var versions: String? { nil }
  public var timesMax: Int { 1 }
  public var ownStatements: Set<String> { [] }
  public func orders(of merges: [RevisionID]) throws -> [MergeOrder]? { nil }
  public func prepare(
    _ scratch: some ScratchDatabase, for id: RevisionID
  ) throws -> [ExecutedStatement]? { nil }
  public func runWhole(
    to id: RevisionID, on scratch: some ScratchDatabase
  ) throws -> RanRevision? { nil }
  public func runTogether(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws {
    try run(ids, on: scratch, each: each)
  }
}

/// One revision as it was captured: what is to be recorded.
public struct CapturedRevision: Sendable {
  /// With warnings where it could not be captured as it should.
  public var draft: RevisionDraft
  /// Whose database it began in; nil for the empty one. A merge's may be any ancestor's.
  public var base: RevisionID?
  /// What the engine showed before: the base's capture. Its lineage and statements mean nothing.
  public var before: Capture
  /// What the engine shows of its ancestors alone, where another version of it judged them.
  public var inherited: Schema?
  /// What the engine shows after it.
  public var capture: Capture
  /// Ancestors that were run on the base's database before it, for a merge: their effects are
  /// between `before` and `capture` too.
  public var replayed: [RevisionID]
  /// True where it failed on its ancestors alone, so that `before` and `capture` hold everything
  /// that comes earlier in the order.
  public var isLinear: Bool
  /// From the start of its run to the end of its capture.
  public var seconds: Double
}

/// How far an import is.
public struct ImportProgress: Sendable {
  /// Revisions that ran so far, this one among them.
  public var done: Int
  /// Revisions that are to run, replays among them.
  public var total: Int
  /// The revision that ran last.
  public var id: RevisionID
  /// What that one took.
  public var seconds: Double
  /// Known already, and run only because new revisions come after it.
  public var isReplay: Bool
}

/// What an import did.
public struct ImportSummary: Hashable, Sendable {
  /// New revisions that were handed over, in that order.
  public var recorded: [RevisionID] = []
  /// Known revisions that were run again to get a database for new ones.
  public var replayed: [RevisionID] = []
  /// For people, one line each; those of a revision begin with its id.
  public var warnings: [String] = []
}

/// A scratch database that holds exactly one revision's ancestors and itself, with what the engine
/// shows there.
public struct CachedScratch<Scratch: ScratchDatabase> {
  /// Owned by whoever holds this value, who discards it or hands it on.
  public var scratch: Scratch
  /// What the engine showed of it last.
  public var capture: Capture

  public init(scratch: Scratch, capture: Capture) {
    self.scratch = scratch
    self.capture = capture
  }
}
