import FileSystem
import Importers
import SchemaHistory
import SchemaModel

/// The rewrite of a migrations folder of either kind, and its proof by the tool that will run it.
enum FolderRewriting {
  case alembic(AlembicRewrite, AlembicSettings)
  case sql(SQLRewrite, SQLSettings)

  /// Nil where there is no folder.
  init?(
    _ source: MigrationsSource?, _ plan: TruncationPlan, _ history: History,
    _ dialects: Dialects, rows: SeedRows, isForced: Bool
  ) throws {
    switch source {
    case nil: return nil
    case .alembic(let path, let settings):
      let rewrite = try AlembicRewrite(
        plan, history, directory: path, dialects: dialects, rows: rows, isForced: isForced)
      self = .alembic(rewrite, settings)
    case .sql(let path, let settings):
      let rewrite = try SQLRewrite(
        plan, folder: settings.folder(path, of: history), words: history.words(dialects),
        rows: rows,
        isForced: isForced)
      self = .sql(rewrite, settings)
    }
  }

  var assembly: FolderAssembly {
    switch self {
    case .alembic(let rewrite, _): rewrite.assembly
    case .sql(let rewrite, _): rewrite.assembly
    }
  }

  /// Builds the folder elsewhere and runs it from empty.
  /// - Returns: the line that is recorded with the truncation.
  func prove(_ proof: Proof, _ context: WorkflowContext) throws -> String {
    let trial = try TemporaryFolder("rewrite")
    defer { trial.remove() }
    switch self {
    case .sql(let rewrite, var settings):
      try rewrite.assembly.build(in: trial.path)
      settings.layout = rewrite.folder.layout
      let folder = try settings.folder(trial.path, of: proof.history)
      return try proof.folder(
        folder.drafts, runner: { _ in folder.runner() }, tool: proof.product.words.title)
    case .alembic(let rewrite, let settings):
      let settings = settings.remembered(in: proof.history.directory, context.memory)
      let moved = try rewrite.rebuilt(in: trial)
      let options = try settings.options()
      let bridge = settings.bridge(rewrite.location.root, context.scratch)
      defer { bridge.close() }
      return try proof.folder(
        AlembicFolder(moved).drafts(through: bridge),
        runner: {
          AlembicRunner(bridge: bridge, location: moved, graph: $0, options: options)
        }, tool: "Alembic")
    }
  }
}
