import ArgumentParser
import Documents
import SchemaHistory
import SchemaModel

struct Checkpoint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Prints a few lines that stand for all events, to be kept elsewhere.",
    discussion: """
      Kept in a git note, a file or a log of another machine, they tell later whether the history was \
      rewritten or rolled back: `strata verify --expect FILE`. The form is C2SP's tlog-checkpoint, with a \
      key its signed-note (docs/TRUST.md).

      Example:
        strata checkpoint > schema.checkpoint
        git notes --ref strata add -m "$(strata checkpoint --sign-key key.pem)"
      """)

  @OptionGroup var location: StoreOptions
  @Option(
    help: ArgumentHelp(
      "Whose history it is, such as example.com/shop; made of its first event's hash without it.",
      valueName: "name"))
  var origin: String?
  @OptionGroup var signing: SigningOptions

  func run() throws {
    Console.write(
      document: try location.openForReading().checkpoint(
        origin: origin, signedWith: signing.key()))
  }
}
