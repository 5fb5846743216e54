import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Events, revisions, objects, bytes, and how often each kind of change was made.",
    discussion: """
      Example:
        strata stats --json
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let statistics = try location.openForReading().statistics()
    if json {
      Console.write(StatisticsDocument.value(statistics))
    } else {
      Console.print(StatisticsDocument.lines(statistics))
    }
  }
}
