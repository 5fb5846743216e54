import ArgumentParser
import SchemaHistory
import SchemaModel

struct Blame: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract:
      "For each part of a table: the revision that last shaped it, and the one that made it.",
    discussion: """
      Columns, constraints, indexes and triggers, each with revision, day and author. Follows \
      renames, and crosses truncation into the archive.

      Example:
        strata blame users
        strata blame users --at v1.0 --json
      """)

  @OptionGroup var location: StoreOptions
  @Argument(
    help: ArgumentHelp("The table, or one of its columns (users.email).", valueName: "table"))
  var table: String
  @Option(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var at: String?
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    let id = try history.resolve(orHead: at)
    let name = try history.object(named: table, at: id)
    guard name.path.kind == .table else {
      throw Failure.input(
        "expected a table, found \(name.path); `strata log --object \(table)` tells its revisions")
    }
    var lines = try history.blame(name.path, at: id)
    if let column = name.column { lines = lines.filter { $0.part == .column && $0.name == column } }
    if json {
      Console.write(
        document: JSONValue.object([
          ("table", .text(name.path.qualifiedName)), ("revision", .text(id.text)),
          ("parts", .list(lines.map(Self.value))),
        ]).document + "\n")
    } else {
      Console.print(Self.text(lines))
    }
  }

  private static func value(_ line: BlameLine) -> JSONValue {
    .object([
      ("part", .text(line.part.rawValue)), ("name", .text(line.name)), ("text", .text(line.text)),
      ("shaped", value(line.shaped)), ("created", value(line.created)),
    ])
  }

  private static func value(_ revision: BlameRevision) -> JSONValue {
    .object([
      ("revision", .text(revision.id.text)), ("author", .text(revision.author)),
      ("date", .text(revision.date.description)), ("message", .text(revision.message)),
      ("archived", .bool(revision.isArchived)),
    ])
  }

  private static func text(_ lines: [BlameLine]) -> [String] {
    let rows = lines.map { line in
      let shaped = line.shaped
      let created =
        line.created.id == shaped.id ? "" : "since \(VisibleText.field(line.created.id.text))"
      return [
        VisibleText.item(shaped.id.text) + (shaped.isArchived ? " (archived)" : ""),
        shaped.date.day,
        LogLine.author(shaped.author), created, line.part.rawValue,
        line.text.split(separator: " ").joined(separator: " "),
      ]
    }
    return TextTable(header: ["", "", "", "", "", ""], rows: rows).lines(rule: false)
  }
}
