import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory

struct Compact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Gives space in the log's file back to the file system.",
    discussion: """
      Worth it after a truncation. Nobody else may write meanwhile.

      Example:
        strata compact
      """)

  @OptionGroup var location: StoreOptions

  func run() throws {
    let history = try location.openForWriting()
    let (before, after) = try history.compact()
    Console.print("The log: \(ByteCount.text(before)) before, \(ByteCount.text(after)) now")
  }
}
