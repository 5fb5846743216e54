public import SchemaModel

/// The answer to a query over the projections.
public struct QueryDocument {
  let columns: [String]
  let rows: [[RowValue]]

  public init(_ result: QueryResult) {
    columns = result.columns
    rows = result.rows
  }

  /// The fields of `strata query --json`.
  public var value: JSONValue {
    .object([
      ("columns", .texts(columns)), ("rows", .list(rows.map { .list($0.map(Self.value)) })),
    ])
  }

  /// A record for each row below one of names.
  public func text(_ csv: CSV) -> String {
    csv.text([columns]) + rows.map { csv.line($0.map { Self.cell($0, csv) }) }.joined()
  }

  /// A table for people.
  public var lines: [String] {
    let numbers = columns.indices.filter { column in
      !rows.isEmpty && rows.allSatisfy { Self.isNumber($0[column]) }
    }
    return TextTable(
      header: columns, rows: rows.map { $0.map { Self.text($0) ?? "NULL" } },
      rightAligned: Set(numbers), keepsBlanks: true
    ).lines()
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
