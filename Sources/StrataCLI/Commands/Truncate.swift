import ArgumentParser
import FileSystem
import Importers
import SchemaHistory
import SchemaModel

struct Truncate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "truncate",
    abstract: "Makes a revision the new root; what lies before it goes into the archive.",
    discussion: """
      With --alembic or --sql the migrations folder is rewritten too: the revision's own file \
      becomes the baseline that creates its schema and rows, the files of archived revisions leave \
      (`strata restore` brings them back), later files stay as they are. Databases at or after the \
      revision need nothing. Before anything is changed the cut is proved: the baseline in an empty \
      database, and the rewritten folder run by the migration tool, must give the recorded schemas. \
      The archived migrations run once more as well: tables whose rows come out otherwise hold a \
      secret made at random or the time of the run, which every new database would share. What \
      becomes of them is asked for, or said with --data.

      Example:
        strata truncate v2.0 --alembic migrations --reason "older releases are gone" --dry-run
        strata truncate v2.0 --alembic migrations --reason "older releases are gone"
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The new root.", valueName: "rev"))
  var revision: String
  @Option(
    name: .customLong("alembic"),
    help: ArgumentHelp("Rewrite this Alembic folder.", valueName: "dir"))
  var alembicFolder: String?
  @Option(
    name: .customLong("sql"),
    help: ArgumentHelp("Rewrite this folder of SQL migrations.", valueName: "dir"))
  var sqlFolder: String?
  @Flag(help: "Leave the rows out of the baseline.")
  var noData = false
  @Option(
    help: ArgumentHelp(
      "Rows that differ each time the migrations run (random values, the clock): keep, skip, ask. "
        + "ask is what happens without it, and is refused where there is no terminal.",
      valueName: "choice"))
  var data: VaryingRows?
  @Option(help: ArgumentHelp("Why; the audit keeps it.", valueName: "text"))
  var reason = ""
  @Flag(help: "Also where files of archived revisions were changed after they were recorded.")
  var force = false
  @Flag(help: "Print what would happen, change nothing.")
  var dryRun = false
  @Flag(help: "One JSON document.")
  var json = false
  @OptionGroup var alembic: AlembicArguments
  @OptionGroup var sql: SQLArguments
  @OptionGroup var limits: RunArguments

  func validate() throws {
    if noData, data != nil {
      throw ValidationError("--no-data leaves all rows out; leave --data out too")
    }
    if alembicFolder != nil, sqlFolder != nil {
      throw ValidationError("--alembic and --sql exclude each other; a history has one folder")
    }
  }

  func run() throws {
    let history =
      dryRun ? try location.openForReading() : try location.openForFolder()
    if !dryRun { try settle(history) }
    try TemporaryFolder.beginRun()
    let id = try history.resolve(revision)
    let plan = try history.planTruncation(at: id)
    try cut(plan, history, history.product(limits.options))
  }

  /// There is room for one rewriting: an interrupted one comes first, if this is its folder.
  private func settle(_ history: History) throws {
    guard let interrupted = try history.interruptedFolder() else { return }
    let named = try alembicFolder.map { try AlembicFolder($0).location.root } ?? sqlFolder
    guard let named, try history.isInterrupted(named) else {
      throw HistoryError.interruptedFolder(interrupted)
    }
    _ = try history.settle(named)
  }

  private func cut(
    _ plan: TruncationPlan, _ history: History, _ product: some Product
  ) throws {
    let run = RunAgain(
      alembicFolder: alembicFolder, sqlFolder: sqlFolder, alembic: alembic, sql: sql,
      limits: limits)
    var settled = VaryingRows.Settled(rows: noData ? SeedRows() : plan.rows)
    var dump: String?
    if !dryRun, run.hasFolder, product.words.dumpTool != nil || settled.rows.rowCount > 0 {
      let second = try runAgain(run, plan, history, product)
      dump = second?.dump
      if !noData {
        settled = try (data ?? .ask).settle(
          plan.rows, run.finding(second, plan.rows, at: plan.root, history))
      }
    }
    let rewrite = try self.rewrite(plan, history, settled.rows)
    let blocked = force ? [] : rewrite?.assembly.differing ?? []
    var report = TruncationReport(plan: plan, assembly: rewrite?.assembly, rows: settled.rows)
    report.blockers = blocked
    if dryRun {
      report.print(json: json)
      return
    }
    if let assembly = rewrite?.assembly, !blocked.isEmpty {
      throw HistoryError.changedFiles(blocked, directory: assembly.change.directory)
    }
    let proof = Proof(
      plan: plan, history: history, product: product, settled: noData ? nil : settled, dump: dump)
    report.proof = try prove(proof, rewrite)
    if let folder = rewrite?.assembly.change.directory {
      UserMemory.note(folder: folder, of: history.directory)
    }
    report.segment = try history.truncate(
      plan, proof: report.proof, folder: rewrite?.assembly.change, reason: reason,
      by: Author.current)
    history.letProjectionFollow()
    report.print(json: json)
  }

  private enum Rewrite {
    case alembic(AlembicRewrite)
    case sql(SQLRewrite)

    var assembly: FolderAssembly {
      switch self {
      case .alembic(let rewrite): rewrite.assembly
      case .sql(let rewrite): rewrite.assembly
      }
    }
  }

  /// Where only the rows ask for it and an answer is given, migrations that no longer run may be cut
  /// off all the same.
  private func runAgain(
    _ run: RunAgain, _ plan: TruncationPlan, _ history: History, _ product: some Product
  ) throws -> SecondRun? {
    do {
      return try run.run(plan.root, history, product)
    } catch let error as ImportError
      where product.words.dumpTool == nil && data != nil && data != .ask
    {
      Progress.clear()
      Console.warn("which rows differ each time could not be seen: \(error)")
      return nil
    }
  }

  private func rewrite(
    _ plan: TruncationPlan, _ history: History, _ rows: SeedRows
  ) throws -> Rewrite? {
    if let alembicFolder {
      return .alembic(
        try AlembicRewrite(
          plan, history, directory: alembicFolder, rows: rows, isForced: force))
    }
    if let sqlFolder {
      return .sql(
        try SQLRewrite(
          plan, folder: sql.folder(sqlFolder, of: history), words: history.words(), rows: rows,
          isForced: force))
    }
    return nil
  }

  private func prove(_ proof: Proof, _ rewrite: Rewrite?) throws -> [String] {
    let history = proof.history
    var lines = [try proof.baseline()]
    switch rewrite {
    case nil: lines.append(try proof.replay())
    case .sql(let rewrite):
      let trial = try TemporaryFolder("rewrite")
      defer { trial.remove() }
      try rewrite.assembly.build(in: trial.path)
      let folder = try SQLFolder(
        trial.path, layout: rewrite.folder.layout, definitions: sql.values(),
        recorded: history.recordedFiles())
      lines.append(
        try proof.folder(
          folder.drafts, runner: { _ in folder.runner() }, tool: proof.product.words.title)
      )
    case .alembic(let rewrite):
      lines.append(
        try proveAlembic(proof, rewrite, alembic.remembered(in: history.directory)))
    }
    return lines
  }

  private func proveAlembic(
    _ proof: Proof, _ rewrite: AlembicRewrite, _ alembic: AlembicArguments
  ) throws -> String {
    let trial = try TemporaryFolder("rewrite")
    defer { trial.remove() }
    let moved = try rewrite.rebuilt(in: trial)
    let options = try alembic.options()
    let bridge = Bridge(
      python: PythonInterpreter.choose(explicit: alembic.python, folder: rewrite.location.root),
      limit: limits.limit)
    defer { bridge.close() }
    let drafts = try AlembicFolder(moved).drafts(through: bridge)
    return try proof.folder(
      drafts,
      runner: {
        AlembicRunner(bridge: bridge, location: moved, graph: $0, options: options)
      }, tool: "Alembic")
  }
}

extension VaryingRows: ExpressibleByArgument {}
