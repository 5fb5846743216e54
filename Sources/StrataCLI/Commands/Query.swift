import ArgumentParser
import Projections
import SchemaHistory
import SchemaModel

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Read-only SQL over the projections.",
    discussion: """
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

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other; take one") }
  }

  func run() throws {
    // The projection follows the log first, where the store may be written at all.
    let store = try location.locate()
    let history = try (try? History.open(at: store)) ?? History.open(at: store, readOnly: true)
    let result = try history.query(sql)
    if json {
      Console.print(
        JSONValue.object([
          ("columns", .texts(result.columns)),
          ("rows", .list(result.rows.map { .list($0.map(Self.value)) })),
        ]).document)
    } else if csv {
      Console.print(
        [CSV.line(result.columns)] + result.rows.map { CSV.line($0.map { Self.text($0) ?? "" }) })
    } else {
      let numbers = result.columns.indices.filter { column in
        !result.rows.isEmpty && result.rows.allSatisfy { Self.isNumber($0[column]) }
      }
      let table = TextTable(
        header: result.columns,
        rows: result.rows.map { $0.map { (Self.text($0) ?? "NULL").onOneLine } },
        rightAligned: Set(numbers))
      Console.print(table.lines())
    }
  }

  private static func isNumber(_ value: RowValue) -> Bool {
    switch value {
    case .integer, .real, .null: true
    case .text, .blob: false
    }
  }

  private static func text(_ value: RowValue) -> String? {
    switch value {
    case .null: nil
    case .integer(let value): String(value)
    case .real(let value): "\(value)"
    case .text(let value): value
    case .blob(let bytes): "x'\(Hexadecimal.text(bytes))'"
    }
  }

  private static func value(_ value: RowValue) -> JSONValue {
    switch value {
    case .null: .null
    case .integer(let value): .integer(value)
    case .real(let value): .real(value)
    case .text(let value): .text(value)
    case .blob(let bytes): .text(Hexadecimal.text(bytes))
    }
  }
}
