import ArgumentParser
import Documents
import FileSystem
import SchemaModel
import Workflows

/// The manual, made of what the help says.
struct Man: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "The manual page of strata, or of a verb.",
    discussion: """
      It says what --help says. Where Strata was installed by pip, `man strata-diff` shows it as well.

      Example:
        strata man diff | man -l -
        strata man import sql | mandoc
        strata man --output ~/.local/share/man/man1
      """)

  @Argument(help: ArgumentHelp("The verb; strata itself without it.", valueName: "verb"))
  var verb: [String] = []
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write all pages into this folder.", valueName: "dir"))
  var output: String?

  func validate() throws {
    if output != nil, !verb.isEmpty {
      throw ValidationError("--output writes all pages; leave the verb out")
    }
  }

  func run() throws {
    let pages = CommandDescription(of: Strata.self).map { ManualPage.all($0) } ?? []
    if let output {
      if !Files.isDirectory(output) { try Files.makeDirectory(output) }
      for page in pages {
        try Files.write(Array(page.text.utf8), to: "\(output)/\(page.name).1")
      }
      Console.print("\(pages.count) pages are in \(output)")
      return
    }
    guard let page = pages.first(where: { $0.verb == verb }) else {
      let names = pages.map { $0.verb.joined(separator: " ") }.filter { !$0.isEmpty }
      throw WorkflowError.input(
        "expected a verb (\(names.joined(separator: ", "))), found '\(verb.joined(separator: " "))'; "
          + "`strata man` tells of all")
    }
    // Its marks are for a program, which a terminal has.
    Pager.start("man -l -")
    Console.write(document: page.text)
  }
}
