internal import SchemaModel
internal import CLibPQ
internal import DialectPostgreSQL

/// Makes Swift values of one of libpq's results.
struct ResultReader {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  /// - Throws: `PostgreSQLEngineError.unreadable` for text that is no UTF-8: a database of the
  ///   encoding SQL_ASCII may hold any bytes.
  func answer(to sql: String) throws(PostgreSQLEngineError) -> PostgreSQL.QueryAnswer {
    let columnCount = strata_pq_column_count(result)
    let columns = (0..<columnCount).map { column in
      strata_pq_column_name(result, column).map { String(cString: $0) } ?? ""
    }
    var rows: [[String?]] = []
    let rowCount = strata_pq_row_count(result)
    rows.reserveCapacity(Int(rowCount))
    for row in 0..<rowCount {
      var values: [String?] = []
      values.reserveCapacity(Int(columnCount))
      for column in 0..<columnCount {
        values.append(try value(row, column, sql))
      }
      rows.append(values)
    }
    return PostgreSQL.QueryAnswer(columns: columns, rows: rows)
  }

  private func value(
    _ row: Int32, _ column: Int32, _ sql: String
  ) throws(PostgreSQLEngineError) -> String? {
    if strata_pq_value_is_null(result, row, column) != 0 { return nil }
    guard let start = strata_pq_value(result, row, column) else { return nil }
    let count = Int(strata_pq_value_length(result, row, column))
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable(
        "a value is no UTF-8 text, so the database's encoding is SQL_ASCII or it is damaged; "
          + "use a database with the encoding UTF8\n  " + StatementFailure.shortened(sql))
    }
    return text
  }

  /// Nil where the result carries no words of the server: the connection is gone.
  func failure(of sql: String, line: Int?) -> StatementFailure? {
    guard let code = field(STRATA_PQ_SQLSTATE) else { return nil }
    let position = field(STRATA_PQ_POSITION).flatMap { Int($0) }
    var place = line
    if let position, let line {
      place = line + sql.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
    return StatementFailure(
      sql: sql, line: place, code: code,
      message: PasswordMask.masked(field(STRATA_PQ_MESSAGE) ?? ""),
      detail: field(STRATA_PQ_DETAIL).map(PasswordMask.masked),
      hint: field(STRATA_PQ_HINT), position: position)
  }

  private func field(_ name: Int) -> String? {
    strata_pq_result_field(result, Int32(name)).map { String(cString: $0) }
  }
}
