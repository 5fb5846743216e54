import ArgumentParser
import DialectRegistry
import Documents
import FileSystem
import SchemaHistory
import SchemaModel
import Workflows

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes an empty store.",
    discussion: """
      The store is a directory of its own, .strata unless --store names another. It belongs beside \
      the migrations. Whether it is committed is yours to say: a .gitignore in it leaves out what belongs \
      to one working copy alone (README, In a team).

      Example:
        strata init
        strata init --dialect postgresql
        strata init --keep-table schema_migrations
      """)

  @OptionGroup var location: StoreOptions
  @Option(help: ArgumentHelp("The database product: sqlite, postgresql.", valueName: "name"))
  var dialect = Dialects.usual.rawValue
  @Option(
    name: .customLong("keep-table"),
    help: ArgumentHelp(
      "A migration tool's own table (\(Self.known)) that is to be part of the schema all the same; may "
        + "be given more than once.", valueName: "name"))
  var keptTables: [String] = []

  private static let known = RunnerTables.known.sorted().joined(separator: ", ")

  func run() throws {
    guard let chosen = Dialects.standard.named(dialect)?.dialect else {
      let names = Dialects.standard.names.map { "\($0)" }
      let near =
        names.first { !dialect.isEmpty && $0.hasPrefix(dialect.lowercased()) }
        ?? NearestNames.find(dialect, among: names).first
      throw WorkflowError.input(
        "expected a dialect (\(Dialects.standard.names.joined(separator: ", "))), "
          + "found '\(dialect)'; try `strata init --dialect \(near ?? Dialects.usual.rawValue)`")
    }
    if keptTables.contains("") {
      throw WorkflowError.input(
        "expected a table's name, found none; try `strata init --keep-table schema_migrations`")
    }
    let directory = location.newDirectory
    if directory == StoreOptions.folderName, Files.isLink(directory) {
      throw WorkflowError.refused(
        "expected no store here, or a folder, found the symbolic link \(directory); nothing was made. "
          + "Name another place: `strata --store DIR init`")
    }
    let history = try History.create(
      at: directory, dialect: chosen, keptTables: keptTables, by: Author.current)
    StoreIgnore.write(in: history.directory)
    Console.print("An empty history (\(history.dialect)) is in \(history.directory)")
    Console.print("next: strata import alembic DIR, strata import sql DIR, or strata record FILE")
  }
}

/// What of a store git does not take.
private enum StoreIgnore {
  private static let text = """
    # The history is log/data.mdb and archive/; settings.toml says how the folder is imported. Commit these
    # in one commit, or none of them. What is named here follows them, and belongs to one working copy.
    /log/lock.mdb
    /projection.sqlite*
    /writer.lock
    /scratch/
    /salvaged/
    *.partial

    """

  /// A store without it is no worse: failing is a warning.
  static func write(in store: String) {
    let path = store + "/.gitignore"
    do {
      try Files.write(Array(text.utf8), to: path)
    } catch {
      Console.warn("\(path) was not written: \(error)")
    }
  }
}
