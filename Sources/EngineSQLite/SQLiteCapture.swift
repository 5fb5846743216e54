internal import SchemaModel
internal import SchemaSQL

/// Reads back what statements made of a database.
struct SQLiteCapture {
  let connection: SQLiteConnection

  func capture(after before: Capture, statements: [ExecutedStatement]) throws -> Capture {
    // One transaction: another process may write between two statements of ours.
    try connection.execute("BEGIN")
    defer { try? connection.execute("COMMIT") }
    let rows = try CatalogReader(connection: connection).rows(known: before.schema)
    let catalog = SQLite.Catalog(rows, reusing: before.schema)
    try Lookalikes.refuse(in: rows, catalog.schema)
    let lineage = SQLite.StatementLineage(
      statements, before: before.schema, after: catalog.schema)
    let seeds =
      lineage.mayChangeRows
      ? try RowReader(connection: connection, schema: catalog.schema, catalog: rows).rows()
      : before.rows
    return Capture(
      schema: catalog.schema, rows: seeds, lineage: lineage.lineage,
      statements: lineage.dataStatements,
      runners: catalog.runnerTables.sorted { $0.key < $1.key }.map {
        RunnerTable(name: $0.key, definition: $0.value)
      })
  }
}
