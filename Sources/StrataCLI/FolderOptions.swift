import ArgumentParser
import Importers
import FileSystem
import SchemaModel
import Workflows

/// How Alembic's migrations are to be run; the same for importing and for proving a rewrite.
struct AlembicArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The project's Python interpreter.", valueName: "exe"))
  var python: String?
  @Option(
    name: .customLong("path"),
    help: ArgumentHelp("A folder that joins the Python path.", valueName: "dir"))
  var paths: [String] = []
  @Option(
    name: [.customShort("n"), .customLong("ini-section")],
    help: ArgumentHelp("The section of alembic.ini, as alembic -n.", valueName: "name"))
  var section: String?
  @Flag(
    inversion: .prefixedNo,
    help: "Run the project's own env.py, with its URL replaced; done where there is one.")
  var env: Bool?
  @Option(
    help: ArgumentHelp(
      "Which one, where env.py runs the migrations on several databases.", valueName: "name"))
  var database: String?
  @Option(
    name: .customLong("env-var"),
    help: ArgumentHelp(
      "A variable of the environment for env.py and the migrations.", valueName: "name=value"))
  var variables: [String] = []
  @Option(
    name: .customShort("x"),
    help: ArgumentHelp("An argument for env.py, as alembic -x.", valueName: "argument"))
  var arguments: [String] = []
  @Option(
    name: .customLong("app"),
    help: ArgumentHelp(
      "The application whose context env.py runs in, as flask --app.", valueName: "module:name"))
  var application: String?
  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp(
      "A file or a server that env.py or a migration may reach beside the scratch database.",
      valueName: "file|host:port"))
  var allowed: [String] = []
  @Option(
    help: ArgumentHelp("SQLAlchemy's naming convention, without env.py.", valueName: "json"))
  var namingConvention: String?
  @Flag(help: "One transaction for each migration, without env.py.")
  var transactionPerMigration = false

  /// - Throws: `.input` for a variable without a name.
  func settings() throws -> AlembicSettings {
    AlembicSettings(
      python: python, paths: paths, section: section, usesEnv: env, database: database,
      variables: try SettingsPairs.read(variables, of: "--env-var", example: "APP_ENV=test"),
      arguments: arguments, application: application, allowed: allowed,
      namingConvention: namingConvention, isTransactionPerMigration: transactionPerMigration)
  }
}

/// How a folder of SQL migrations is to be read.
struct SQLArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder's layout: auto, \(SQLLayout.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "what was said for this history before without it, else auto.", valueName: "name"))
  var layout: String?
  @Option(
    name: .customLong("define"),
    help: ArgumentHelp("A value for ${NAME} in the files.", valueName: "name=value"))
  var definitions: [String] = []
  enum Enforcement: String, ExpressibleByArgument, CaseIterable { case on, off }
  @Option(
    help: ArgumentHelp(
      "Whether the tool's connection enforces foreign keys: on, off; what is usual in the layout "
        + "without it.", valueName: "choice"))
  var foreignKeys: Enforcement?

  /// - Throws: `.input` for a layout that is none, and a definition without a name.
  func settings() throws -> SQLSettings {
    let values = try SettingsPairs.read(definitions, of: "--define", example: "schema=main")
    return SQLSettings(
      layout: try chosenLayout(), definitions: values,
      enforcesForeignKeys: foreignKeys.map { $0 == .on }, guessesLayout: layout == "auto")
  }

  private func chosenLayout() throws -> SQLLayout? {
    guard let layout, layout != "auto" else { return nil }
    guard let chosen = SQLLayout(rawValue: layout) else {
      let names = ["auto"] + SQLLayout.allCases.map(\.rawValue)
      throw WorkflowError.input(
        "expected a layout (\(names.joined(separator: ", "))), found '\(layout)'; "
          + "auto tells it from the files")
    }
    return chosen
  }
}

/// Limits of a run that both kinds of import share.
struct RunArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Seconds that one revision may take; no limit without it.", valueName: "seconds"))
  var timeout: Int?
  @Option(
    help: ArgumentHelp(
      "A PostgreSQL server for scratch databases; without it a temporary one is started.",
      valueName: "url"))
  var scratch: String?
  @Flag(
    help: ArgumentHelp(
      "Lets the role of --scratch run migrations though it may do there what nothing undoes: a "
        + "superuser, for one."))
  var trustMigrations = false
  @Option(
    help: ArgumentHelp(
      "The major version of the temporary PostgreSQL; the newest without it.", valueName: "major"))
  var pgVersion: Int?
  @Flag(
    help: "Run migrations as a superuser of the temporary PostgreSQL, not as a database's owner.")
  var superuser = false

  func validate() throws {
    if let timeout, timeout < 1 {
      throw ValidationError("expected --timeout of 1 second or more, found \(timeout)")
    }
  }

  var options: ScratchOptions {
    ScratchOptions(
      url: scratch, version: pgVersion, timeout: timeout.map(Double.init),
      trustsMigrations: trustMigrations, isSuperuser: superuser)
  }

  /// What a workflow that runs migrations needs: a temporary folder of its own for all that it
  /// makes, and whoever sits at the terminal.
  func beginRun() throws -> WorkflowContext {
    try TemporaryFolder.beginRun()
    return Console.context(options)
  }
}

extension MigrationsSource {
  /// The folder that a command line names, if it names one.
  init?(
    _ alembicFolder: String?, _ alembic: AlembicArguments, _ sqlFolder: String?,
    _ sql: SQLArguments
  ) throws {
    if let alembicFolder {
      self = .alembic(alembicFolder, try alembic.settings())
    } else if let sqlFolder {
      self = .sql(sqlFolder, try sql.settings())
    } else {
      return nil
    }
  }
}
