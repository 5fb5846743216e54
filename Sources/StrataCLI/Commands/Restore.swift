import ArgumentParser
import SchemaHistory
import SchemaModel

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Puts an archived segment back, and its files into their folder.",
    discussion: """
      Takes back the newest truncation; older ones follow one by one. A folder that the truncation \
      rewrote gets its old files back to the byte, and the baseline leaves.

      Example:
        strata restore
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Option(
    help: ArgumentHelp("The migrations folder, where it is another one now.", valueName: "dir"))
  var folder: String?
  @Flag(help: "Also where the baseline in the folder was changed since.")
  var force = false
  @Flag(help: "Print what would happen, change nothing.")
  var dryRun = false
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = dryRun ? try location.openForReading() : try location.openForWriting()
    let plan = try history.planRestore(segment: segment)
    if !dryRun {
      try history.restore(
        plan, directory: folder.map(Files.absolute), force: force, by: Author.current)
      history.letProjectionFollow()
    }
    if json {
      Console.write(document: document(plan).document + "\n")
    } else {
      let verb = dryRun ? "Restoring would bring" : "Brought"
      Console.print(
        "\(verb) \(Plural.text(plan.revisions.count, "revision")) back from \(plan.segment.name)")
      if let rewrite = plan.folder {
        Console.print(
          "folder: \(Plural.text(plan.files.count, "file")) back in \(folder ?? rewrite.directory)")
      }
    }
  }

  private func document(_ plan: RestorePlan) -> JSONValue {
    .object([
      ("done", .bool(!dryRun)), ("segment", SegmentDocument.reference(plan.segment)),
      ("root", .text(plan.root.text)), ("revisions", .texts(plan.revisions.map(\.text))),
      ("folder", .text(plan.folder.map { folder ?? $0.directory })),
      ("files", .texts(plan.files.keys.sorted())),
    ])
  }
}
