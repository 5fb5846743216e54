import FileSystem
import Importers
public import SchemaHistory
import SchemaModel

/// Makes a revision the new root: what lies before it goes into the archive, and the migrations
/// folder follows.
///
/// Nothing is changed before the cut is proved: the baseline in an empty database, and the rewritten
/// folder run by the migration tool, must give the recorded schemas. The archived migrations run once
/// more as well, to see which rows each run makes anew.
public struct HistoryTruncation: Sendable {
  /// The new root, by any name of a revision.
  public var revision: String
  /// The folder that is rewritten; nil to leave files alone.
  public var source: MigrationsSource?
  /// Whether the baseline holds rows at all.
  public var holdsRows: Bool
  /// What becomes of rows that each run makes anew; nil to ask, where an answer is needed.
  public var varyingRows: VaryingRows?
  /// Why; the audit keeps it.
  public var reason: String
  /// Also where files of archived revisions were changed after they were recorded.
  public var isForced: Bool
  /// Plans, and changes nothing.
  public var isDryRun: Bool
  /// The file to be written of what existing databases need; nil for none.
  public var adoptionScript: String?

  public init(
    at revision: String, source: MigrationsSource? = nil, holdsRows: Bool = true,
    varyingRows: VaryingRows? = nil, reason: String = "", isForced: Bool = false,
    isDryRun: Bool = false
  ) {
    self.revision = revision
    self.source = source
    self.holdsRows = holdsRows
    self.varyingRows = varyingRows
    self.reason = reason
    self.isForced = isForced
    self.isDryRun = isDryRun
  }

  /// - Parameter actor: who does it, as the log will name them: `Ada <ada@example.org>`.
  /// - Throws: `HistoryError` with what forbids the cut and the nearest one that works, or the files
  ///   that were changed; `WorkflowError.refused` for a cut that is not proved, and for rows that
  ///   vary where nobody answers; `ImportError` where migrations do not run. Nothing is changed then.
  public func run(
    in history: History, by actor: String, _ context: WorkflowContext = WorkflowContext()
  ) throws -> TruncationResult {
    let teller = Teller(context.listener)
    if !isDryRun { try settle(history, teller) }
    let root = try history.resolve(revision)
    let project = try AlembicProject(source, history, context)
    defer { project?.bridge.close() }
    try project?.expectOrder(of: history)
    let lost = LostRevisions(source: source, project: project, history: history)
    var plan = try history.planTruncation(at: root, without: lost.find(besides: root))
    if let source, !plan.lost.isEmpty { warn(of: plan, source, teller) }
    let absent = plan.lost.union(try earlier(history))
    // What of them is in the folder is another revision's.
    plan.sources.removeAll { absent.contains($0.revision) }
    let product = try history.product(
      context, teller,
      judgedBy: history.heads().first.map { try history.revision($0).revision.engine }
        ?? nil)
    try Proof.expectSound(history, teller)
    if let source {
      let present = try lost.present(source)
      followNames(&plan, present)
      try expectFiles(of: plan, without: absent, present)
    }
    var result = try cut(
      plan, without: absent, project, history, product, by: actor, context, teller)
    result.warnings = teller.warnings
    return result
  }

  /// There is room for one rewriting: an interrupted one comes first, if this is its folder.
  private func settle(_ history: History, _ teller: Teller) throws {
    guard let interrupted = try history.interruptedFolder() else { return }
    guard let named = try source?.root(), try history.isInterrupted(named) else {
      throw HistoryError.interruptedFolder(interrupted)
    }
    _ = try history.settle(named, teller)
  }

  private func cut(
    _ plan: TruncationPlan, without absent: Set<RevisionID>, _ project: AlembicProject?,
    _ history: History, _ product: some Product, by actor: String, _ context: WorkflowContext,
    _ teller: Teller
  ) throws -> TruncationResult {
    let run = RunAgain(source: source, project: project, teller: teller)
    var settled = VaryingRows.Settled(rows: holdsRows ? plan.rows : SeedRows())
    var again: SecondRun?
    var isUndecided = false
    if source != nil, product.words.dumpTool != nil || settled.rows.rowCount > 0 {
      let second = try runAgain(run, plan, history, product)
      again = second
      if holdsRows {
        let choice = varyingRows ?? .ask
        settled = try choice.settle(
          plan.rows, run.finding(second, plan.rows, at: plan.root, history, product),
          context.respondent, teller, isPlanned: isDryRun)
        isUndecided = isDryRun && choice == .ask && !settled.kept.isEmpty
      }
    }
    let rendered =
      isDryRun && source == nil
      ? nil
      : try product.words.baseline(
        shownSchema(plan, again, product), rows: settled.rows, BaselineOptions())
    let engineName = try project?.engineName(product, at: plan.root)
    let rewrite = try FolderRewriting(
      source, project, plan, history, context.dialects,
      engineName: engineName, rows: settled.rows,
      rendered: rendered, isForced: isForced)
    var result = TruncationResult(plan: plan, folder: rewrite?.assembly, rows: settled.rows)
    result.isUndecided = isUndecided
    result.adoption = try rewrite?.adoption(
      plan, history, product.words, scriptPath: isDryRun ? nil : adoptionScript)
    if adoptionScript != nil, result.adoption == nil {
      throw Adoption.refusal(", or name the tool with --layout")
    }
    let file = adoptionScript.map { AdoptionScript(path: $0) }
    if let directory = result.folder?.change.directory { try file?.check(besides: directory) }
    if let folder = result.folder {
      warn(of: folder, plan, engineName, project, teller)
      try SessionLeavers(plan, history).warn(teller)
    }
    result.blockers = isForced ? [] : rewrite?.assembly.differing ?? []
    if isDryRun { return result }
    if let folder = result.folder, !result.blockers.isEmpty {
      throw HistoryError.changedFiles(result.blockers, directory: folder.change.directory)
    }
    let proof = Proof(
      plan: plan, history: history, product: product, teller: teller,
      settled: holdsRows ? settled : nil, rendered: rendered ?? [], hasFolder: source != nil,
      again: again, isOrderedByNames: project == nil,
      wholeRows: { try run.rows(at: $0, history, product) }, absent: absent)
    result.proof = [try proof.baseline()]
    result.proof.append(try rewrite?.prove(proof) ?? proof.replay())
    if let folder = result.folder {
      context.memory.note(folder: folder.change.directory, of: history.directory)
    }
    try AdoptionScript.write(result.adoption?.script(product.words), to: file) {
      result.segment = try history.truncate(
        plan, proof: result.proof, folder: result.folder?.change, reason: reason, by: actor)
    }
    if case .sql(_, let settings) = source { settings.remember(in: history) }
    history.letProjectionFollow(teller)
    return result
  }

  /// A file that has another name now, and the version that was recorded, is that one: what changed in it
  /// is said of the file that is there.
  private func followNames(_ plan: inout TruncationPlan, _ present: [RevisionDraft]) {
    let found = Dictionary(present.map { ($0.id, $0.source) }) { $1 }
    for index in plan.sources.indices {
      let recorded = plan.sources[index].source
      guard let now = found[plan.sources[index].revision] ?? nil, now.format == recorded.format,
        now.path != recorded.path
      else { continue }
      plan.sources[index].source.path = now.path
      if let down = now.downPath, recorded.down != nil {
        plan.sources[index].source.downPath = down
      }
    }
  }

  /// Of what stays, the tool runs what has a file: the rest would be missing in new databases.
  private func expectFiles(
    of plan: TruncationPlan, without absent: Set<RevisionID>, _ present: [RevisionDraft]
  ) throws {
    let missing = Set(plan.kept + [plan.root]).subtracting(absent)
      .subtracting(present.map(\.id))
    guard let first = missing.sorted().first else { return }
    throw WorkflowError.refused(
      "the cut at \(plan.root) was not made: the folder holds no file of revision \(first)"
        + (missing.count > 1 ? " and \(missing.count - 1) more" : "")
        + ", which stays or is the cut (bring the file back, or cut behind it). Nothing was changed"
    )
  }

  /// Repeatables as they ran with earlier texts: their effects are in what was recorded after them.
  private func earlier(_ history: History) throws -> [RevisionID] {
    guard case .sql(let path, let settings) = source else { return [] }
    return try settings.folder(path, of: history).earlier.map(\.id)
  }

  private func warn(of plan: TruncationPlan, _ source: MigrationsSource, _ teller: Teller) {
    let archived = plan.archived.filter { plan.lost.contains($0) }
    teller.warn(
      "no file in \(source.path) is of \(plan.lost.sorted().map(\.text).joined(separator: ", ")): "
        + "left out of the proof, as a branch that is gone"
        + (archived.isEmpty
          ? "" : "; archived with the cut: \(archived.map(\.text).joined(separator: ", "))"))
  }

  private func warn(
    of folder: FolderAssembly, _ plan: TruncationPlan, _ engineName: String?,
    _ project: AlembicProject?, _ teller: Teller
  ) {
    if let engineName, folder.change.foreign.isEmpty {
      teller.warn(
        "env.py runs the migrations on other databases, too: until their histories are cut at "
          + "\(plan.root) as well, \(folder.baselinePath) makes only that of '\(engineName)', and stops "
          + "where another is made from empty")
    }
    // What env.py was given says which schema it is, for instance.
    let arguments = project?.arguments ?? []
    if arguments.isEmpty { return }
    teller.warn(
      "env.py was given -x \(arguments.joined(separator: " -x ")): \(folder.baselinePath) makes "
        + "what the migrations make with that, also where Alembic is given another (a schema for "
        + "each tenant has one baseline then, that of one)")
  }
  /// What the baseline makes: where another version of the engine judged the root, what this one
  /// shows of the migrations' own database, since those are what the baseline takes the place of.
  private func shownSchema(
    _ plan: TruncationPlan, _ again: SecondRun?, _ product: some Product
  ) -> Schema {
    guard let found = again?.found,
      product.words.isOther(plan.rootRevision.revision.engine, than: found.engine)
    else { return plan.schema }
    return found.schema
  }

  /// Where only the rows ask for it and an answer is given, migrations that no longer run may be cut
  /// off all the same.
  private func runAgain(
    _ run: RunAgain, _ plan: TruncationPlan, _ history: History, _ product: some Product
  ) throws -> SecondRun? {
    do {
      return try run.run(plan.root, history, product)
    } catch let error as ImportError
      where product.words.dumpTool == nil && varyingRows != nil && varyingRows != .ask
    {
      run.teller.endProgress()
      run.teller.warn("which rows differ each time could not be seen: \(error)")
      return nil
    }
  }
}
