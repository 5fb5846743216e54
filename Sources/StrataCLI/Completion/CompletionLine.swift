import ArgumentParser
import SchemaModel

/// A command line up to the cursor, understood as far as it goes.
struct CompletionLine {
  /// What may stand at the cursor.
  enum Expected {
    case verbs([any ParsableCommand.Type])
    case options([ArgumentDescription])
    case value(CompletedValue)
  }

  /// The command whose arguments these are.
  private(set) var command: any ParsableCommand.Type
  /// What was given to its options, by their last spelling.
  private(set) var values: [String: String] = [:]
  private(set) var expected: [Expected] = []
  /// The text at the cursor: without `--store=` of `--store=DIR`.
  private(set) var text: String
  private var arguments: [ArgumentDescription]
  /// The arguments that stand behind the verb already.
  private(set) var positionals: [String] = []
  private var given: Set<ExactText> = []
  private var awaiting: ArgumentDescription?
  private var isPastOptions = false
  /// Behind `strata help`.
  private(set) var isHelp = false

  private static let store = ArgumentDescription(
    kind: .option, shouldDisplay: true, isRepeating: false, isOptional: true,
    names: [ArgumentDescription.Name(kind: "long", name: "store")], valueName: "dir",
    abstract: "The store's directory.")

  /// - Parameter words: behind the program's name; the last one is that at the cursor.
  init(_ words: [String], of root: any ParsableCommand.Type) {
    command = root
    arguments = [Self.store]
    text = words.last ?? ""
    for word in words.dropLast() { take(word) }
    expect(words.dropLast().last)
  }

  private var name: String { command.configuration.commandName ?? "" }

  private var verbs: [any ParsableCommand.Type] {
    command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
  }

  private mutating func take(_ word: String) {
    if let option = awaiting {
      awaiting = nil
      if let spelling = option.spellings.last { values[spelling] = word }
    } else if word == "--", !isPastOptions {
      isPastOptions = true
    } else if word.hasPrefix("-"), word != "-", !isPastOptions {
      takeOption(word)
    } else if let verb = command.configuration.subcommands.first(where: {
      $0.configuration.commandName == word
    }) {
      enter(verb)
    } else if word == "help", !command.configuration.subcommands.isEmpty {
      isHelp = true
    } else {
      positionals.append(word)
    }
  }

  private mutating func takeOption(_ word: String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let spelling = String(parts[0])
    guard let option = option(spelling) else { return }
    for name in option.spellings { given.insert(name) }
    guard option.kind == .option else { return }
    if parts.count == 2 {
      values[option.spellings.last ?? spelling] = String(parts[1])
    } else {
      awaiting = option
    }
  }

  private func option(_ spelling: String) -> ArgumentDescription? {
    arguments.first { $0.spellings.contains { $0 == spelling } }
  }

  private mutating func enter(_ verb: any ParsableCommand.Type) {
    command = verb
    arguments = CommandDescription(of: verb)?.arguments ?? []
    if !verbs.isEmpty { arguments = [Self.store] }
    positionals = []
  }

  private mutating func expect(_ previous: String?) {
    if let awaiting {
      expect(valueOf: awaiting)
    } else if text.hasPrefix("-"), !isPastOptions, !isHelp {
      if let equals = text.firstIndex(of: "=") {
        guard let option = option(String(text[..<equals])), option.kind == .option else { return }
        text = String(text[text.index(after: equals)...])
        expect(valueOf: option)
      } else {
        expected = [.options(arguments.filter(isOpen))]
      }
    } else {
      expectArgument(after: previous)
    }
  }

  private mutating func expectArgument(after previous: String?) {
    if !verbs.isEmpty { expected.append(.verbs(verbs)) }
    if isHelp { return }
    // A flag, and its answer.
    if name == "baseline", previous == "--data" {
      expected.append(.value(.list(["keep", "skip", "ask"])))
    }
    let places = arguments.filter { $0.kind == .positional }
    if places.indices.contains(positionals.count) {
      expect(valueOf: places[positionals.count])
    } else if let last = places.last, last.isRepeating {
      expect(valueOf: last)
    } else if verbs.isEmpty, !isPastOptions {
      expected.append(.options(arguments.filter(isOpen)))
    }
  }

  private mutating func expect(valueOf argument: ArgumentDescription) {
    expected.append(.value(CompletedValue(argument, of: name) ?? .text))
  }

  private func isOpen(_ argument: ArgumentDescription) -> Bool {
    guard argument.kind != .positional, argument.shouldDisplay else { return false }
    return argument.isRepeating || !argument.spellings.contains { given.contains($0) }
  }
}
