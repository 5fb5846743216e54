import Importers
public import SchemaHistory
import SchemaModel

/// Records a folder of SQL migrations: the files run in the order of their versions, each revision
/// on the one before it.
public struct SQLImport: Sendable {
  /// The folder of SQL files.
  public var folder: String
  /// How it is read.
  public var settings: SQLSettings
  /// Whether what was recorded by hand may become a branch beside new files.
  public var mayBranch: Bool
  /// False where the folder is the history's own word for it, which makes it no folder that the user named.
  public var isNamed = true

  public init(
    folder: String, settings: SQLSettings = SQLSettings(), mayBranch: Bool = false
  ) {
    self.folder = folder
    self.settings = settings
    self.mayBranch = mayBranch
  }

  /// Records what is new. The rewriting of this folder that a crash interrupted is finished first.
  /// - Parameter actor: who does it, as the log will name them: `Ada <ada@example.org>`.
  /// - Throws: `ImportError` at the first revision that fails, `FolderError`, `GraphError`,
  ///   `HistoryError`, `WorkflowError`; `CancellationError` after the revision at which its task was
  ///   cancelled. What was recorded before it stays, and the next run goes on from there.
  public func run(
    in history: History, by actor: String, _ context: WorkflowContext = WorkflowContext()
  ) throws -> ImportResult {
    let teller = Teller(context.listener)
    try history.remark(on: context, teller)
    _ = try history.settle(folder, teller)
    let found = try settings.folder(folder, of: history)
    for warning in found.warnings { teller.warn(warning) }
    try tellConnection(found, history, context, teller)
    let known = try history.graph()
    var drafts = found.drafts
    // What is recorded has its author already.
    if !drafts.allSatisfy({ known.contains($0.id) }) {
      let authors = GitAuthors(folder: found.path)
      if let problem = authors.problem { teller.warn(problem) }
      drafts = authors.applied(to: drafts)
    }
    drafts = try FolderOrder.asRecorded(drafts, found, in: history, teller)
    let run = ImportRun(
      history: history, origin: folder, actor: actor, context: context, teller: teller,
      mayBranch: mayBranch)
    let result = try run.record(
      drafts, MigrationGraph(drafts), found.runner(), RecordedFiles(history), known)
    if let problem = settings.remember(folder, in: history) { teller.warn(problem) }
    if isNamed { context.memory.note(folder: found.path, of: history.directory) }
    return try run.completed(result)
  }

  /// Times as versions are what other tools have as well, and those may enforce no foreign keys.
  private func tellConnection(
    _ folder: SQLFolder, _ history: History, _ context: WorkflowContext, _ teller: Teller
  ) throws {
    guard folder.isLayoutGuessed, folder.layout == .sqlx, folder.takesUsualConnection,
      try history.words(context.dialects).leavesForeignKeysToConnections,
      folder.mentionsForeignKeys
    else { return }
    teller.note(
      "the files are taken for \(folder.layout)'s, which enforces foreign keys while migrations "
        + "run; --foreign-keys off, or --layout plain, for a tool that does not")
  }
}
