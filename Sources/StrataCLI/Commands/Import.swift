import ArgumentParser
import Documents
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
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder(signingWith: signing.signKey)
    let work = AlembicImport(
      folder: directory, settings: try alembic.settings(), takesAuthorsFromGit: authorFrom == .git)
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
  @Flag(help: "Sum up as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForFolder(signingWith: signing.signKey)
    let context = try limits.beginRun()
    let work = try SQLImport(folder: directory, settings: sql.settings())
    let result = try StoppedImport.telling(history) {
      try work.run(in: history, by: Author.current, context)
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
