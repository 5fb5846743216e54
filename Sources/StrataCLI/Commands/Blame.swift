import ArgumentParser
import Documents
import SchemaHistory
import SchemaModel
import Workflows

struct Blame: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract:
      "For each part of a table: the revision that last shaped it, and the one that made it.",
    discussion: """
      Columns, constraints, indexes and triggers, each with revision, day and author. Follows \
      renames, and crosses truncation into the archive.

      Example:
        strata blame users
        strata blame users --at v1.0 --json
      """)

  @OptionGroup var location: StoreOptions
  @Argument(
    help: ArgumentHelp("The table, or one of its columns (users.email).", valueName: "table"))
  var table: String
  @Option(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var at: String?
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    location.page()
    let id = try history.resolve(orHead: at)
    let name = try history.object(named: table, at: id)
    guard name.path.kind == .table else {
      throw WorkflowError.input(
        "expected a table, found \(name.path); `strata log --object \(table.asShellWord)` tells its "
          + "revisions")
    }
    var lines = try history.blame(name.path, at: id)
    if let column = name.column { lines = lines.filter { $0.part == .column && $0.name == column } }
    if json {
      Console.write(BlameDocument.value(lines, of: name.path, at: id))
    } else {
      Console.print(fitted: BlameDocument.lines(lines).map { Line($0) })
    }
  }
}
