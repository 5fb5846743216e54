import SchemaModel
public import ArgumentParser
import Documents
import FileSystem
import SchemaHistory
public import Workflows

struct Truncate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "truncate",
    abstract: "Makes a revision the new root; what lies before it goes into the archive.",
    discussion: """
      The migrations folder is rewritten too, the one that was imported last or the one that --alembic or \
      --sql names (--no-folder leaves files alone): the revision's own file \
      becomes the baseline that creates its schema and rows, the files of archived revisions leave \
      (`strata restore` brings them back), later files stay as they are. Databases at or after the \
      revision need nothing with Alembic and most tools of SQL; what they need with sqlx, Prisma and \
      Flyway is said, and --adopt-script writes it (docs/LAYOUTS.md). \
      Before anything is changed the cut is proved: the baseline in an empty database, and the \
      rewritten folder run by the migration tool, must give the recorded schemas. The archived \
      migrations run once more as well: tables whose rows come out otherwise hold a secret made at \
      random or the time of the run, which every new database would share. What becomes of them is \
      asked for, or said with --data.

      Example:
        strata truncate v2.0 --reason "older releases are gone" --dry-run
        strata truncate v2.0 --alembic migrations --reason "older releases are gone"
        strata truncate v2.0 --no-folder
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The new root.", valueName: "rev"))
  var revision: String
  @Option(
    name: .customLong("alembic"),
    help: ArgumentHelp("Rewrite this Alembic folder.", valueName: "dir"))
  var alembicFolder: String?
  @Option(
    name: .customLong("sql"),
    help: ArgumentHelp("Rewrite this folder of SQL migrations.", valueName: "dir"))
  var sqlFolder: String?
  @Flag(help: "Leave files alone: the history alone is cut.")
  var noFolder = false
  @Flag(help: "Leave the rows out of the baseline.")
  var noData = false
  @Option(
    help: ArgumentHelp(
      "Rows that differ each time the migrations run (random values, the clock): keep, skip, ask. "
        + "ask is what happens without it, and is refused where there is no terminal.",
      valueName: "choice"))
  var data: VaryingRows?
  @Option(help: ArgumentHelp("Why; the audit keeps it.", valueName: "text"))
  var reason = ""
  @Option(
    help: ArgumentHelp(
      "Write a script for existing databases: it changes the migration tool's own table alone, so "
        + "that the tool takes the cut folder for the one that it ran.", valueName: "file"))
  var adoptScript: String?
  @Flag(help: "Also where files of archived revisions were changed after they were recorded.")
  var force = false
  @Flag(help: "Print what would happen, change nothing.")
  var dryRun = false
  @Flag(help: "One JSON document.")
  var json = false
  @OptionGroup var alembic: AlembicArguments
  @OptionGroup var sql: SQLArguments
  @OptionGroup var limits: RunArguments

  func validate() throws {
    if noData, data != nil {
      throw ValidationError("--no-data leaves all rows out; leave --data out too")
    }
    if alembicFolder != nil, sqlFolder != nil {
      throw ValidationError("--alembic and --sql exclude each other; a history has one folder")
    }
    if noFolder, alembicFolder != nil || sqlFolder != nil {
      throw ValidationError("--no-folder leaves files alone; leave it out, or --alembic and --sql")
    }
  }

  /// The folder that is named; else the one that was imported last, with what is said of it here.
  private func source(_ history: History, _ context: WorkflowContext) throws -> MigrationsSource? {
    if noFolder { return nil }
    if let named = try MigrationsSource(alembicFolder, alembic, sqlFolder, sql) { return named }
    let remembered = try MigrationsSource.remembered(
      of: history, context.memory, isRewritten: true)
    switch remembered?.named(from: Files.workingDirectory) {
    case .alembic(let folder, let last):
      var settings = try alembic.settings()
      settings.section = settings.section ?? last.section
      return .alembic(folder, settings)
    case .sql(let folder, let last):
      var settings = try sql.settings()
      settings.definitions.merge(last.definitions) { said, _ in said }
      settings.enforcesForeignKeys = settings.enforcesForeignKeys ?? last.enforcesForeignKeys
      return .sql(folder, settings)
    case nil:
      if try history.heads().contains(where: { try history.cameFromFile($0) }) {
        Console.warn(
          "no folder is known of this history, so files are left alone: name it with --alembic or --sql, "
            + "or say --no-folder")
      }
      return nil
    }
  }

  func run() throws {
    let history =
      dryRun
      ? try location.openForReading() : try location.openForFolder(signingWith: signing.signKey)
    let context = try limits.beginRun()
    var work = HistoryTruncation(
      at: revision, source: try source(history, context),
      holdsRows: !noData, varyingRows: data, reason: reason, isForced: force, isDryRun: dryRun)
    work.adoptionScript = adoptScript
    let result = try work.run(in: history, by: Author.current, context)
    if json {
      Console.write(TruncationDocument.value(result))
    } else {
      Console.print(TruncationDocument.lines(result))
    }
  }
}

extension VaryingRows: ExpressibleByArgument {}

extension History {
  /// Whether a revision was recorded of a file in a folder.
  fileprivate func cameFromFile(_ id: RevisionID) throws -> Bool {
    let revision = try revision(id).revision
    return revision.source != nil && revision.tool != RevisionDraft.byHand
  }
}
