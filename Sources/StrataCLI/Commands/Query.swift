import ArgumentParser
import Projections
import SchemaHistory
import SchemaModel

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
    let history = try (try? History.open(at: store)) ?? History.open(at: store, readOnly: true)
    let result = try history.query(sql)
    if json {
      Console.write(
        document: JSONValue.object([
          ("columns", .texts(result.columns)),
          ("rows", .list(result.rows.map { .list($0.map(Self.value)) })),
        ]).document + "\n")
    } else if csv {
      let csv = CSV(isGuarded: !raw)
      Console.write(
        document: csv.text([result.columns])
          + result.rows.map { csv.line($0.map { Self.cell($0, csv) }) }.joined())
    } else {
      let numbers = result.columns.indices.filter { column in
        !result.rows.isEmpty && result.rows.allSatisfy { Self.isNumber($0[column]) }
      }
      let table = TextTable(
        header: result.columns,
        rows: result.rows.map { $0.map { Self.text($0) ?? "NULL" } },
        rightAligned: Set(numbers), keepsBlanks: true)
      Console.print(table.lines())
    }
  }

  private static func isNumber(_ value: RowValue) -> Bool {
    switch value {
    case .integer, .real, .null: true
    case .text, .blob: false
    }
  }

  /// A number is no formula, whatever its sign.
  private static func cell(_ value: RowValue, _ csv: CSV) -> String {
    switch value {
    case .null: ""
    case .integer, .real: Self.text(value) ?? ""
    case .text, .blob: csv.cell(Self.text(value) ?? "")
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
