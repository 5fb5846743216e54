import SchemaModel
import ArgumentParser
import Documents
import FileSystem
import SchemaHistory

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Read-only SQL over the projections.",
    discussion: """
      In CSV a text that begins as a formula does (= + - @) has a ' before it, so that no spreadsheet \
      calculates it; --raw is for programs.

      store/projections/ in the source tree documents the relations. The same file, \
      projection.sqlite in the store, can be opened by any SQLite client.

      Example:
        strata query "SELECT id, message FROM revisions ORDER BY sequence DESC LIMIT 3"
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("One SELECT.", valueName: "sql"))
  var sql: String
  @Flag(help: "One JSON document.")
  var json = false
  @Flag(help: "CSV with a header.")
  var csv = false
  @Flag(help: "CSV cells as they are, also those that a spreadsheet would calculate.")
  var raw = false

  func validate() throws {
    if raw, !csv { throw ValidationError("--raw is about CSV; give --csv too, or leave it out") }
    if json, csv { throw ValidationError("--json and --csv exclude each other; take one") }
  }

  func run() throws {
    // The projection follows the log first, where the store may be written at all.
    let store = try location.locate()
    let history: History
    do {
      history = try History.open(at: store)
    } catch  where !["", "/log/data.mdb"].allSatisfy({ Files.isWritable(store + $0) }) {
      history = try History.open(at: store, readOnly: true)
    }
    let result = try history.query(sql)
    if let kept = history.keptProjection {
      Console.warn(
        "the projection had followed other events than the log's, which was set back or is another's; it is "
          + "kept as \(kept)")
    }
    history.warnOfUnprojectedSegments()
    if let warning = try history.rolledBackWarning() { Console.warn(warning) }
    let document = QueryDocument(result)
    if json {
      Console.write(document.value)
    } else if csv {
      Console.write(document: document.text(CSV(isGuarded: !raw)))
    } else {
      Console.print(document.lines)
    }
  }
}
