import FileSystem
import Importers
import SchemaHistory
import SchemaModel

/// The rewrite of a migrations folder of either kind, and its proof by the tool that will run it.
enum FolderRewriting {
  case alembic(AlembicRewrite, AlembicProject)
  case sql(SQLRewrite, SQLSettings)

  /// Nil where there is no folder.
  init?(
    _ source: MigrationsSource?, _ project: AlembicProject?, _ plan: TruncationPlan,
    _ history: History, _ dialects: Dialects, engineName: String?, rows: SeedRows,
    rendered: [String]?, isForced: Bool
  ) throws {
    if let project {
      let rewrite = try AlembicRewrite(
        plan, history, project.folder.location, dialects: dialects, engineName: engineName,
        rows: rows, rendered: rendered, isForced: isForced)
      self = .alembic(rewrite, project)
      return
    }
    switch source {
    case nil, .alembic: return nil
    case .sql(let path, let settings):
      let rewrite = try SQLRewrite(
        plan, folder: settings.folder(path, of: history), words: history.words(dialects),
        rows: rows, rendered: rendered, graph: history.graph(), isForced: isForced)
      self = .sql(rewrite, settings)
    }
  }

  var assembly: FolderAssembly {
    switch self {
    case .alembic(let rewrite, _): rewrite.assembly
    case .sql(let rewrite, _): rewrite.assembly
    }
  }

  /// What existing databases need; nil where that is nobody's to say.
  func adoption(
    _ plan: TruncationPlan, _ history: History, _ words: any DialectWords, scriptPath: String?
  ) throws -> Adoption? {
    guard case .sql(let rewrite, _) = self else { return nil }
    return Adoption(
      plan, rewrite.folder, rewrite.assembly, words, known: try RecordedScripts(history).newest,
      scriptPath: scriptPath)
  }

  /// Builds the folder elsewhere and runs it from empty.
  /// - Returns: the line that is recorded with the truncation.
  func prove(_ proof: Proof) throws -> String {
    let trial = try TemporaryFolder("rewrite")
    defer { trial.remove() }
    switch self {
    case .sql(let rewrite, var settings):
      try rewrite.assembly.build(in: trial.path)
      settings.layout = rewrite.folder.layout
      settings.guessesLayout = false
      let folder = try settings.folder(trial.path, of: proof.history)
      return try proof.folder(
        folder.drafts, isLine: true, runner: { _ in folder.runner() },
        tool: proof.product.words.title)
    case .alembic(let rewrite, let project):
      let moved = try rewrite.rebuilt(in: trial)
      let drafts = try AlembicFolder(moved).drafts(through: project.bridge)
      let runner = try project.runner(moved, try MigrationGraph(drafts))
      guard runner.isWholeProject else {
        return try proof.folder(drafts, runner: { _ in runner }, tool: "Alembic")
      }
      return try proof.upgrade(drafts, runner)
    }
  }
}
