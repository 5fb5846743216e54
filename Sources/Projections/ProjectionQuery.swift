internal import SQLiteAccess
internal import SQLiteWalls
public import SchemaModel

extension Projection {
  /// Runs one SQL query on a connection that cannot write.
  /// - Throws: `refused` for one that reaches beyond the file, `badQuery` with SQLite's message, `notAQuery` for a statement that writes or returns
  ///   nothing, `damaged`, `busy`.
  public func query(_ sql: String) throws(ProjectionError) -> QueryResult {
    let reader = isReadOnly ? connection : try ProjectionFile.openForReading(path)
    return try ProjectionError.mapping(path: path) {
      try reader.read { db in
        let wall = Wall.forQueries(db.handle)
        defer { wall.remove() }
        do {
          return try Self.run(sql, db)
        } catch is SQLiteError where wall.refusal != nil {
          throw ProjectionError.refused(reason: wall.refusal?.description ?? sql)
        } catch let error as SQLiteError
          where !error.isDamage && !error.isBusy && !error.isOfTheSystem
        {
          throw ProjectionError.badQuery(reason: error.message)
        }
      }
    }
  }

  private static func run(_ sql: String, _ db: SQLiteDatabase) throws -> QueryResult {
    let statement = try db.prepare(sql)
    let columns = statement.columnNames
    // A statement without columns (ATTACH, BEGIN) may count as reading, but asks for nothing.
    guard statement.isReadOnly, !columns.isEmpty else {
      throw ProjectionError.notAQuery(sql: sql)
    }
    // SQLite takes what nobody gave a value for NULL: no row is equal to it.
    if let parameter = statement.firstParameter {
      throw ProjectionError.badQuery(
        reason: "expected a query without parameters, found \(parameter); write the value itself")
    }
    let rows = try statement.all { row in columns.indices.map { Self.value(row.value($0)) } }
    return QueryResult(columns: columns, rows: rows)
  }

  private static func value(_ value: SQLiteValue) -> RowValue {
    switch value {
    case .null: .null
    case .integer(let integer): .integer(integer)
    case .real(let real): .real(real)
    case .text(let text): .text(text)
    case .blob(let blob): .blob(blob)
    }
  }
}
