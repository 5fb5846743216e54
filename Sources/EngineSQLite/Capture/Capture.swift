internal import SchemaModel
internal import DialectSQLite

/// Reads back all that a database shows, whatever became of it; inside a transaction of the caller's.
struct SQLiteCapture {
  let connection: SQLiteConnection
  let catalog: SQLite.Catalog
  let special: SpecialTables
  let schema: Schema

  init(
    _ connection: SQLiteConnection, _ rows: SQLite.CatalogRows, known: Schema,
    _ runnerTables: RunnerTables
  ) throws {
    self.connection = connection
    catalog = SQLite.Catalog(rows, reusing: known, runnerTables: runnerTables)
    special = SpecialTables(catalog.schema, rows)
    var schema = catalog.schema
    for (path, object) in try Self.settings(connection) { schema.objects[path] = object }
    self.schema = schema
  }

  /// With its rows; nothing is said of where it comes from.
  func whole() throws -> Capture {
    Capture(
      schema: schema, rows: try reader.rows(), runners: runners, runnerParts: catalog.runnerParts)
  }

  var reader: RowReader { RowReader(connection: connection, schema: schema, special: special) }

  var runners: [RunnerTable] {
    catalog.runnerTables.sorted { $0.key < $1.key }.map {
      RunnerTable(name: $0.key.text, definition: $0.value)
    }
  }

  /// What the database's header holds for its owner, many programs a version: nil for none.
  static func settings(
    _ connection: SQLiteConnection
  ) throws -> [(path: ObjectPath, object: SchemaObject?)] {
    try ["application_id", "user_version"].map { name in
      let path = ObjectPath(.setting, name: name)
      let values = try connection.cached("PRAGMA \(name)").rows { $0.value(0) }
      guard case .integer(let value)?? = values.first, value != 0 else { return (path, nil) }
      return (path, SchemaObject(.definition(Definition(text: "PRAGMA \(name) = \(value)"))))
    }
  }
}
