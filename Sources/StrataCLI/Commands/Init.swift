import ArgumentParser
import SchemaHistory
import SchemaModel

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes an empty store.",
    discussion: """
      The store is a directory of its own, .strata unless --store names another. It belongs beside \
      the migrations, and into .gitignore or into git as you like.

      Example:
        strata init
        strata init --dialect postgresql
      """)

  @OptionGroup var location: StoreOptions
  @Option(help: ArgumentHelp("The database product: sqlite, postgresql.", valueName: "name"))
  var dialect = "sqlite"

  func run() throws {
    guard let chosen = Dialect(rawValue: dialect) else {
      throw Failure.input(
        "expected a dialect (\(Dialect.allCases.map(\.rawValue).joined(separator: ", "))), "
          + "found '\(dialect)'; try `strata init --dialect sqlite`")
    }
    let directory = location.newDirectory
    let history = try History.create(at: directory, dialect: chosen, by: Author.current)
    Console.print("An empty history (\(history.dialect)) is in \(history.directory)")
    Console.print("next: strata import alembic DIR, strata import sql DIR, or strata record FILE")
  }
}
