import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What changed between two revisions.",
    discussion: """
      text is one line an operation; sql shows the engine's own text of each changed object, before \
      and after; stat counts. With --exit-code the command ends with 1 where there is a difference. \
      STORE:REV names a revision of another store, so that two histories can be compared.

      Example:
        strata diff v1.0 v1.1
        strata diff head~1 --format sql --object users
        strata diff head ../squashed/.strata:head --data
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, sql, json, stat }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The older revision.", valueName: "a"))
  var from: String
  @Argument(help: ArgumentHelp("The newer revision; head without it.", valueName: "b"))
  var to: String?
  @Option(help: ArgumentHelp("Only what concerns it.", valueName: "object"))
  var object: String?
  @Option(help: "The form: text, sql, json, stat.")
  var format: Format = .text
  @Flag(help: "The same as --format stat.")
  var stat = false
  @Flag(help: "The same as --format json.")
  var json = false
  @Flag(help: "Also the rows that the migrations left behind, table by table (text, json).")
  var data = false
  @Flag(help: "End with 1 where there is a difference.")
  var exitCode = false

  mutating func validate() throws {
    if stat { format = .stat }
    if json { format = .json }
    if data, format == .stat || format == .sql {
      throw ValidationError(
        "--data is of the forms text and json; leave it out, or take one of these")
    }
  }

  func run() throws {
    let comparison = try HistoryComparison(
      from: from, to: to, object: object, comparesRows: data
    ).run(in: location.openForReading())
    location.page()
    if let remark = comparison.remark { Console.warn(remark) }
    switch format {
    case .text: Console.print(DiffDocument.lines(comparison))
    case .sql: Console.print(try DiffDocument.texts(comparison))
    case .stat: Console.print(DiffStatistics(comparison.operations).lines)
    case .json: Console.write(DiffDocument.value(comparison))
    }
    if exitCode, comparison.isDifferent { throw ExitCode(ExitStatus.different.rawValue) }
  }
}
