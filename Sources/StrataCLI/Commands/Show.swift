import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One revision: who, when, why, its operations, its source.",
    discussion: """
      Example:
        strata show head
        strata show 1975ea --json
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The revision.", valueName: "rev"))
  var revision: String
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    let document = try ShowDocument(history.resolve(revision), of: history)
    if json {
      Console.write(document.value)
    } else {
      Console.print(document.lines)
    }
  }
}
