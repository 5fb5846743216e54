import ArgumentParser
import ManualPages
import SchemaHistory
import SchemaModel

/// A page of the manual, section 1, in the macros of man(7): the words of `--help`, in its order.
struct ManualPage {
  private let command: any ParsableCommand.Type
  private let description: CommandDescription
  private var lines: [String] = []

  /// - Parameter path: of commands from `strata` to the one that the page is about.
  static func all(
    of command: any ParsableCommand.Type = Strata.self, _ description: CommandDescription
  ) -> [ManualPage] {
    var pages = [ManualPage(command, description)]
    for subcommand in command.configuration.subcommands
    where subcommand.configuration.shouldDisplay {
      let name = subcommand.configuration.commandName
      if let found = description.subcommands?.first(where: { $0.commandName == name }) {
        pages += all(of: subcommand, found)
      }
    }
    return pages
  }

  private init(_ command: any ParsableCommand.Type, _ description: CommandDescription) {
    self.command = command
    self.description = description
  }

  /// `strata-import-sql`.
  var name: String { description.wholeName.replacing(" ", with: "-") }
  /// The words behind `strata`.
  var verb: [String] { description.wholeName.split(separator: " ").dropFirst().map(String.init) }

  /// The page as man reads it.
  var text: String {
    var page = Roff()
    page.begin(name, version: "strata \(History.version)")
    page.section("NAME")
    let abstract = description.abstract ?? ""
    page.text("\(name) - \(abstract.last == "." ? String(abstract.dropLast()) : abstract)")
    page.section("SYNOPSIS")
    page.synopsis(of: description.wholeName, Self.usage(command))
    let (paragraphs, examples) = Self.parts(description.discussion ?? "")
    page.section("DESCRIPTION")
    page.paragraph(abstract)
    for paragraph in paragraphs { page.paragraph(paragraph) }
    commands(&page)
    entries(&page, "ARGUMENTS") { $0.kind == .positional }
    entries(&page, "OPTIONS") { $0.kind != .positional }
    exitCodes(&page)
    if verb.isEmpty { environment(&page) }
    if !examples.isEmpty {
      page.section("EXAMPLES")
      page.verbatim(examples)
    }
    if !verb.isEmpty { seeAlso(&page) }
    return page.text
  }

  private static func usage(_ command: any ParsableCommand.Type) -> String {
    command == Strata.self ? Strata.usageString() : Strata.usageString(for: command)
  }

  /// The paragraphs of what the help says, and the lines of its example.
  private static func parts(_ discussion: String) -> (paragraphs: [String], examples: [String]) {
    var paragraphs: [String] = [""]
    var examples: [String] = []
    var isExample = false
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "Example:" {
        isExample = true
      } else if isExample, line.hasPrefix("  ") || line.isEmpty {
        examples.append(String(line.dropFirst(2)))
      } else if line.isEmpty {
        paragraphs.append("")
      } else {
        isExample = false
        paragraphs[paragraphs.count - 1] += (paragraphs.last == "" ? "" : "\n") + line
      }
    }
    return (paragraphs.filter { !$0.isEmpty }, examples)
  }

  private func commands(_ page: inout Roff) {
    let groups = command.configuration.groupedSubcommands.map { ($0.name, $0.subcommands) }
    let ungrouped = command.configuration.ungroupedSubcommands
    if groups.isEmpty, ungrouped.isEmpty { return }
    page.section("COMMANDS")
    for (title, subcommands) in [("", ungrouped)] + groups where !subcommands.isEmpty {
      if !title.isEmpty { page.subsection(title) }
      for subcommand in subcommands where subcommand.configuration.shouldDisplay {
        let isDefault = command.configuration.defaultSubcommand == subcommand
        page.entry(
          page: "\(name)-\(subcommand.configuration.commandName ?? "")",
          isDefault ? " (default)" : "", subcommand.configuration.abstract)
      }
    }
  }

  private func entries(
    _ page: inout Roff, _ title: String, _ isWanted: (ArgumentDescription) -> Bool
  ) {
    let arguments = description.shownArguments.filter(isWanted)
    if arguments.isEmpty { return }
    page.section(title)
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      var label = argument.label
      // A flag that can be taken back is one entry.
      if let last = argument.spellings.last, let next = rest.first,
        next.spellings.first.map({ $0 == "--no-" + last.dropFirst(2) }) ?? false
      {
        label += "/" + next.label
        rest.removeFirst()
      }
      page.entry(label, argument.explanation)
    }
  }

  private func exitCodes(_ page: inout Roff) {
    page.section("EXIT STATUS")
    for row in MarkdownTable.rows(ManualText.exitCodes) where row.count >= 3 {
      page.entry(row[0], row[2])
    }
  }

  private func environment(_ page: inout Roff) {
    page.section("ENVIRONMENT")
    for row in MarkdownTable.rows(ManualText.environment) where row.count >= 3 {
      page.entry(row[0], "\(row[1]). Without it: \(row[2]).")
    }
  }

  private func seeAlso(_ page: inout Roff) {
    page.section("SEE ALSO")
    var names = ["strata"]
    var whole = "strata"
    for word in verb.dropLast() {
      whole += "-" + word
      names.append(whole)
    }
    page.references(names)
  }
}

extension ArgumentDescription {
  /// As the help has it: `-o, --output <file>`.
  var label: String {
    let value = kind == .flag ? "" : "<\(valueName ?? "")>"
    let names = spellings.joined(separator: ", ")
    return [names, value].filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// The first table of a page of `docs/`, without its head and without marks.
private enum MarkdownTable {
  static func rows(_ text: String) -> [[String]] {
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    return lines.dropFirst(2).map { line in
      line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).map { plain($0) }
    }
  }

  /// `[TRUST.md](TRUST.md)` is a name, and no link leads out of a page.
  private static func plain(_ cell: Substring) -> String {
    var parts = cell.replacing("`", with: "").split(separator: "](")
    for index in parts.indices.dropFirst() {
      parts[index] = parts[index].drop { $0 != ")" }.dropFirst()
      if let open = parts[index - 1].lastIndex(of: "[") { parts[index - 1].remove(at: open) }
    }
    return parts.joined().split(separator: " ").joined(separator: " ")
  }
}
