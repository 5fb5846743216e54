import Importers
import SchemaHistory
import SchemaModel

/// The rewrite of a folder of SQL migrations for a truncation: one baseline in the folder's layout,
/// with the cut's version.
struct SQLRewrite {
  let folder: SQLFolder
  let assembly: FolderAssembly

  init(
    _ plan: TruncationPlan, folder: SQLFolder, words: any DialectWords, rows: SeedRows,
    rendered: [String]?, graph: RevisionGraph, isForced: Bool
  ) throws {
    self.folder = folder
    let named = plan.sources.first { $0.revision == plan.root }?.source
    guard let source = named ?? plan.rootRevision.revision.source, source.format == .sql else {
      throw WorkflowError.refused(
        "expected revision \(plan.root) to come from a SQL file, found none; truncate without --sql"
      )
    }
    try Self.checkIsVersioned(plan, folder)
    var script = BaselineScript(
      plan.rootRevision, schema: plan.schema, rows: rows, runners: [], keptTables: [],
      words: words)
    script.rendered = rendered
    let path = source.path
    let text = try Self.text(script, folder)
    var files: [ExactText: [UInt8]] = [ExactText(path): Array(text.utf8)]
    for (path, text) in folder.settings(for: text, at: path) { files[path] = Array(text.utf8) }
    if let down = source.downPath ?? folder.undoScript(of: plan.root) {
      files[down] = Array(Self.undo(script).utf8)
    }
    // How the cut's own migration was run is not how the baseline is.
    let belongings = plan.archived.flatMap { id -> [String] in
      if id != plan.root { return folder.belongings(of: id) }
      return folder.companions(of: id) + folder.baselines(upTo: id)
        + [folder.undoScript(of: id)].compactMap { $0 }
    }
    assembly = try FolderAssembly(
      plan, format: .sql, directory: folder.path, baselinePath: path,
      baseline: files, belongings: belongings, unrecorded: Self.unrecorded(folder, graph),
      isForced: isForced)
  }

  /// Files that the tool runs before the last one that was recorded, and no import has seen.
  private static func unrecorded(_ folder: SQLFolder, _ graph: RevisionGraph) -> [String] {
    guard let last = folder.drafts.lastIndex(where: { graph.contains($0.id) }) else { return [] }
    return folder.drafts.prefix(last).filter { !graph.contains($0.id) }.compactMap {
      $0.source?.path
    }
  }

  private static func checkIsVersioned(_ plan: TruncationPlan, _ folder: SQLFolder) throws {
    func isRepeatable(_ path: String?) -> Bool { path.map(folder.layout.isRepeatable) ?? false }
    guard isRepeatable(plan.rootRevision.revision.source?.path) else { return }
    let nearest = plan.sources.last { !isRepeatable($0.source.path) }
    let advice: Message =
      nearest.map { "; cut at \($0.revision), and it stays as it is" } ?? ""
    throw WorkflowError.refused(
      "expected a migration with a version to cut at, found \(plan.root): \(folder.layout.rawValue) "
        + "runs it again whenever its text changes, in every database. Nothing was changed\(advice)"
    )
  }

  private static func text(_ script: BaselineScript, _ folder: SQLFolder) throws -> String {
    let head =
      "-- Baseline of revision \(script.id), made by Strata \(History.version): "
      + "\(script.contents).\n"
    let isOrdered = !folder.connection.enforcesForeignKeys || script.rows.rowCount == 0
    let around: (before: [String], after: [String]) =
      isOrdered
      ? ([], [])
      : script.words.aroundUnorderedRows(inTransaction: !folder.connection.sendsWholeScripts)
    let ups = try script.words.enclosed(
      around.before + (try script.statements) + around.after,
      judgedBy: script.recorded.revision.engine
    ).map {
      "\n\(script.words.terminated(try unmarked($0, script, folder.layout)))\n"
    }
    func wrapped(_ statements: [String]) -> String {
      statements.map {
        "-- +goose StatementBegin\n\($0.trimmingBlanks)\n-- +goose StatementEnd\n"
      }.joined()
    }
    return switch folder.layout {
    case .dbmate:
      "\(head)-- migrate:up\n\(ups.joined())\n-- migrate:down\n\(undo(script))"
    case .goose:
      "\(head)-- +goose Up\n\(wrapped(ups))\n-- +goose Down\n\(undo(script))"
    default: head + ups.joined()
    }
  }

  /// A line within a text or a body is the tool's own mark to a tool that reads lines.
  private static func unmarked(
    _ statement: String, _ script: BaselineScript, _ layout: SQLLayout
  ) throws -> String {
    guard let line = layout.mark(in: statement) else { return statement }
    if let other = script.words.withoutLineBreaks(statement), layout.mark(in: other) == nil {
      return other
    }
    let place = statement.split(whereSeparator: \.isWhitespace).prefix(5).joined(separator: " ")
    throw WorkflowError.refused(
      "expected a baseline that \(layout) reads as it is written, found a line in '\(place) ...' that "
        + "it takes for its own: '\(line)'; nothing was changed. Write that text otherwise in a new "
        + "migration, and cut there")
  }

  /// Before the cut, undoing its version took one migration back; the drops that would undo the
  /// baseline take all that a database holds. So it fails, on every product, before anything is done.
  private static func undo(_ script: BaselineScript) -> String {
    let message = "Strata baseline: undoing it would drop everything"
    let statement = script.words.terminated("SELECT 1 FROM \(script.words.quoted(message))")
    return """
      -- This fails on purpose: undoing the baseline would drop everything that the database holds.
      -- For an empty database drop it and make a new one. To undo the migrations up to \(script.id) one by
      -- one, bring them back with `strata restore`.
      \(statement)

      """
  }
}
