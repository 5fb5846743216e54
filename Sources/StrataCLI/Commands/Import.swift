import ArgumentParser
import Documents
import FileSystem
import Importers
import Workflows
import SchemaHistory
import SchemaModel

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Records a whole migration history from a folder.",
    discussion: """
      Every migration is executed in a scratch database, and what became of the schema is recorded. \
      Run again later, it records only what is new. Without more words it does what it did the last time: \
      the store's settings.toml has it, in the words of the options, and people may write there.

      Example:
        strata import alembic migrations
        strata import sql db/migrate --layout golang-migrate
        strata import
      """,
    subcommands: [ImportAlembic.self, ImportSQL.self, ImportAgain.self],
    defaultSubcommand: ImportAgain.self)
}

struct ImportAlembic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alembic",
    abstract: "Records an Alembic history by stepping real Alembic.",
    discussion: """
      DIR is the versions folder, the folder above it, the project's folder, or its alembic.ini or \
      pyproject.toml. The project's env.py runs as under `alembic upgrade`, on a scratch database; \
      --no-env leaves it out. The interpreter is --python, else the active virtual environment, else \
      a .venv or venv beside the folder, else python3.

      Example:
        strata import alembic migrations --python .venv/bin/python
      """)

  enum AuthorSource: String, ExpressibleByArgument, CaseIterable { case git, none }

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The migrations.", valueName: "dir"))
  var directory: String
  @OptionGroup var alembic: AlembicArguments
  @Option(help: "Where authors and dates come from: git, none.")
  var authorFrom: AuthorSource = .git
  @OptionGroup var limits: RunArguments
  @Flag(help: "Let what was recorded by hand on the newest be a branch beside new files.")
  var branch = false
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder(signingWith: signing.signKey)
    let work = AlembicImport(
      folder: directory, settings: try alembic.settings(), takesAuthorsFromGit: authorFrom == .git,
      mayBranch: branch)
    let context = try limits.beginRun()
    let result = try StoppedImport.telling(history) {
      try work.run(in: history, by: Author.current, context)
    }
    try Self.show(result, of: history, json: json)
  }

  static func show(_ result: ImportResult, of history: History, json: Bool) throws {
    if json {
      Console.write(try ImportDocument.value(result, of: history))
    } else {
      Console.print(Line(ImportDocument.paragraph(result)))
    }
  }
}

struct ImportSQL: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Records a folder of SQL migrations.",
    discussion: """
      The files run as their tool runs them (docs/LAYOUTS.md says how for each layout), each revision \
      on the one before it. What is left out is said, with the reason.

      Example:
        strata import sql db/migrations --layout flyway --define owner=app
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The migrations.", valueName: "dir"))
  var directory: String
  @OptionGroup var sql: SQLArguments
  @OptionGroup var limits: RunArguments
  @Flag(help: "Let what was recorded by hand on the newest be a branch beside new files.")
  var branch = false
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder(signingWith: signing.signKey)
    let context = try limits.beginRun()
    let work = try SQLImport(
      folder: directory, settings: sql.settings(), mayBranch: branch)
    let result = try StoppedImport.telling(history) {
      try work.run(in: history, by: Author.current, context)
    }
    try ImportAlembic.show(result, of: history, json: json)
  }
}

/// The last import once more.
struct ImportAgain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "again",
    abstract: "Does what the last import did; `strata import` alone is the same.",
    discussion: """
      Folder and options are those of the store's settings.toml.

      Example:
        strata import
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @OptionGroup var limits: RunArguments
  @Flag(help: "Let what was recorded by hand on the newest be a branch beside new files.")
  var branch = false
  @Flag(help: "Sum up as one JSON document.")
  var json = false
  @Argument(help: .hidden)
  var words: [String] = []

  func validate() throws {
    guard let word = words.first else { return }
    let shown = Files.isDirectory(word) ? word.asShellWord : "DIR"
    throw ValidationError(
      "expected alembic or sql behind import, found '\(word)'; `strata import alembic \(shown)` or "
        + "`strata import sql \(shown)`")
  }

  func run() throws {
    let history = try location.openForFolder(signingWith: signing.signKey)
    let context = try limits.beginRun()
    guard let source = try MigrationsSource.remembered(of: history, context.memory) else {
      throw WorkflowError.input(
        "expected a folder to import, found none that was imported before: `strata import alembic DIR` or "
          + "`strata import sql DIR`")
    }
    let result = try StoppedImport.telling(history) {
      switch source.named(from: Files.workingDirectory) {
      case .alembic(let folder, let settings):
        var work = AlembicImport(
          folder: folder, settings: settings,
          takesAuthorsFromGit: try MigrationsSource.takesAuthorsFromGit(history), mayBranch: branch)
        work.isNamed = false
        return try work.run(in: history, by: Author.current, context)
      case .sql(let folder, let settings):
        var work = SQLImport(folder: folder, settings: settings, mayBranch: branch)
        work.isNamed = false
        return try work.run(in: history, by: Author.current, context)
      }
    }
    try ImportAlembic.show(result, of: history, json: json)
  }
}

/// An import that came to no end, and what it leaves behind.
struct StoppedImport: ClassifiedError, CustomStringConvertible {
  let error: ImportError
  let next: String?

  var fault: FaultKind { error.fault }
  var description: String { "\(Message(of: error))" + (next.map { "\n" + $0 } ?? "") }

  static func telling<T>(_ history: History, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as ImportError {
      throw StoppedImport(error: error, next: next(error, history))
    }
  }

  /// Nothing where the folder was refused before anything ran, or what was recorded fails now.
  private static func next(_ error: ImportError, _ history: History) -> String? {
    switch error {
    case .revisionFailed(let failure) where !failure.isReplay: break
    case .timedOut(id: .some, file: _, seconds: _), .bridgeEnded: break
    default: return nil
    }
    guard let heads = try? history.heads(), !heads.isEmpty else { return "nothing was recorded" }
    return "all revisions before it are recorded; run the same command again to go on from there"
  }
}
