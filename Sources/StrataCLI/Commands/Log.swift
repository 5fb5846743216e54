import ArgumentParser
import SchemaHistory
import SchemaModel

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Revisions, newest first.",
    discussion: """
      One line a revision: id, day, author, message, and in brackets what else is known of it: \
      heads, tags, labels, whether it is the baseline of a truncation or archived by it.

      Example:
        strata log --graph
        strata log --object users.email --since 2024-01-01
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("Only this revision and its ancestors.", valueName: "rev"))
  var revision: String?
  @Flag(help: "Draw branches and merges beside the revisions.")
  var graph = false
  @Option(help: ArgumentHelp("Only revisions that changed it.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("Only revisions whose author contains it.", valueName: "text"))
  var author: String?
  @OptionGroup var times: TimeOptions
  @Option(help: ArgumentHelp("Only revisions whose message contains it.", valueName: "text"))
  var grep: String?
  @Option(name: .customShort("n"), help: ArgumentHelp("At most this many.", valueName: "count"))
  var limit: Int?
  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("expected -n of 0 or more, found \(limit)") }
    if json, graph { throw ValidationError("--json and --graph exclude each other; take one") }
  }

  func run() throws {
    let history = try location.openForReading()
    let range = try times.range()
    let name = try object.map { try history.newestObject(named: $0) }
    var filter = LogFilter(
      from: try revision.map { try history.resolve($0) }, objectPath: name?.path,
      author: author, since: range.since, until: range.until, grep: grep, limit: limit)
    if name?.column != nil { filter.limit = nil }
    var revisions = try history.log(filter)
    if let name, let column = name.column {
      var trail = ColumnTrail(name.path, column)
      revisions = try revisions.filter {
        try trail.isTouched(by: history.operations(of: $0.id).map(\.operation))
      }
      if let limit { revisions = Array(revisions.prefix(limit)) }
    }
    try history.warnOfMissingSegments()
    let heads = Set(try history.heads())
    if json {
      Console.print(
        revisions.map { JSONValue.object(RevisionDocument.fields($0, heads: heads)).line })
    } else if graph {
      Console.print(try drawing(revisions, history, heads))
    } else {
      Console.print(revisions.map { LogLine($0, heads: heads).line })
    }
  }

  private func drawing(
    _ revisions: [RecordedRevision], _ history: History, _ heads: Set<RevisionID>
  ) throws -> [Line] {
    let visible = VisibleParents(
      try history.graph().entries.map { (id: $0.id, parents: $0.parents) },
      shown: Set(revisions.map(\.revision.id)))
    var drawing = GraphDrawing<RevisionID>()
    var lines: [Line] = []
    for recorded in revisions {
      let rows = drawing.add(
        recorded.revision.id, parents: visible.of(recorded.revision.id),
        mark: recorded.isBaseline ? "#" : "*")
      lines.append("\(rows.node) \(LogLine(recorded, heads: heads).line)")
      lines += rows.edges.map { Line($0) }
    }
    return lines
  }
}

/// A revision in one line.
struct LogLine {
  let recorded: RecordedRevision
  let heads: Set<RevisionID>

  init(_ recorded: RecordedRevision, heads: Set<RevisionID>) {
    self.recorded = recorded
    self.heads = heads
  }

  /// Every field keeps to its place: none can hold what divides them, or look like a mark.
  var line: Line {
    let revision = recorded.revision
    let message = revision.message.split { $0 == "\n" || $0 == "\r\n" }.first ?? ""
    let marks = self.marks
    return Line.fields([
      Style.revision(VisibleText.field(revision.id.text)),
      Style.faint((revision.authored ?? recorded.recorded).day),
      Line(Self.author(revision.author)), Line(VisibleText.lastField(String(message))),
      marks.isEmpty ? "" : Style.mark("(" + marks.joined(separator: ", ") + ")"),
    ])
  }

  var marks: [String] {
    let revision = recorded.revision
    var marks: [String] = heads.contains(revision.id) ? ["head"] : []
    marks += recorded.tags.map { "tag: \(VisibleText.item($0))" }
    marks += revision.labels.map { "label: \(VisibleText.item($0))" }
    if !revision.dependsOn.isEmpty {
      marks.append(
        "depends on \(revision.dependsOn.map { VisibleText.item($0.text) }.joined(separator: ", "))"
      )
    }
    if recorded.isBaseline {
      marks.append("baseline")
    } else if recorded.isArchived {
      marks.append("archived")
    }
    return marks
  }

  /// The name as a field of a line; `-` where there is none.
  static func author(_ author: String?) -> String {
    let name = author.map { VisibleText.field(Self.name($0)) } ?? ""
    return name.isEmpty ? "-" : name
  }

  /// `Ann Lee` of `Ann Lee <ann@example.org>`.
  static func name(_ author: String) -> String {
    guard let bracket = author.firstIndex(of: "<"), bracket != author.startIndex else {
      return author
    }
    return String(author[..<bracket]).trimmingBlanks
  }
}

extension String {
  var trimmingBlanks: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
