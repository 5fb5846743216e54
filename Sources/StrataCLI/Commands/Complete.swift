import ArgumentParser
import Glibc
import SchemaModel

/// What the completion scripts ask. It answers soon or not at all: whoever types waits for it.
struct Complete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete",
    abstract: "What may stand at the cursor of a command line: for the completion scripts.",
    discussion: """
      bash gives the line up to the cursor, and the part of its last word that is replaced; zsh and \
      fish give the words behind the program's name. The first line of the answer is files, folders \
      or words: whether the shell's own belong to it. Each other line is a name; for zsh and fish a \
      tab and an explanation follow.

      Example:
        strata complete bash 'strata show 00' 00
        strata complete zsh show 00
      """,
    shouldDisplay: false)

  @Argument(
    parsing: .captureForPassthrough, help: ArgumentHelp("The shell, the words.", valueName: "text"))
  var words: [String] = []

  private static let secondsMax: UInt32 = 2

  func run() {
    signal(SIGALRM) { _ in _exit(0) }
    alarm(Self.secondsMax)
    Console.write(document: Self.answer(words).map { $0 + "\n" }.joined())
  }

  /// Lines.
  static func answer(_ words: [String]) -> [String] {
    let shell = words.first ?? ""
    let given = Array(words.dropFirst())
    var typed: [ShellWord]
    switch shell {
    case "bash": typed = Array(ShellWord.words(of: given.first ?? "").dropFirst())
    // Of all but the last word fish has taken the quotes.
    case "fish":
      typed = given.dropLast().map(ShellWord.init(plain:)) + given.suffix(1).map { .init($0) }
    default: typed = given.map { ShellWord($0) }
    }
    guard let last = typed.popLast() else { return [CompletionAnswer.Places.none.rawValue] }
    let answer = CompletionAnswer(
      typed.filter { !$0.isRedirection }.map(\.value) + [last.value])
    // Of `--store=DIR` the name is the end; zsh takes care of that itself.
    let head = String(last.value.dropLast(answer.text.count))
    let lines =
      switch shell {
      case "bash":
        answer.candidates.compactMap {
          last.completed(to: head + $0.name, replacing: given.dropFirst().first ?? "")
        }
      case "fish": answer.candidates.map { "\(head)\($0.name)\t\($0.explanation)" }
      default: answer.candidates.map { "\($0.name)\t\($0.explanation)" }
      }
    return [answer.places.rawValue] + lines
  }
}

extension Complete: PlainVerb {
  /// Every word as it is, also one that looks like an option.
  static func plain(_ words: ArraySlice<String>) -> Complete? {
    // Help is for people, who name no shell.
    guard let shell = words.first, ["bash", "zsh", "fish"].contains(shell) else { return nil }
    var verb = Complete()
    verb.words = Array(words)
    return verb
  }
}
