import ArgumentParser
import SchemaHistory
import SchemaModel

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Events, one a line: who changed what, when, in which revision.",
    discussion: """
      Oldest first. In CSV a cell that begins as a formula does (= + - @) has a ' before it, so that \
      no spreadsheet calculates it; --raw is for programs. --kind takes the word that is printed (add column, create index, truncated, ...).

      Example:
        strata audit --object users --since 2024-01-01
        strata audit --kind truncated --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

  @OptionGroup var location: StoreOptions
  @Option(help: ArgumentHelp("Only events that touched it.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("Only events of authors that contain it.", valueName: "text"))
  var author: String?
  @Option(help: ArgumentHelp("Only events of this kind.", valueName: "kind"))
  var kind: String?
  @OptionGroup var times: TimeOptions
  @Option(help: "The form: text, json, csv.")
  var format: Format = .text
  @Flag(help: "CSV cells as they are, also those that a spreadsheet would calculate.")
  var raw = false

  func validate() throws {
    if raw, format != .csv {
      throw ValidationError("--raw is about CSV; give --format csv too, or leave it out")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    let range = try times.range()
    try history.warnOfMissingSegments()
    let entries = try history.audit(
      AuditFilter(
        object: object, author: author, kind: kind, since: range.since, until: range.until))
    switch format {
    case .text: Console.print(entries.map(Self.line))
    case .json: Console.print(entries.map { Self.value($0).line })
    case .csv:
      let csv = CSV(isGuarded: !raw)
      Console.write(document: csv.text([Self.fieldNames] + entries.map { Self.fields($0) }))
    }
  }

  private static func line(_ entry: AuditEntry) -> Line {
    Line.fields([
      Style.faint(entry.sequence.description), Line(entry.time.description),
      entry.revision.map { Style.revision(VisibleText.field($0.text)) } ?? "-",
      Line(LogLine.author(entry.author ?? entry.actor)),
      Line(VisibleText.lastField(entry.summary)),
      entry.isArchived ? Style.mark("(archived)") : "",
    ])
  }

  static func value(_ entry: AuditEntry) -> JSONValue {
    .object([
      ("sequence", .integer(entry.sequence.value)), ("time", .text(entry.time.description)),
      ("actor", .text(entry.actor)), ("kind", .text(entry.kind)),
      ("revision", .text(entry.revision?.text)), ("author", .text(entry.author)),
      ("authored", .text(entry.authored?.description)),
      ("subjects", .texts(entry.subjects.map(\.description))), ("summary", .text(entry.summary)),
      ("archived", .bool(entry.isArchived)),
    ])
  }

  private static let fieldNames = [
    "sequence", "time", "actor", "kind", "revision", "author", "authored", "subjects", "summary",
    "archived",
  ]

  private static func fields(_ entry: AuditEntry) -> [String] {
    [
      String(entry.sequence.value), entry.time.description, entry.actor, entry.kind,
      entry.revision?.text ?? "", entry.author ?? "", entry.authored?.description ?? "",
      entry.subjects.map(\.description).joined(separator: "; "), entry.summary,
      entry.isArchived ? "true" : "false",
    ]
  }
}
