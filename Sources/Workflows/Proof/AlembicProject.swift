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
    self.settings = settings.remembered(in: history.directory, context.memory)
    folder = try AlembicFolder(path, self.settings.lookup)
    bridge = try self.settings.bridge(folder.location.root, context.scratch)
  }

  /// Steps the migrations of the folder, or of the same one in another place.
  func runner(_ location: AlembicLocation, _ graph: MigrationGraph) throws -> AlembicRunner {
    AlembicRunner(
      bridge: bridge, location: location, graph: graph, options: try settings.options(for: location)
    )
  }
}
