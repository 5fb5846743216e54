import FileSystem
import Importers
import SchemaHistory
import SchemaModel

/// The rewrite of an Alembic versions folder for a truncation.
struct AlembicRewrite {
  let location: AlembicLocation
  let assembly: FolderAssembly

  init(
    _ plan: TruncationPlan, _ history: History, _ location: AlembicLocation, dialects: Dialects,
    engineName: String?, rows: SeedRows, rendered: [String]?, isForced: Bool
  ) throws {
    self.location = location
    guard let source = plan.rootRevision.revision.source, source.format == .alembic else {
      throw WorkflowError.refused(
        "expected revision \(plan.root) to come from an Alembic file, found none; "
          + "truncate without --alembic")
    }
    var script = BaselineScript(
      plan.rootRevision, schema: plan.schema, rows: rows, runners: try history.runners(),
      keptTables: try history.runnerTables().kept, words: try history.words(dialects))
    script.rendered = rendered
    // The file may have another name now.
    let path = plan.sources.last { $0.revision == plan.root }?.source.path ?? source.path
    let foreign = try Self.foreignBaseline(
      path, in: location.root, recorded: source.up,
      name: AlembicBaseline.blockName(history.dialect, engineName))
    var baseline = try script.alembic(
      note: Self.note(plan), labels: try Self.labels(plan, history), dialects,
      beside: foreign?.blocks ?? [])
    baseline.engineName = engineName
    baseline.takesArguments = try Self.takesArguments(history.source(of: plan.root))
    let text = baseline.text
    assembly = try FolderAssembly(
      plan, format: .alembic, directory: location.root, baselinePath: path,
      baseline: [ExactText(path): Array(text.utf8)], isForced: isForced,
      foreign: foreign?.bytes)
  }

  /// Whether env.py calls the migration with arguments: what the cut's file takes, its baseline takes.
  private static func takesArguments(_ source: SourceFile?) -> Bool {
    guard let source else { return false }
    let text = String(decoding: source.up, as: UTF8.self)
    guard let found = text.firstRange(of: "\ndef upgrade(") else { return false }
    return text[found.upperBound...].first { !$0.isWhitespace } != ")"
  }

  /// A baseline that the truncation of another history left in the cut's file: one folder may serve
  /// several products, or databases, and the file then serves them all.
  private static func foreignBaseline(
    _ path: String, in folder: String, recorded: ContentHash, name: String
  ) throws -> (bytes: [UInt8], blocks: [DialectBlock])? {
    guard let bytes = try MigrationFolder(folder).read(path), History.sourceHash(bytes) != recorded
    else {
      return nil
    }
    let blocks = DialectBlock.blocks(in: String(decoding: bytes, as: UTF8.self))
    guard !blocks.isEmpty, !blocks.contains(where: { $0.dialect == name }) else {
      return nil
    }
    return (bytes, blocks)
  }

  private static func note(_ plan: TruncationPlan) -> String {
    "Replaces \(Plural.text(plan.archived.count, "revision")), "
      + "\(plan.archived.first?.text ?? "-") to \(plan.root): their files are in the archive of the "
      + "history and come back with `strata restore`."
  }

  /// A label means a branch from where it is set: those of archived revisions live on in the root.
  private static func labels(_ plan: TruncationPlan, _ history: History) throws -> [String] {
    var labels: [String] = []
    for id in plan.archived where !plan.lost.contains(id) {
      for label in try history.revision(id).revision.labels where !labels.contains(label) {
        labels.append(label)
      }
    }
    return labels
  }

  /// The rewritten folder in another place, located as the first one was.
  func rebuilt(in folder: TemporaryFolder) throws -> AlembicLocation {
    try assembly.build(in: folder.path)
    var moved = location
    moved.versions = location.versions.map { folder.path + $0.dropFirst(location.root.count) }
    for versions in moved.versions { try Files.makeDirectory(versions) }
    return moved
  }
}
