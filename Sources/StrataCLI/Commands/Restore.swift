import ArgumentParser
import FileSystem
import SchemaHistory
import SchemaModel

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Puts an archived segment back, and its files into their folder.",
    discussion: """
      Takes back the newest truncation; older ones follow one by one. A folder that the truncation \
      rewrote gets its old files back to the byte, and the baseline leaves. That folder must have been \
      named for this store, here or before, by you: a store alone leads nowhere. --finish does what an \
      interrupted rewriting left to do in a folder, and nothing else.

      Example:
        strata restore
        strata restore --folder db/migrations
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Option(
    help: ArgumentHelp("The migrations folder, where it is another one now.", valueName: "dir"))
  var folder: String?
  @Option(
    help: ArgumentHelp("Only finish the interrupted rewriting of this folder.", valueName: "dir"))
  var finish: String?
  @Flag(help: "Also where the baseline in the folder was changed since.")
  var force = false
  @Flag(help: "Print what would happen, change nothing.")
  var dryRun = false
  @Flag(help: "One JSON document.")
  var json = false

  func validate() throws {
    if finish != nil, segment != nil || folder != nil || dryRun || json {
      throw ValidationError("--finish stands alone; restore afterwards")
    }
  }

  func run() throws {
    let history = dryRun ? try location.openForReading() : try location.openForFolder()
    if let finish {
      let isDone = try history.finishFolder(Files.absolute(finish))
      Console.print(isDone ? "Finished the rewriting of \(finish)" : "Nothing was interrupted")
      return
    }
    if !dryRun { try settle(history) }
    let plan = try history.planRestore(segment: segment)
    if !dryRun {
      let folder = folder(plan.folder?.directory, history)
      try history.restore(plan, directory: folder, force: force, by: Author.current)
      if let folder, plan.folder != nil {
        UserMemory.note(folder: folder, of: history.directory)
      }
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

  /// The folder that is named here; else what the store says, where the user has named that before.
  private func folder(_ recorded: String?, _ history: History) -> String? {
    if let folder { return Files.absolute(folder) }
    guard let recorded, UserMemory.of(history.directory).knows(folder: recorded) else { return nil }
    return recorded
  }

  private func settle(_ history: History) throws {
    guard let interrupted = try history.interruptedFolder() else { return }
    guard let folder = folder(interrupted, history) else {
      throw HistoryError.interruptedFolder(interrupted)
    }
    _ = try history.settle(folder)
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
