import Importers
public import SchemaHistory
import SchemaModel

/// Records an Alembic history by stepping real Alembic: every migration runs in a scratch database,
/// and what became of the schema is recorded, one transaction a revision.
public struct AlembicImport: Sendable {
  /// The versions folder, the folder above it, the project's, its alembic.ini or pyproject.toml.
  public var folder: String
  /// How it is run.
  public var settings: AlembicSettings
  /// Whether authors and dates are those of git, where the folder lies in a repository.
  public var takesAuthorsFromGit: Bool
  /// Whether what was recorded by hand may become a branch beside new files.
  public var mayBranch: Bool
  /// False where the folder is the history's own word for it, which makes it no folder that the user named.
  public var isNamed = true

  public init(
    folder: String, settings: AlembicSettings = AlembicSettings(),
    takesAuthorsFromGit: Bool = true, mayBranch: Bool = false
  ) {
    self.folder = folder
    self.settings = settings
    self.takesAuthorsFromGit = takesAuthorsFromGit
    self.mayBranch = mayBranch
  }

  /// Records what is new. The rewriting of this folder that a crash interrupted is finished first;
  /// settings that are left open are those of the last import.
  /// - Parameter actor: who does it, as the log will name them: `Ada <ada@example.org>`.
  /// - Throws: `ImportError` at the first revision that fails, `FolderError`, `GraphError`,
  ///   `HistoryError`, `WorkflowError`; `CancellationError` after the revision at which its task was
  ///   cancelled. What was recorded before it stays, and the next run goes on from there.
  public func run(
    in history: History, by actor: String, _ context: WorkflowContext = WorkflowContext()
  ) throws -> ImportResult {
    let teller = Teller(context.listener)
    try history.remark(on: context, teller)
    let settings = try settings.remembered(in: history.directory, context.memory)
    var found = try AlembicFolder(folder, settings.lookup)
    let root = found.location.root
    let options = try settings.options(for: found.location)
    if try history.settle(root, teller) { found = try AlembicFolder(folder, settings.lookup) }
    let bridge = try settings.bridge(root, context.scratch)
    defer { bridge.close() }
    let files = try RecordedFiles(history)
    var drafts = try found.drafts(through: bridge) { files.draft($0, $1) }
    let known = try history.graph()
    let isNew = !drafts.allSatisfy { known.contains($0.id) }
    if isNew, !options.usesEnv, let left = found.location.environment {
      teller.warn(
        "\(left) was left out: what it sets (naming convention, schemas, transactions, search_path) "
          + "is no part of what is recorded")
    }
    if takesAuthorsFromGit, isNew {
      let authors = GitAuthors(folder: root)
      if let problem = authors.problem { teller.warn(problem) }
      drafts = authors.applied(to: drafts)
    }
    let graph = try files.graph(of: drafts)
    let runner = AlembicRunner(
      bridge: bridge, location: found.location, graph: graph, options: options)
    let run = ImportRun(
      history: history, origin: folder, actor: actor, context: context, teller: teller,
      mayBranch: mayBranch)
    var result = try run.record(drafts, graph, runner, files, known)
    result.tool = runner.versions
    if let other = runner.otherProduct {
      teller.warn(
        "env.py means \(other), and this history is of \(history.dialect): what is recorded is what "
          + "the migrations make there. Give env.py the URL of that product (--env-var, -x), or record it "
          + "in a store of the other (init --dialect)")
    }
    if runner.timesMax > 1 {
      teller.note(
        "env.py runs each migration \(runner.timesMax) times, once for each schema: a revision is all of "
          + "them together. Such a history is not cut: a baseline makes the whole database at once")
    }
    let problem = settings.settled(for: found.location).remember(
      folder, of: history, takesAuthorsFromGit: takesAuthorsFromGit, context.memory)
    if let problem { teller.warn(problem) }
    if isNamed { context.memory.note(folder: root, of: history.directory) }
    return try run.completed(result)
  }
}
