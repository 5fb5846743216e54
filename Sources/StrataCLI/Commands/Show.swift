import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One revision: who, when, why, its operations, its source.",
    discussion: """
      An operation a line: + for what is added, - for what goes, ~ for what changes. "rewrite text of table" \
      says that the engine changed its own text of a table beside that, as one that keeps such texts does for a rename; a \
      "statement" is one whose effect on the schema is not modelled; "opaque" objects are kept by their \
      name or text alone.

      Example:
        strata show head
        strata show -p v1.0
        strata show 1975ea --json
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The revision.", valueName: "rev"))
  var revision: String
  @Flag(
    name: [.customShort("p"), .long],
    help: "The engine's texts of what changed, before and after, in the place of the source.")
  var patch = false
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    location.page()
    let id = try history.resolve(revision)
    let document = try ShowDocument(id, of: history)
    if json {
      Console.write(document.value)
    } else if patch {
      let change = try HistoryComparison.own(of: id, in: history)
      Console.print(document.revisionLines + [""] + (try DiffDocument.texts(change)))
    } else {
      Console.print(document.lines)
    }
  }
}
