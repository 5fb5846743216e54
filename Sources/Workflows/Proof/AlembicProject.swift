import Importers
import SchemaHistory
import SchemaModel

/// An Alembic folder, and the one Python that runs it as it is and as it is to be.
struct AlembicProject {
  let folder: AlembicFolder
  /// Started when it is first needed; close it.
  let bridge: Bridge
  private let settings: AlembicSettings

  /// Nil for a source of another kind.
  init?(_ source: MigrationsSource?, _ history: History, _ context: WorkflowContext) throws {
    guard case .alembic(let path, let settings) = source else { return nil }
    self.settings = try settings.remembered(in: history.directory, context.memory)
    folder = try AlembicFolder(path, self.settings.lookup)
    bridge = try self.settings.bridge(folder.location.root, context.scratch)
  }

  /// What env.py was given with `-x`; nothing where it does not run.
  var arguments: [String] {
    let usesEnv = (try? settings.options(for: folder.location).usesEnv) ?? false
    return usesEnv ? settings.arguments : []
  }

  /// What env.py calls this history's database, where it runs the migrations on several; nil for the
  /// only one.
  /// - Throws: `WorkflowError.refused` where it does not say it to the migrations: one file could not
  ///   serve them all.
  func engineName(_ product: some Product, at id: RevisionID) throws -> String? {
    guard let database = settings.database, try settings.options(for: folder.location).usesEnv
    else { return nil }
    let runner = try runner(folder.location, try MigrationGraph([]))
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    _ = try runner.prepare(scratch, for: id)
    guard let name = runner.engineName, !name.contains(where: \.isNewline) else {
      throw WorkflowError.refused(
        "expected env.py to say to its migrations on which database they run "
          + "(run_migrations(engine_name=...)), found nothing of the kind for '\(database)': a "
          + "baseline could not tell its databases apart. Nothing was changed")
    }
    return name
  }

  /// A cut writes what the history holds over what the folder does: they are to have one order.
  func expectOrder(of history: History) throws {
    let files = try RecordedFiles(history)
    let moved = files.moved(try folder.drafts(through: bridge) { files.draft($0, $1) })
    guard !moved.isEmpty else { return }
    throw WorkflowError.refused(
      "expected the order in which the migrations were recorded, found another: "
        + "\(moved.joined(separator: "; ")). Nothing was changed. Put its down_revision and depends_on back, or, "
        + "where no database has run it, record the folder in a new store")
  }

  /// Steps the migrations of the folder, or of the same one in another place.
  func runner(_ location: AlembicLocation, _ graph: MigrationGraph) throws -> AlembicRunner {
    AlembicRunner(
      bridge: bridge, location: location, graph: graph, options: try settings.options(for: location)
    )
  }
}
