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
  /// The section of the ini, as Alembic's `-n` names it; nil for `[alembic]`.
  public var section: String?
  /// Whether the project's own env.py runs, with its URL replaced; nil where it runs if there is one,
  /// and neither a naming convention nor transactions are given in its place.
  public var usesEnv: Bool?
  /// Which one, where env.py runs the migrations on several databases.
  public var database: String?
  /// Variables of the environment that the project's code finds, beside those that are there. They
  /// are not remembered: they may be secrets.
  public var variables: [String: String]
  /// What Alembic's `-x` gives to env.py.
  public var arguments: [String]
  /// The application in whose context env.py runs, as Flask's `--app` names it; nil for the one that
  /// Flask finds, where env.py asks for one.
  public var application: String?
  /// Files and `host:port`s that env.py or a migration may reach beside the scratch database.
  public var allowed: [String]
  /// SQLAlchemy's naming convention, as a JSON object of texts.
  public var namingConvention: String?
  /// Whether each migration has a transaction of its own, as env.py may say.
  public var isTransactionPerMigration: Bool

  public init(
    python: String? = nil, paths: [String] = [], section: String? = nil, usesEnv: Bool? = nil,
    database: String? = nil, variables: [String: String] = [:], arguments: [String] = [],
    application: String? = nil, allowed: [String] = [], namingConvention: String? = nil,
    isTransactionPerMigration: Bool = false
  ) {
    self.python = python
    self.paths = paths
    self.section = section
    self.usesEnv = usesEnv
    self.database = database
    self.variables = variables
    self.arguments = arguments
    self.application = application
    self.allowed = allowed
    self.namingConvention = namingConvention
    self.isTransactionPerMigration = isTransactionPerMigration
  }

  /// The same, with what the last import was told filled in where nothing is said now: the folder is
  /// run again as it was run before.
  /// - Parameter store: the store's directory.
  /// - Throws: `WorkflowError.refused` where the store's own note of it is damaged.
  public func remembered(in store: String, _ place: UserMemory.Place) throws -> AlembicSettings {
    var result = self
    let memory = place.memory(of: store)
    let last = try ProjectSettings.read(store)
    let trust = ProgramTrust(store: store, memory: memory, settings: last)
    if python == nil { result.python = try trust.python() }
    if paths.isEmpty { result.paths = try trust.paths() }
    if arguments.isEmpty { result.arguments = try trust.arguments() }
    if application == nil { result.application = try trust.application() }
    guard let last else { return result }
    if section == nil { result.section = last.section }
    let saysNothing = namingConvention == nil && !isTransactionPerMigration
    if usesEnv == nil, saysNothing { result.usesEnv = last.usesEnv }
    if result.usesEnv == true {
      if database == nil { result.database = last.database }
      return result
    }
    if namingConvention == nil { result.namingConvention = last.namingConvention }
    if !isTransactionPerMigration {
      result.isTransactionPerMigration = last.isTransactionPerMigration
    }
    return result
  }

  /// What tells the project's parts, beside its folder.
  var lookup: AlembicLookup { AlembicLookup(section: section, paths: paths) }

  /// Whether env.py runs in this project.
  func runsEnvironment(of location: AlembicLocation) -> Bool {
    usesEnv
      ?? (location.environment != nil && namingConvention == nil && !isTransactionPerMigration)
  }

  /// The same, with what is the case where nothing was said: so that it is the same the next time. Of
  /// a folder without an env.py nothing is decided.
  func settled(for location: AlembicLocation) -> AlembicSettings {
    var result = self
    if location.environment != nil { result.usesEnv = runsEnvironment(of: location) }
    return result
  }

  /// - Throws: `FolderError` for a naming convention that is no such object, and for what `allowed`
  ///   cannot mean; `WorkflowError` for what says the same in two ways.
  func options(for location: AlembicLocation) throws -> AlembicOptions {
    let runsEnvironment = runsEnvironment(of: location)
    if runsEnvironment, namingConvention != nil || isTransactionPerMigration {
      throw WorkflowError.input(
        "expected env.py to say the naming convention and the transactions, found --env with "
          + "--naming-convention or --transaction-per-migration; leave these out, or give --no-env")
    }
    if !runsEnvironment, let database {
      throw WorkflowError.input(
        "--database \(database) is one of those that env.py runs the migrations on, and no env.py "
          + "runs; leave it out, or name the folder that holds env.py")
    }
    return try AlembicOptions(
      paths: paths, usesEnv: runsEnvironment, database: database, arguments: arguments,
      application: application, namingConvention: namingConvention,
      isTransactionPerMigration: isTransactionPerMigration,
      allowed: allowed)
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
      limit: limits.timeout.map { .limit($0) }, variables: variables)
  }
}
