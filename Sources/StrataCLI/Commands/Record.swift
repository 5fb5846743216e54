import SchemaModel
import ArgumentParser
import Documents
import FileSystem
import Glibc
import Workflows

struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records one revision from SQL.",
    discussion: """
      The script runs in a scratch database that holds the parent's schema and rows; what became of \
      it is recorded. Where somebody else recorded meanwhile, nothing is (exit code 4): look at \
      `strata log` and record again. --branch begins a branch at a revision that is no head.

      Example:
        strata record -m "users have an address" add_email.sql
        echo 'ALTER TABLE users ADD email TEXT' | strata record -m "add email" -
      """)

  @OptionGroup var location: StoreOptions
  @OptionGroup var signing: SigningOptions
  @Argument(help: ArgumentHelp("The script; - reads standard input.", valueName: "file"))
  var file: String
  @Option(
    name: [.customShort("m", allowingJoined: true), .long],
    help: ArgumentHelp("Why.", valueName: "text"))
  var message = ""
  @Option(help: ArgumentHelp("Who; the git user without it.", valueName: "name"))
  var author: String?
  @Option(
    help: ArgumentHelp("The revision's id; made from its content without it.", valueName: "id"))
  var id: String?
  @Option(help: ArgumentHelp("The head that it is expected to follow.", valueName: "rev"))
  var parent: String?
  @Flag(help: "Let --parent be a revision that has children already.")
  var branch = false
  @OptionGroup var limits: RunArguments
  @Flag(help: "Print the revision as one JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForWriting(signingWith: signing.signKey)
    let context = try limits.beginRun()
    let isStream = file == "-"
    let script =
      isStream
      ? try Files.read(descriptor: STDIN_FILENO, named: "standard input")
      : try Files.readStream(file)
    let result = try ScriptRecording(
      script: script, file: isStream ? nil : file, message: message, author: author, id: id,
      parent: parent, isBranch: branch
    ).run(in: history, by: Author.current, context)
    if json {
      Console.write(RecordDocument.value(result))
    } else {
      Console.print(RecordDocument.lines(result))
    }
  }
}
