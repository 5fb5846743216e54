import ArgumentParser
import FileSystem
import Glibc
import SchemaModel

/// What may stand at the cursor of a command line.
struct CompletionAnswer {
  /// Which of the shell's own completions belong to it.
  enum Places: String { case none = "words", files, folders }

  private(set) var places = Places.none
  private(set) var candidates: [CompletionCandidate] = []
  private let line: CompletionLine

  /// - Parameter words: behind the program's name; the last one is that at the cursor.
  init(_ words: [String]) {
    line = CompletionLine(words, of: Strata.self)
    for expected in line.expected {
      switch expected {
      case .verbs(let verbs): take(verbs)
      case .options(let options): take(options)
      case .value(let value): take(value)
      }
    }
    // What a terminal would not show as it is, or would obey, is not offered.
    candidates.removeAll { $0.name.isEmpty || VisibleText.line($0.name) != $0.name }
    for index in candidates.indices {
      candidates[index].explanation = VisibleText.line(candidates[index].explanation)
    }
  }

  /// The text at the cursor that a name takes the place of.
  var text: String { line.text }

  private mutating func take(_ verbs: [any ParsableCommand.Type]) {
    for verb in verbs { offer(verb.configuration.commandName ?? "", verb.configuration.abstract) }
    if line.command == Strata.self, !line.isHelp {
      offer("help", "Show subcommand help information.")
    }
  }

  private mutating func take(_ options: [ArgumentDescription]) {
    for option in options {
      guard let names = option.names else { continue }
      // Both of a flag that can be taken back; else the long one of several.
      let long = names.filter { $0.kind == "long" }
      for name in long.isEmpty ? names : long { offer(name.text, option.explanation) }
    }
  }

  private mutating func take(_ value: CompletedValue) {
    switch value {
    case .file, .text: places = .files
    case .folder: places = .folders
    case .nothing: break
    case .list(let values):
      for value in values { offer(value) }
    case .verb: takeVerbs(below: line.positionals)
    case .revisionAnywhere: takeRevisionAnywhere(line.text)
    default:
      if let store { take(names(value, in: store)) }
    }
  }

  private mutating func takeVerbs(below path: [String]) {
    var verbs = Strata.configuration.subcommands
    for word in path {
      verbs =
        verbs.first { $0.configuration.commandName == word }?.configuration.subcommands ?? []
    }
    take(verbs.filter { $0.configuration.shouldDisplay })
  }

  /// A name that would be taken for an option is not offered.
  private mutating func take(_ names: [CompletionCandidate]) {
    candidates += names.filter { !$0.name.hasPrefix("-") }
  }

  private func names(_ value: CompletedValue, in store: StoreNames) -> [CompletionCandidate] {
    let text = line.text
    let at = line.values["--at"]
    switch value {
    case .revision: return store.revisions(beginning: text)
    case .tag: return store.tags(beginning: text)
    case .segment: return store.segments(beginning: text)
    case .object: return store.objects(beginning: text, at: at, relationsOnly: false)
    case .table: return store.objects(beginning: text, at: at, relationsOnly: true)
    case .column:
      guard let object = line.values["--object"] else { return [] }
      return store.columns(of: object, at: at, beginning: text)
    default: return []
    }
  }

  /// A revision of this store, or the folder of another and a revision of that.
  private mutating func takeRevisionAnywhere(_ text: String) {
    if let colon = text.lastIndex(of: ":"), Files.isDirectory(String(text[..<colon])) {
      let head = text[...colon]
      let found = StoreNames(at: String(text[..<colon]))?
        .revisions(beginning: String(text[text.index(after: colon)...]))
      for candidate in found ?? [] { offer(head + candidate.name, candidate.explanation) }
    } else {
      if let store { take(store.revisions(beginning: text)) }
      places = .folders
    }
  }

  private var store: StoreNames? {
    var location = StoreOptions()
    location.store = line.values["--store"]
    return StoreNames(location)
  }

  private mutating func offer(_ name: some StringProtocol, _ explanation: String = "") {
    guard name.utf8.starts(with: line.text.utf8) else { return }
    candidates.append(CompletionCandidate(name: String(name), explanation: explanation))
  }
}
