internal import SchemaModel
internal import DialectSQLite

/// Reads back what statements made of a database.
struct SQLiteCapture {
  let connection: SQLiteConnection
  let runnerTables: RunnerTables

  func capture(after before: Capture, statements: [ExecutedStatement]) throws -> Capture {
    // One transaction: another process may write between two statements of ours.
    try connection.execute("BEGIN")
    defer { try? connection.execute("COMMIT") }
    let rows = try CatalogReader(connection: connection).rows(known: before.schema)
    let catalog = SQLite.Catalog(rows, reusing: before.schema, runnerTables: runnerTables)
    var schema = catalog.schema
    try addSettings(to: &schema)
    let lineage = SQLite.StatementLineage(
      statements, before: before.schema, after: schema, runnerTables: runnerTables)
    let reader = RowReader(connection: connection, schema: schema, catalog: rows)
    let seeds = lineage.mayChangeRows ? try reader.rows() : before.rows
    return Capture(
      schema: schema, rows: seeds, lineage: lineage.lineage,
      statements: lineage.dataStatements,
      runners: catalog.runnerTables.sorted { $0.key < $1.key }.map {
        RunnerTable(name: $0.key.text, definition: $0.value)
      }, runnerParts: catalog.runnerParts,
      warnings: lineage.mayChangeRows ? try reader.unreadableRows() : []
    ).remarking(since: before, writes: lineage.runnerWrites)
  }

  /// Everything that the database shows, its rows too, whatever became of it; inside a transaction
  /// of the caller's.
  func whole(_ rows: SQLite.CatalogRows, known: Schema) throws -> Capture {
    let catalog = SQLite.Catalog(rows, reusing: known, runnerTables: runnerTables)
    var schema = catalog.schema
    try addSettings(to: &schema)
    let reader = RowReader(connection: connection, schema: schema, catalog: rows)
    return Capture(
      schema: schema, rows: try reader.rows(),
      runners: catalog.runnerTables.sorted { $0.key < $1.key }.map {
        RunnerTable(name: $0.key.text, definition: $0.value)
      }, runnerParts: catalog.runnerParts)
  }

  /// What the database's header holds for its owner: many programs keep a version there.
  private func addSettings(to schema: inout Schema) throws {
    for name in ["application_id", "user_version"] {
      let values = try connection.prepare("PRAGMA \(name)").rows { $0.value(0) }
      guard case .integer(let value)?? = values.first, value != 0 else { continue }
      schema.objects[ObjectPath(.setting, name: name)] = SchemaObject(
        .definition(Definition(text: "PRAGMA \(name) = \(value)")))
    }
  }
}
