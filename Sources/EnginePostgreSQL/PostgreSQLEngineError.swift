/// Why a live PostgreSQL database did not do what it was asked.
public enum PostgreSQLEngineError: Error, Hashable, Sendable {
  case noLibrary(String)
}
