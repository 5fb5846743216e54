import SchemaModel
import ArgumentParser
import Documents
import Workflows

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Puts an archived segment back, and its files into their folder.",
    discussion: """
      Takes back the newest truncation; older ones follow one by one. A folder that the truncation \
      rewrote gets its old files back to the byte, and the baseline leaves. That folder must have been \
      named for this store, here or before, by you: a store alone leads nowhere. What databases of the cut \
      folder need before a tool of SQL runs there again is said, and --adopt-script writes it. --finish does what an \
      interrupted rewriting left to do in a folder, and nothing else.

      Example:
        strata restore
        strata restore --folder db/migrations
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The segment; the newest without it.", valueName: "segment"))
  var segment: String?
  @Option(
    help: ArgumentHelp("The migrations folder, where it is another one now.", valueName: "dir"))
  var folder: String?
  @Option(
    help: ArgumentHelp("Only finish the interrupted rewriting of this folder.", valueName: "dir"))
  var finish: String?
  @Option(
    help: ArgumentHelp(
      "Write a script for databases that were made of the cut folder or adopted to it: it adds to the "
        + "migration tool's own table what is back, so that the tool does not run it there.",
      valueName: "file"))
  var adoptScript: String?
  @Flag(help: "Also where the baseline in the folder was changed since.")
  var force = false
  @Flag(help: "Print what would happen, change nothing.")
  var dryRun = false
  @Flag(help: "One JSON document.")
  var json = false

  func validate() throws {
    if finish != nil, segment != nil || folder != nil || adoptScript != nil || dryRun || json {
      throw ValidationError("--finish stands alone; restore afterwards")
    }
  }

  func run() throws {
    let history =
      dryRun
      ? try location.openForReading() : try location.openForFolder(signingWith: signing.signKey)
    if let finish {
      let isDone = try HistoryRestoration.finish(finish, in: history)
      Console.print(isDone ? "Finished the rewriting of \(finish)" : "Nothing was interrupted")
      return
    }
    var work = HistoryRestoration(
      segment: segment, folder: folder, isForced: force, isDryRun: dryRun)
    work.adoptionScript = adoptScript
    let result = try work.run(in: history, by: Author.current, Console.context())
    if json {
      Console.write(RestoreDocument.value(result))
    } else {
      Console.print(RestoreDocument.lines(result))
    }
  }
}
