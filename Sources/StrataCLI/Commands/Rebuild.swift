import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

struct Rebuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Makes the projections anew from the log.",
    discussion: """
      The projections hold nothing that the log does not: deleting projection.sqlite loses nothing.

      Example:
        strata rebuild
      """)

  @OptionGroup var location: StoreOptions

  func run() throws {
    let history = try location.openForWriting()
    var bar = Progress()
    let replaced = try history.rebuild { done, total in
      bar.show(WorkProgress(title: "rebuild", done: done, total: total))
    }
    Progress.clear()
    if let replaced {
      Console.warn(
        "the projection had followed other events than the log's, up to event \(replaced); it is kept "
          + "as \(history.keptProjection ?? history.keptProjectionPath(replaced))")
    }
    history.warnOfUnprojectedSegments("not in the projections")
    Console.print("The projections are made anew")
  }
}
