import FileSystem
import Importers
public import SchemaHistory
import SchemaModel

/// Takes back the newest truncation: its segment comes back into the log, and the old files into
/// their folder.
public struct HistoryRestoration: Sendable {
  /// The segment's name; nil for the newest.
  public var segment: String?
  /// The migrations folder, where it is another one now, or was never named for this store by the
  /// user: a store alone leads nowhere.
  public var folder: String?
  /// Also where the baseline in the folder was changed since.
  public var isForced: Bool
  /// Plans, and changes nothing.
  public var isDryRun: Bool

  public init(
    segment: String? = nil, folder: String? = nil, isForced: Bool = false, isDryRun: Bool = false
  ) {
    self.segment = segment
    self.folder = folder
    self.isForced = isForced
    self.isDryRun = isDryRun
  }

  /// - Parameter actor: who does it, as the log will name them: `Ada <ada@example.org>`.
  /// - Throws: `HistoryError`: nothing to restore, an older segment than the newest, a folder that
  ///   only the store names, files that were changed. Nothing is changed then.
  public func run(
    in history: History, by actor: String, _ context: WorkflowContext = WorkflowContext()
  ) throws -> RestoreResult {
    if let folder, !Files.isPath(folder) { throw WorkflowError.notAPath(folder) }
    let teller = Teller(context.listener)
    let memory = context.memory.memory(of: history.directory)
    if !isDryRun, let interrupted = try history.interruptedFolder() {
      guard let folder = named(interrupted, memory) else {
        throw HistoryError.interruptedFolder(interrupted)
      }
      _ = try history.settle(folder, teller)
    }
    let plan = try history.planRestore(segment: segment)
    if !isDryRun {
      let folder = named(plan.folder?.directory, memory)
      try history.restore(plan, directory: folder, force: isForced, by: actor)
      if let folder, plan.folder != nil {
        context.memory.note(folder: folder, of: history.directory)
      }
      history.letProjectionFollow(teller)
    }
    return RestoreResult(
      plan: plan, isDone: !isDryRun, folder: plan.folder.map { folder ?? $0.directory },
      warnings: teller.warnings)
  }

  /// The folder that is named here; else what the store says, where the user has named that before.
  private func named(_ recorded: String?, _ memory: UserMemory) -> String? {
    if let folder { return Self.root(folder, recorded) }
    return recorded.flatMap { memory.knows(folder: $0) ? $0 : nil }
  }

  /// Does what an interrupted rewriting left to do in a folder, and nothing else.
  /// - Returns: false where nothing was interrupted.
  /// - Throws: `HistoryError.interruptedFolder` where it was another folder's; `.folder`.
  public static func finish(_ folder: String, in history: History) throws -> Bool {
    guard Files.isPath(folder) else { throw WorkflowError.notAPath(folder) }
    return try history.finishFolder(root(folder, history.interruptedFolder()))
  }

  /// The folder whose files were rewritten, however it is named: Alembic's may be named by the folder
  /// above its versions, or by alembic.ini, as for an import.
  private static func root(_ folder: String, _ recorded: String?) -> String {
    let named = Files.absolute(folder)
    guard named != recorded, let root = try? AlembicFolder(folder).location.root,
      root == recorded || Files.name(of: root) == recorded.map(Files.name(of:))
    else { return named }
    return root
  }
}

/// What a restoration would do, or did.
public struct RestoreResult: Sendable {
  /// The segment, its revisions, and the files with their bytes.
  public var plan: RestorePlan
  /// False where it was only planned.
  public var isDone: Bool
  /// The migrations folder that the files come back into, as it was named; nil where the truncation
  /// was about none.
  public var folder: String?
  /// All that the listener was warned of.
  public var warnings: [String]
}
