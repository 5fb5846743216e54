import SchemaModel
import Importers

/// A folder of migrations, and how they are run.
public enum MigrationsSource: Hashable, Sendable {
  case alembic(String, AlembicSettings = AlembicSettings())
  case sql(String, SQLSettings = SQLSettings())

  /// As it was named.
  public var path: String {
    switch self {
    case .alembic(let path, _), .sql(let path, _): path
    }
  }

  /// The folder whose files are rewritten: above Alembic's versions there may be more.
  /// - Throws: `FolderError` where Alembic's cannot be found.
  func root() throws -> String {
    switch self {
    case .alembic(let path, let settings): try AlembicFolder(path, settings.lookup).location.root
    case .sql(let path, _): path
    }
  }
}
