import ArgumentParser
import FoundationEssentials
import SchemaModel

/// A command as ArgumentParser describes it for tools: what completion and the manual are made of.
struct CommandDescription: Decodable {
  var commandName: String
  var superCommands: [String]?
  var abstract: String?
  var discussion: String?
  var shouldDisplay: Bool?
  var subcommands: [CommandDescription]?
  var arguments: [ArgumentDescription]?

  private struct Dump: Decodable { var command: CommandDescription }

  /// Nil where the library's description is another one than this was written for.
  init?(of command: any ParsableCommand.Type) {
    let text = command._dumpHelp()
    guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(text.utf8)) else { return nil }
    self = dump.command
  }

  /// `strata import sql`.
  var wholeName: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay ?? true }
  }
  var shownArguments: [ArgumentDescription] { (arguments ?? []).filter(\.shouldDisplay) }
}

/// An argument, an option or a flag of it.
struct ArgumentDescription: Decodable {
  enum Kind: String, Decodable { case positional, option, flag }

  struct Name: Decodable {
    var kind: String
    var name: String

    /// With its dashes.
    var text: String { (kind == "long" ? "--" : "-") + name }
  }

  /// What the declaration says of completing it.
  struct CompletionKind: Decodable {
    struct List: Decodable { var values: [String] }
    struct Nothing: Decodable {}

    var list: List?
    var file: Nothing?
    var directory: Nothing?
  }

  var kind: Kind
  var shouldDisplay: Bool
  var isRepeating: Bool
  var isOptional: Bool
  var names: [Name]?
  var valueName: String?
  var defaultValue: String?
  var allValues: [String]?
  var completionKind: CompletionKind?
  var abstract: String?

  /// `-o`, `--output`: short ones first, as the help has them.
  var spellings: [String] {
    let names = names ?? []
    return (names.filter { $0.kind != "long" } + names.filter { $0.kind == "long" }).map(\.text)
  }

  /// What the help says of it.
  var explanation: String {
    var facts: [String] = []
    if let allValues, !allValues.isEmpty {
      facts.append("values: \(allValues.joined(separator: ", "))")
    }
    if let defaultValue, !defaultValue.isEmpty { facts.append("default: \(defaultValue)") }
    let end = facts.isEmpty ? "" : "(\(facts.joined(separator: "; ")))"
    return [abstract ?? "", end].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
