import ArgumentParser
import Foundation
import Testing

@testable import StrataCLI

@Suite("Help and the manual")
struct ManualTests {
  private static func has(_ program: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
  }

  /// Every command but those that help leaves out, by its words.
  private static func commands(
    _ command: any ParsableCommand.Type = Strata.self, _ path: [String] = []
  ) -> [(words: [String], type: any ParsableCommand.Type)] {
    [(path, command)]
      + command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .flatMap { commands($0, path + [$0.configuration.commandName ?? ""]) }
  }

  private static func pages() throws -> [ManualPage] {
    ManualPage.all(try #require(CommandDescription(of: Strata.self)))
  }

  @Test("`strata help VERB` and `strata VERB --help` say the same, and name the whole command")
  func help() throws {
    let shell = try Shell()
    for (words, _) in Self.commands() {
      let verb = words.joined(separator: " ")
      let first = try shell.run("strata help \(verb)")
      let second = try shell.run("strata \(verb) --help")
      #expect(first == second, "\(verb)")
      let whole = (["strata"] + words).joined(separator: " ")
      #expect(first.output.contains("\nUSAGE: \(whole) "), "\(first.output)")
    }
  }

  @Test("There is a page of every command, and none besides")
  func pagesOfAll() throws {
    #expect(try Self.pages().map(\.verb) == Self.commands().map(\.words))
  }

  /// A page as a terminal shows it, each paragraph in one line.
  private static func rendered(_ page: ManualPage) throws -> String {
    let shell = try Shell()
    try page.text.write(
      to: shell.work.appending(path: "page"), atomically: true, encoding: .utf8)
    let shown = try shell.run("mandoc -Tascii -Owidth=1000 page | col -bx")
    return shown.output.split(separator: "\n").map(normalized).joined(separator: "\n")
  }

  private static func normalized(_ text: some StringProtocol) -> String {
    text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
  }

  @Test(
    "A page says what the help says: what it is, how it is called, each argument and option",
    .enabled(if: has("mandoc")))
  func sameWords() throws {
    for ((words, type), page) in zip(Self.commands(), try Self.pages()) {
      let text = Self.normalized(try Self.rendered(page))
      let help = Strata.helpMessage(for: type, columns: 100_000)
      var isExample = false
      var count = 0
      for line in help.split(separator: "\n") {
        if line.hasPrefix("  See 'strata help") || line.hasSuffix("SUBCOMMANDS:") { continue }
        isExample = line == "Example:" || isExample && line.hasPrefix("  ")
        var wanted = Self.normalized(line)
        for title in ["OVERVIEW: ", "USAGE: "] where wanted.hasPrefix(title) {
          wanted.removeFirst(title.count)
        }
        if ["Example:", "ARGUMENTS:", "OPTIONS:"].contains(wanted) { continue }
        // A verb stands there as the name of its page.
        let isVerb = type.configuration.subcommands.contains {
          wanted.hasPrefix(($0.configuration.commandName ?? "") + " ") && line.hasPrefix("  ")
        }
        if isVerb, !isExample {
          let parts = wanted.split(separator: " ", maxSplits: 1)
          wanted = "\((["strata"] + words).joined(separator: "-"))-\(parts[0])(1) \(parts[1])"
        }
        #expect(text.contains(wanted), "\(words): '\(wanted)' is not in\n\(text)")
        count += 1
      }
      #expect(count > 3)
    }
  }

  @Test("A page has examples, exit codes, and the main one the environment variables")
  func sections() throws {
    for page in try Self.pages() {
      #expect(page.text.contains(".SH \"EXAMPLES\"\n"), "\(page.name)")
      #expect(page.text.contains(".SH \"EXIT STATUS\"\n"), "\(page.name)")
      for code in 0...5 { #expect(page.text.contains(".TP\n\\fB\(code)\\fR\n"), "\(page.name)") }
      #expect(page.text.contains("STRATA_LOCK_TIMEOUT") == page.verb.isEmpty)
    }
  }

  @Test("mandoc finds nothing wrong with the pages", .enabled(if: has("mandoc")))
  func mandoc() throws {
    let shell = try Shell()
    let made = try shell.run("strata man -o pages && ls pages | wc -l")
    #expect(made.output.hasSuffix("\n\(Self.commands().count)\n"), "\(made.output)")
    // A page is of a version, not of a day.
    let found = try shell.run("mandoc -Tlint -Wwarning pages/*.1 | grep -v 'missing date'")
    #expect(found.output == "")
  }

  @Test("groff finds nothing wrong with the pages", .enabled(if: has("groff")))
  func groff() throws {
    let shell = try Shell()
    let found = try shell.run(
      "strata man -o pages >made; for p in pages/*.1; do groff -man -Tutf8 -ww -z $p; done")
    #expect(found.output == "")
  }
}
