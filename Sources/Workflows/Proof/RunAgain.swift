import Glibc
import Importers
import SchemaHistory
import SchemaModel

/// A folder whose migrations can be run again, as they were at the import.
struct RunAgain {
  let source: MigrationsSource?
  let project: AlembicProject?
  let teller: Teller

  /// - Returns: nil without a folder, or with one that does not hold all that `id` is made of.
  func run<P: Product>(_ id: RevisionID, _ history: History, _ product: P) throws -> SecondRun? {
    let wanted = try Self.wanted(id, history)
    if let project {
      let files = try RecordedFiles(history)
      let drafts = try project.folder.drafts(through: project.bridge) { files.draft($0, $1) }
      return try SecondRun(
        of: id, madeOf: wanted, in: history, product, drafts, teller,
        runner: { try project.runner(project.folder.location, $0) })
    }
    switch source {
    case nil, .alembic: return nil
    case .sql(let path, let settings):
      let folder = try settings.folder(path, of: history)
      // As the databases in the field ran them, which may be another order than the folder's.
      let drafts = FolderOrder.line(
        (folder.drafts + folder.earlier).filter { wanted.contains($0.id) }, try history.graph())
      return try SecondRun(
        of: id, madeOf: wanted, in: history, product, drafts, teller,
        runner: { _ in folder.runner() })
    }
  }

  /// The rows that the folder makes from empty as it is now, in the order of its tool.
  /// - Returns: nil where it does not hold all that `id` is made of, or does not run.
  func rows<P: Product>(
    at id: RevisionID, _ history: History, _ product: P
  ) throws -> SeedRows? {
    do {
      guard case .sql(let path, let settings)? = source else {
        return try run(id, history, product)?.found?.rows
      }
      let folder = try settings.folder(path, of: history)
      let wanted = try Self.wanted(id, history).subtracting(folder.earlier.map(\.id))
      var line: [RevisionDraft] = []
      for var draft in folder.drafts where wanted.contains(draft.id) {
        draft.parents = line.last.map { [$0.id] } ?? []
        draft.dependsOn = []
        line.append(draft)
      }
      guard wanted.isSubset(of: line.map(\.id)) else { return nil }
      var rows: SeedRows?
      var work = HistoryImport(
        engine: try product.engine(), runner: folder.runner(), graph: try MigrationGraph(line))
      work.progress = { teller.show("run again", $0.done, of: $0.total, $0.id.text) }
      try work.run { captured in
        if captured.draft.id == line.last?.id { rows = captured.capture.rows }
      }
      teller.endProgress()
      return rows
    } catch is ImportError {
      teller.endProgress()
      return nil
    }
  }

  /// Tables that two runs leave alike, as far as their values do not vary, and that were recorded otherwise.
  private func leftBySettings(
    _ second: SecondRun, _ rows: SeedRows, at id: RevisionID, _ history: History,
    _ product: some Product
  ) throws -> [ObjectPath] {
    guard let found = second.found?.rows else { return [] }
    // Two runs within one second would show the same time.
    usleep(1_100_000)
    guard let third = try run(id, history, product)?.found?.rows else { return [] }
    return second.varying.filter {
      !VaryingTable(found.tables[$0], third.tables[$0]).allows(rows.tables[$0])
    }
  }

  /// What a folder is to hold for it: a truncation has put one baseline in the place of the archived
  /// revisions, and what that makes varies no more.
  static func wanted(_ id: RevisionID, _ history: History) throws -> Set<RevisionID> {
    let graph = try history.graph()
    let all = graph.ancestors(of: id)
    let live = all.filter { graph[$0].map { !$0.isArchived || $0.isBaseline } ?? false }
    return live.contains(id) ? live : all
  }

  /// Which rows vary, as far as it can be known: by the second run, else by what rows and recorded
  /// sources tell.
  func finding(
    _ second: SecondRun?, _ rows: SeedRows, at id: RevisionID, _ history: History,
    _ product: @autoclosure () throws -> any Product
  ) throws -> VaryingRows.Finding {
    if let second {
      var finding = VaryingRows.Finding(tables: second.varying, changedFiles: second.changedFiles)
      guard second.changedFiles.isEmpty, second.varying.contains(where: { rows.tables[$0] != nil })
      else { return finding }
      let leavers = try SessionLeavers(of: Self.wanted(id, history), history)
      if !leavers.isEmpty {
        finding.unset = try leftBySettings(second, rows, at: id, history, product())
        finding.settings = leavers.words
      }
      return finding
    }
    return VaryingRows.Finding(
      tables: try RowHints(history: history, id: id).tables(rows), isSeen: false)
  }
}
