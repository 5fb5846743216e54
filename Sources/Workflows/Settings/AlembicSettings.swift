import FileSystem
import Importers
import SchemaModel

/// How an Alembic folder's migrations are to be run; the same for importing and for proving a
/// rewrite.
public struct AlembicSettings: Hashable, Sendable {
  /// The project's Python interpreter; nil for the one that the folder and the environment suggest.
  public var python: String?
  /// Folders that join the Python path.
  public var paths: [String]
  /// Whether the project's own env.py runs, with its URL replaced.
  public var usesEnv: Bool
  /// Files and `host:port`s that env.py or a migration may reach beside the scratch database.
  public var allowed: [String]
  /// SQLAlchemy's naming convention, as a JSON object of texts.
  public var namingConvention: String?
  /// Whether each migration has a transaction of its own, as env.py may say.
  public var isTransactionPerMigration: Bool

  public init(
    python: String? = nil, paths: [String] = [], usesEnv: Bool = false, allowed: [String] = [],
    namingConvention: String? = nil, isTransactionPerMigration: Bool = false
  ) {
    self.python = python
    self.paths = paths
    self.usesEnv = usesEnv
    self.allowed = allowed
    self.namingConvention = namingConvention
    self.isTransactionPerMigration = isTransactionPerMigration
  }

  /// The same, with what the last import was told filled in where nothing is said now: the folder is
  /// run again as it was run before.
  /// - Parameter store: the store's directory.
  public func remembered(in store: String, _ place: UserMemory.Place) -> AlembicSettings {
    var result = self
    let memory = place.memory(of: store)
    if python == nil { result.python = memory.python }
    if paths.isEmpty { result.paths = memory.paths }
    guard let last = RememberedImport.read(store) else { return result }
    if !usesEnv { result.usesEnv = last.usesEnv }
    if namingConvention == nil { result.namingConvention = last.namingConvention }
    if !isTransactionPerMigration {
      result.isTransactionPerMigration = last.isTransactionPerMigration
    }
    return result
  }

  /// - Throws: `FolderError` for a naming convention that is no such object, and for what `allowed`
  ///   cannot mean.
  func options() throws -> AlembicOptions {
    try AlembicOptions(
      paths: paths, usesEnv: usesEnv, namingConvention: namingConvention,
      isTransactionPerMigration: isTransactionPerMigration, allowed: allowed)
  }

  /// What starts the interpreter for a folder; close it.
  /// - Throws: `WorkflowError` and `ProductError` of the input for names that are no paths, and for
  ///   limits that are none.
  func bridge(_ root: String, _ limits: ScratchOptions) throws -> Bridge {
    for path in paths + [python].compactMap(\.self) where !Files.isPath(path) {
      throw WorkflowError.notAPath(path)
    }
    try limits.check()
    return Bridge(
      python: PythonInterpreter.choose(explicit: python, folder: root),
      limit: limits.timeout.map { .limit($0) })
  }
}
