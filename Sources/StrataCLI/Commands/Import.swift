import ArgumentParser
import FileSystem
import Importers
import SchemaHistory
import SchemaModel

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Records a whole migration history from a folder.",
    discussion: """
      Every migration is executed in a scratch database, and what became of the schema is recorded. \
      Run again later, it records only what is new.

      Example:
        strata import alembic migrations
        strata import sql db/migrate --layout golang-migrate
      """,
    subcommands: [ImportAlembic.self, ImportSQL.self])
}

struct ImportAlembic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alembic",
    abstract: "Records an Alembic history by stepping real Alembic.",
    discussion: """
      DIR is the versions folder, the folder above it, or alembic.ini. The interpreter is --python, \
      else the active virtual environment, else a .venv or venv beside the folder, else python3.

      Example:
        strata import alembic migrations --python .venv/bin/python
      """)

  enum AuthorSource: String, ExpressibleByArgument, CaseIterable { case git, none }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The migrations.", valueName: "dir"))
  var directory: String
  @OptionGroup var alembic: AlembicArguments
  @Option(help: "Where authors and dates come from: git, none.")
  var authorFrom: AuthorSource = .git
  @OptionGroup var limits: RunArguments
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder()
    try limits.warnOfScratch(history)
    try TemporaryFolder.beginRun()
    let alembic = alembic.remembered(in: history.directory)
    let options = try alembic.options()
    var folder = try AlembicFolder(directory)
    if try history.settle(folder.location.root) { folder = try AlembicFolder(directory) }
    let bridge = Bridge(
      python: PythonInterpreter.choose(explicit: alembic.python, folder: folder.location.root),
      limit: limits.limit)
    defer { bridge.close() }
    let files = try RecordedFiles(history)
    var drafts = try folder.drafts(through: bridge) { files.draft($0, $1) }
    let isComplete = try Self.areAllKnown(drafts, in: history)
    if authorFrom == .git, !isComplete {
      let authors = GitAuthors(folder: folder.location.root)
      if let problem = authors.problem { Console.warn(problem) }
      drafts = authors.applied(to: drafts)
    }
    let graph = try MigrationGraph(drafts)
    let runner = AlembicRunner(
      bridge: bridge, location: folder.location, graph: graph, options: options)
    let importing = Importing(history: history, origin: directory)
    let outcome = try importing.run(history.product(limits.options), drafts, graph, runner)
    alembic.remember(in: history.directory)
    UserMemory.note(folder: folder.location.root, of: history.directory)
    try importing.report(outcome, json: json)
  }

  private static func areAllKnown(_ drafts: [RevisionDraft], in history: History) throws -> Bool {
    let known = try history.graph()
    return drafts.allSatisfy { known.contains($0.id) }
  }
}

struct ImportSQL: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Records a folder of SQL migrations.",
    discussion: """
      The files run in the order of their versions, each revision on the one before it.

      Example:
        strata import sql db/migrations --layout flyway --define owner=app
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The migrations.", valueName: "dir"))
  var directory: String
  @OptionGroup var sql: SQLArguments
  @OptionGroup var limits: RunArguments
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder()
    try limits.warnOfScratch(history)
    try TemporaryFolder.beginRun()
    _ = try history.settle(directory)
    let folder = try sql.folder(directory, of: history)
    for warning in folder.warnings { Console.warn(warning) }
    let drafts = try FolderOrder.asRecorded(
      GitAuthors(folder: folder.path).applied(to: folder.drafts), in: history)
    let importing = Importing(history: history, origin: directory)
    let outcome = try importing.run(
      history.product(limits.options), drafts, MigrationGraph(drafts), folder.runner())
    UserMemory.note(folder: folder.path, of: history.directory)
    try importing.report(outcome, json: json)
  }
}
