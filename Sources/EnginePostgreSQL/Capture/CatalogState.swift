internal import SchemaModel

/// What one scratch database's catalog held when it was last read.
final class CatalogState {
  func capture(
    _ connection: PostgreSQLConnection, after before: Capture, statements: [ExecutedStatement]
  ) throws -> Capture {
    throw PostgreSQLEngineError.unreadable("reading a PostgreSQL catalog back is not there yet")
  }

  func runnerTables(_ connection: PostgreSQLConnection) throws -> [String: String] {
    throw PostgreSQLEngineError.unreadable("reading a PostgreSQL catalog back is not there yet")
  }

  func copy() -> CatalogState { CatalogState() }
}
