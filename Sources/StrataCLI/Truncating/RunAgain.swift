import ArgumentParser
import Importers
import SchemaHistory
import SchemaModel

/// A folder whose migrations can be run again, as they were at the import.
struct RunAgain {
  var alembicFolder: String?
  var sqlFolder: String?
  let alembic: AlembicArguments
  let sql: SQLArguments
  let limits: RunArguments

  var hasFolder: Bool { alembicFolder != nil || sqlFolder != nil }

  /// - Returns: nil without a folder, or with one that does not hold all that `id` is made of.
  func run<P: Product>(_ id: RevisionID, _ history: History, _ product: P) throws -> SecondRun? {
    let wanted = try Self.wanted(id, history)
    if let alembicFolder {
      let arguments = alembic.remembered(in: history.directory)
      let options = try arguments.options()
      let folder = try AlembicFolder(alembicFolder)
      let bridge = bridge(arguments, root: folder.location.root)
      defer { bridge.close() }
      return try SecondRun(
        of: id, madeOf: wanted, in: history, product, folder.drafts(through: bridge),
        runner: {
          AlembicRunner(bridge: bridge, location: folder.location, graph: $0, options: options)
        })
    }
    guard let sqlFolder else { return nil }
    let folder = try sql.folder(sqlFolder, of: history)
    return try SecondRun(
      of: id, madeOf: wanted, in: history, product, folder.drafts,
      runner: { _ in folder.runner() })
  }

  /// What a folder is to hold for it: a truncation has put one baseline in the place of the archived
  /// revisions, and what that makes varies no more.
  private static func wanted(_ id: RevisionID, _ history: History) throws -> Set<RevisionID> {
    let graph = try history.graph()
    let all = graph.ancestors(of: id)
    let live = all.filter { graph[$0].map { !$0.isArchived || $0.isBaseline } ?? false }
    return live.contains(id) ? live : all
  }

  func bridge(_ arguments: AlembicArguments, root: String) -> Bridge {
    Bridge(
      python: PythonInterpreter.choose(explicit: arguments.python, folder: root),
      limit: limits.limit)
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
