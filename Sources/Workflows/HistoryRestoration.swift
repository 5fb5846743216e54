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
  /// The file to be written of what databases of the cut folder need; nil for none.
  public var adoptionScript: String?

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
    let script = adoptionScript.map { AdoptionScript(path: $0) }
    let directory = named(plan.folder?.directory, memory)
    let rows = try returnedRows(plan, history, context)
    let adoption = rows.flatMap {
      Adoption($0, at: plan.root, scriptPath: isDryRun ? nil : adoptionScript, isPlanned: isDryRun)
    }
    if let script {
      guard adoption != nil else { throw Adoption.refusal() }
      if let directory { try script.check(besides: directory) }
    }
    if !isDryRun {
      let text = rows.flatMap { adoption?.script($0.words) }
      try AdoptionScript.write(text, to: script) {
        try Self.naming {
          try history.restore(plan, directory: directory, force: isForced, by: actor)
        }
      }
      if let directory, plan.folder != nil {
        context.memory.note(folder: directory, of: history.directory)
      }
      history.letProjectionFollow(teller)
    } else {
      do {
        try Self.naming {
          try history.checkRestore(plan, directory: directory, force: isForced)
        }
      } catch HistoryError.folderNotNamed(let folder) {
        // Whoever only looks need not say where it is.
        teller.warn(
          "a restoration needs the folder, \(folder) as the store says, named: --folder DIR")
      }
    }
    return RestoreResult(
      plan: plan, isDone: !isDryRun, folder: plan.folder.map { folder ?? $0.directory },
      adoption: adoption, warnings: teller.warnings)
  }

  private static func naming(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch HistoryError.changedFiles(let files, let folder) {
      throw restoredFirst(files, folder) ?? HistoryError.changedFiles(files, directory: folder)
    }
  }

  /// A later cut of another history has written its own block into the same file: that one goes first.
  private static func restoredFirst(_ files: [String], _ directory: String) -> WorkflowError? {
    for path in files {
      guard let bytes = try? MigrationFolder(directory).read(path) else { continue }
      let blocks = DialectBlock.blocks(in: String(decoding: bytes, as: UTF8.self)).map(\.dialect)
      guard blocks.count > 1 else { continue }
      return .refused(
        "\(path) in \(directory) holds the baselines of several histories (\(blocks.joined(separator: ", "))), "
          + "and was written anew since this one was cut; nothing was changed. Restore them in turn, the one "
          + "that was cut last first: `strata --store STORE restore`")
    }
    return nil
  }

  /// What databases lack is told from the files that come back alone: the store says where the folder
  /// is, and nothing is read there for that.
  private func returnedRows(
    _ plan: RestorePlan, _ history: History, _ context: WorkflowContext
  ) throws -> ReturnedRows? {
    guard let rewrite = plan.folder, rewrite.format == .sql,
      let words = try? history.words(context.dialects)
    else { return nil }
    let trial = try TemporaryFolder("restore")
    defer { trial.remove() }
    try FolderChange(format: .sql, directory: trial.path, add: plan.files, remove: [:])
      .rehearse(in: trial.path)
    guard
      let (layout, found) = try? ToolMigration.all(
        in: trial.path, layout: ProjectSettings.read(history.directory)?.layout),
      let root = found.first(where: { rewrite.added[ExactText($0.path)] != nil })
    else { return nil }
    let back = Set(plan.revisions + [plan.root])
    return ReturnedRows(
      words: words, layout: layout, root: root, others: found.filter { $0 != root },
      files: plan.files,
      kept: try history.graph().entries.map(\.id).filter { !back.contains($0) },
      spellings: [plan.root.text])
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
  /// What databases of the cut folder need; nil where the folder belongs to no tool of SQL.
  public var adoption: Adoption?
  /// All that the listener was warned of.
  public var warnings: [String]
}
