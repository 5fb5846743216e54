import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Revisions, newest first.",
    discussion: """
      One line a revision: id, day, author, message, and in brackets what else is known of it: \
      heads, tags, labels, whether it is the baseline of a truncation or archived by it.

      Example:
        strata log --graph
        strata log v1.0..head -n 20 --oneline
        strata log -p --object users --since yesterday
        strata log --object users.email --since 2024-01-01
      """)

  @OptionGroup var location: StoreOptions
  @Argument(
    help: ArgumentHelp(
      "Only this revision and its ancestors; of A..B only those that A has not.",
      valueName: "rev"))
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
  @Option(
    name: .customShort("n", allowingJoined: true),
    help: ArgumentHelp("At most this many.", valueName: "count"))
  var limit: Int?
  @Flag(help: "Only ids and messages.")
  var oneline = false
  @Flag(
    name: [.customShort("p"), .long],
    help: "Also what each revision changed, as the engine's texts before and after.")
  var patch = false
  @Flag(help: "Also how much each revision changed, object by object.")
  var stat = false
  @Flag(help: "One JSON object a line.")
  var json = false

  private func ends(of history: History) throws -> (from: RevisionID?, without: RevisionID?) {
    guard let revision else { return (nil, nil) }
    guard let range = try history.range(named: revision) else {
      return (try history.resolve(revision), nil)
    }
    guard let to = range.to.revision else {
      throw HistoryError.baseIsNoRevision(first: try history.graph().bases.first)
    }
    return (to, range.from.revision)
  }

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("expected -n of 0 or more, found \(limit)") }
    let forms = [
      (json, "--json"), (graph, "--graph"), (patch, "--patch"), (stat, "--stat"),
    ].filter(\.0).map(\.1)
    if forms.count > 1 {
      throw ValidationError("\(forms.joined(separator: " and ")) exclude each other; take one")
    }
    if json, oneline { throw ValidationError("--json and --oneline exclude each other; take one") }
  }

  func run() throws {
    let history = try location.openForReading()
    location.page()
    let range = try times.range()
    let name = try object.map { try history.newestObject(named: $0) }
    let (from, without) = try ends(of: history)
    let filter = LogFilter(
      from: from, without: without, author: author, since: range.since,
      until: range.until, grep: grep, limit: limit)
    let revisions = try name.map { try history.log(filter, of: $0) } ?? history.log(filter)
    try history.warnOfMissingSegments()
    let heads = Set(try history.heads())
    if json {
      let logHead = try history.logHead()
      Console.print(
        revisions.map { LogDocument.value($0, heads: heads, logHead: logHead).line })
    } else if graph {
      Console.print(
        fitted: LogDocument.drawing(
          revisions, of: try history.graph(), heads: heads, isShort: oneline))
    } else if patch || stat {
      for revision in revisions {
        Console.print(Self.line(revision, heads, isShort: oneline))
        let change = try HistoryComparison.own(of: revision.id, in: history)
        let lines =
          patch
          ? try DiffDocument.texts(change)
          : DiffStatistics(change.operations).lines.map { Line($0) }
        Console.print([""] + lines + [""])
      }
    } else {
      Console.print(revisions.map { Self.line($0, heads, isShort: oneline) })
    }
  }

  private static func line(
    _ revision: RecordedRevision, _ heads: Set<RevisionID>, isShort: Bool
  ) -> Line {
    LogLine(revision, heads: heads).line(isShort: isShort, width: Console.width)
  }
}
