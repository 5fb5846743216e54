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
    rendered: [String]?, isForced: Bool
  ) throws {
    self.folder = folder
    guard let source = plan.rootRevision.revision.source, source.format == .sql else {
      throw WorkflowError.refused(
        "expected revision \(plan.root) to come from a SQL file, found none; truncate without --sql"
      )
    }
    var script = BaselineScript(
      plan.rootRevision, schema: plan.schema, rows: rows, runners: [], keptTables: [],
      words: words)
    script.rendered = rendered
    let path = Self.path(source.path, folder.layout)
    var baseline = [ExactText(path): Array(try Self.text(script, folder.layout).utf8)]
    if let down = source.downPath {
      let drops = script.downStatements.map { script.words.terminated($0) + "\n" }.joined()
      baseline[down] = Array(drops.utf8)
    }
    assembly = try FolderAssembly(
      plan, format: .sql, directory: folder.path, baselinePath: path, baseline: baseline,
      isForced: isForced)
  }

  /// The cut's own file; Flyway has a prefix of its own for baselines, which leaves databases that
  /// ran the old files alone.
  private static func path(_ path: String, _ layout: SQLLayout) -> String {
    guard layout == .flyway, let name = path.split(separator: "/").last, name.hasPrefix("V") else {
      return path
    }
    return path.dropLast(name.count) + "B" + name.dropFirst()
  }

  private static func text(_ script: BaselineScript, _ layout: SQLLayout) throws -> String {
    let head =
      "-- Baseline of revision \(script.id), made by Strata \(History.version): "
      + "\(script.contents).\n"
    let ups = script.words.enclosed(
      try script.statements, judgedBy: script.recorded.revision.engine
    ).map {
      "\n\(script.words.terminated($0))\n"
    }
    let downs = script.downStatements.map { "\(script.words.terminated($0))\n" }
    func wrapped(_ statements: [String]) -> String {
      statements.map {
        "-- +goose StatementBegin\n\($0.trimmingBlanks)\n-- +goose StatementEnd\n"
      }.joined()
    }
    return switch layout {
    case .dbmate:
      "\(head)-- migrate:up\n\(ups.joined())\n-- migrate:down\n\(downs.joined())"
    case .goose:
      "\(head)-- +goose Up\n\(wrapped(ups))\n-- +goose Down\n\(wrapped(downs))"
    default: head + ups.joined()
    }
  }
}
