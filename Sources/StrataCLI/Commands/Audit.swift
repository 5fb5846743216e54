import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Events, one a line: who changed what, when, in which revision.",
    discussion: """
      Oldest first, each with the time at which its revision was written, else recorded. In CSV a cell that begins as a formula does (= + - @) has a ' before it, so that \
      no spreadsheet calculates it; --raw is for programs. --kind takes the word that is printed (add column, create index, truncated, ...).

      Example:
        strata audit --object users --since 2024-01-01
        strata audit --kind drop --kind truncated --json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

  @OptionGroup var location: StoreOptions
  @Option(help: ArgumentHelp("Only events that touched it.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("Only events of authors that contain it.", valueName: "text"))
  var author: String?
  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp(
      "Only events of this kind, or whose kind begins with this word (drop); may be given more than once.",
      valueName: "kind"))
  var kinds: [String] = []
  @OptionGroup var times: TimeOptions
  @Option(help: "The form: text, json, csv.")
  var format: Format = .text
  @Flag(help: "The same as --format json.")
  var json = false
  @Flag(help: "The same as --format csv.")
  var csv = false
  @Flag(help: "CSV cells as they are, also those that a spreadsheet would calculate.")
  var raw = false

  mutating func validate() throws {
    if json { format = .json }
    if csv { format = .csv }
    if raw, format != .csv {
      throw ValidationError("--raw is about CSV; give --format csv too, or leave it out")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    location.page()
    let range = try times.range()
    try history.warnOfMissingSegments()
    let filter = AuditFilter(
      object: object, author: author, kinds: kinds, since: range.since, until: range.until)
    func all<Value>(_ value: (AuditEntry) -> Value) throws -> [Value] {
      var values: [Value] = []
      try history.forEachAuditEntry(filter) { values.append(value($0)) }
      return values
    }
    switch format {
    case .text: Console.print(fitted: try all(AuditDocument.line))
    case .json: Console.print(try all { AuditDocument.value($0).line })
    case .csv:
      Console.write(
        document: AuditDocument.text(try history.audit(filter), CSV(isGuarded: !raw)))
    }
  }
}
