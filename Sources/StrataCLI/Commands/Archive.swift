import ArgumentParser
import Documents
import SchemaHistory
import SchemaModel
import Workflows

struct Archive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Archived segments: list them, show one, check one, take one's content out.",
    discussion: """
      Example:
        strata archive list
        strata archive export -o old-migrations
      """,
    subcommands: [ArchiveList.self, ArchiveShow.self, ArchiveVerify.self, ArchiveExport.self],
    defaultSubcommand: ArchiveList.self)
}

struct ArchiveList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The segments, oldest first.",
    discussion: """
      Example:
        strata archive list --json
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let segments = try location.openForReading().segments()
    if json {
      Console.write(JSONValue.list(segments.map(SegmentDocument.value)))
    } else if segments.isEmpty {
      Console.print("No segments: the history was never truncated")
    } else {
      Console.print(SegmentDocument.table(segments))
    }
  }
}

struct ArchiveShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One segment: who truncated, when, why, with which proof.",
    discussion: """
      Example:
        strata archive show
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    let segment = try history.segment(named: segment)
    if json {
      Console.write(SegmentDocument.value(segment))
    } else {
      Console.print(SegmentDocument.lines(segment))
    }
  }
}

struct ArchiveVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks one segment: its bytes, the chain and snapshots in it.",
    discussion: """
      Example:
        strata archive verify
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?

  func run() throws {
    let history = try location.openForReading()
    let segment = try history.segment(named: segment)
    try history.checkSegment(segment)
    Console.print([
      "\(segment.reference.name) is sound: \(Plural.text(segment.reference.revisionCount, "revision")), "
        + ByteCount.text(segment.reference.byteCount)
    ])
  }
}

struct ArchiveExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a segment's content into a folder that needs no Strata to be read.",
    discussion: """
      events.jsonl has one event a line, as `strata audit --format json` prints it; sources/ has the \
      migration files to the byte.

      Example:
        strata archive export -o old-migrations
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Option(
    name: [.customShort("o", allowingJoined: true), .customLong("output")],
    help: ArgumentHelp("A new or empty folder.", valueName: "dir"))
  var output: String

  func run() throws {
    let export = SegmentExport(segment: segment, to: output)
    let result = try export.run(in: location.openForReading())
    Console.print(
      "\(Plural.text(result.eventCount, "event")) and \(Plural.text(result.fileCount, "file")) "
        + "are in \(result.folder)")
  }
}
