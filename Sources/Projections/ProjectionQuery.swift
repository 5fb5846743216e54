internal import GRDB
internal import SQLiteWalls
public import SchemaModel

extension Projection {
  /// Runs one SQL query on a connection that cannot write.
  /// - Throws: `refused` for one that reaches beyond the file, `badQuery` with SQLite's message, `notAQuery` for a statement that writes or returns
  ///   nothing, `damaged`, `busy`.
  public func query(_ sql: String) throws(ProjectionError) -> QueryResult {
    let reader = isReadOnly ? queue : try ProjectionFile.openForReading(path)
    return try ProjectionError.mapping(path: path) {
      try reader.read { db in
        let wall = db.sqliteConnection.map(Wall.forQueries)
        defer { wall?.remove() }
        do {
          return try Self.run(sql, db)
        } catch let error as DatabaseError where wall?.refusal != nil {
          throw ProjectionError.refused(reason: wall?.refusal?.description ?? "\(error)")
        } catch let error as DatabaseError where Self.isAboutQuery(error.resultCode) {
          throw ProjectionError.badQuery(reason: error.message ?? "\(error.resultCode)")
        }
      }
    }
  }

  private static func run(_ sql: String, _ db: Database) throws -> QueryResult {
    let statement = try db.makeStatement(sql: sql)
    let columns = statement.columnNames
    // A statement without columns (ATTACH, BEGIN) may count as reading, but asks for nothing.
    guard statement.isReadonly, !columns.isEmpty else {
      throw ProjectionError.notAQuery(sql: sql)
    }
    var rows: [[RowValue]] = []
    let cursor = try Row.fetchCursor(statement)
    while let row = try cursor.next() {
      rows.append(row.databaseValues.map(value))
    }
    return QueryResult(columns: columns, rows: rows)
  }

  private static func value(_ value: DatabaseValue) -> RowValue {
    switch value.storage {
    case .null: .null
    case .int64(let integer): .integer(integer)
    case .double(let real): .real(real)
    case .string(let text): .text(text)
    case .blob(let blob): .blob([UInt8](blob))
    }
  }

  private static func isAboutQuery(_ code: ResultCode) -> Bool {
    switch code {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR,
      .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_FULL:
      false
    default: true
    }
  }
}
