public import SchemaModel

/// What of a migration is executed, and how its tool does that.
struct SQLMigrationScript {
  var text: String
  /// False where the migration asks its tool for no transaction around it.
  var isTransactional: Bool
}

/// Runs the scripts of a folder in the scratch database itself, in a transaction each or not, as
/// the layout's tool would.
public struct SQLRunner: MigrationRunner {
  private let scripts: [RevisionID: SQLMigrationScript]
  private let connection: ToolConnection
  private let paths: [RevisionID: String]
  private let tool: MigrationTool?

  init(_ folder: SQLFolder) {
    scripts = folder.scripts
    connection = folder.connection
    tool = folder.layout.tool
    var paths: [RevisionID: String] = [:]
    for draft in folder.drafts + folder.earlier { paths[draft.id] = draft.source?.path }
    self.paths = paths
  }

  /// - Throws: `ImportError.revisionFailed` with what the engine said; what `each` throws.
  public func run(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws {
    scratch.connect(as: connection)
    if let tool { try scratch.makeTable(of: tool) }
    for id in ids {
      let statements: [ExecutedStatement]
      do {
        let script = scripts[id] ?? SQLMigrationScript(text: "", isTransactional: true)
        statements = try scratch.run(script: script.text, inTransaction: script.isTransactional)
      } catch {
        throw ImportError.revisionFailed(
          RevisionFailure(
            id: id, file: paths[id] ?? "?", reason: "\(error)",
            hint: (error as? any AdvisedError)?.nextStep))
      }
      try each(RanRevision(id: id, statements: statements))
    }
  }
}
