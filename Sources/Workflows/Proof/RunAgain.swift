import Importers
import SchemaHistory
import SchemaModel

/// A folder whose migrations can be run again, as they were at the import.
struct RunAgain {
  let source: MigrationsSource?
  let context: WorkflowContext
  let teller: Teller

  /// - Returns: nil without a folder, or with one that does not hold all that `id` is made of.
  func run<P: Product>(_ id: RevisionID, _ history: History, _ product: P) throws -> SecondRun? {
    let wanted = try Self.wanted(id, history)
    switch source {
    case nil: return nil
    case .alembic(let path, let settings):
      let settings = settings.remembered(in: history.directory, context.memory)
      let options = try settings.options()
      let folder = try AlembicFolder(path)
      let bridge = settings.bridge(folder.location.root, context.scratch)
      defer { bridge.close() }
      return try SecondRun(
        of: id, madeOf: wanted, in: history, product, folder.drafts(through: bridge), teller,
        runner: {
          AlembicRunner(bridge: bridge, location: folder.location, graph: $0, options: options)
        })
    case .sql(let path, let settings):
      let folder = try settings.folder(path, of: history)
      return try SecondRun(
        of: id, madeOf: wanted, in: history, product, folder.drafts, teller,
        runner: { _ in folder.runner() })
    }
  }

  /// What a folder is to hold for it: a truncation has put one baseline in the place of the archived
  /// revisions, and what that makes varies no more.
  private static func wanted(_ id: RevisionID, _ history: History) throws -> Set<RevisionID> {
    let graph = try history.graph()
    let all = graph.ancestors(of: id)
    let live = all.filter { graph[$0].map { !$0.isArchived || $0.isBaseline } ?? false }
    return live.contains(id) ? live : all
  }

  /// Which rows vary, as far as it can be known: by the second run, else by what rows and recorded
  /// sources tell.
  func finding(
    _ second: SecondRun?, _ rows: SeedRows, at id: RevisionID, _ history: History
  ) throws -> VaryingRows.Finding {
    if let second { return VaryingRows.Finding(tables: second.varying) }
    return VaryingRows.Finding(
      tables: try RowHints(history: history, id: id).tables(rows), isSeen: false)
  }
}
