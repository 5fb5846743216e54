import ArgumentParser
import Documents
import FileSystem
import SchemaHistory
import SchemaModel
import Workflows

struct Overview: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overview",
    abstract: "Where one is: the store, its head, its folder, and what to do next.",
    discussion: """
      `strata` without a verb says the same. The folder is the one that was imported last: which of its \
      files are not recorded, or changed since. No migration runs.

      Example:
        strata
        strata overview --json
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let overview = try HistoryOverview(of: location.openForReading(), .ofUser)
    if json {
      Console.write(OverviewDocument.value(overview))
    } else {
      Console.print(OverviewDocument.lines(overview, from: Files.workingDirectory))
    }
  }

  /// What `strata` without a verb runs; nil for anything else, and where there is no store to tell of, and
  /// none was named.
  static func unasked(_ arguments: [String]) -> Overview? {
    guard arguments.first.map({ $0.hasPrefix("-") }) ?? true,
      let verb = try? Overview.parseAsRoot(arguments) as? Overview
    else { return nil }
    if verb.location.isNamed { return verb }
    return (try? verb.location.locate()) == nil ? nil : verb
  }
}
