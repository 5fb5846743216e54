internal import SchemaModel
internal import DialectPostgreSQL

extension PostgreSQL.QueryAnswer {
  /// Where the values of a column stand in each row.
  /// - Throws: `unreadable` where the query gives no such column.
  func place(of name: String) throws(PostgreSQLEngineError) -> Int {
    guard let place = columns.firstIndex(of: name) else {
      throw .unreadable(
        "expected a column \(name) in the answer to a query, found \(columns); please report it: "
          + "no server leaves one out")
    }
    return place
  }

  /// The values of one column that are not NULL.
  /// - Throws: as `place(of:)`.
  func values(of name: String) throws(PostgreSQLEngineError) -> [String] {
    let place = try place(of: name)
    return rows.compactMap { $0[place] }
  }

  /// The value of a column in the first row; nil for NULL, and where there is no row.
  /// - Throws: as `place(of:)`.
  func first(_ name: String) throws(PostgreSQLEngineError) -> String? {
    let place = try place(of: name)
    return rows.first?[place]
  }
}
