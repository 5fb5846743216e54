internal import CSQLite

/// What this build of SQLite has: names that it does not know do nothing, or give its own error, and
/// names that only it knows are not trusted.
struct SQLLibrary: Sendable {
  static let current = SQLLibrary()

  let pragmas: Set<String>
  let modules: Set<String>
  /// Functions that SQLite itself keeps out of schemas, because they do more than compute.
  let actingFunctions: Set<String>

  private init() {
    var connection: OpaquePointer?
    guard sqlite3_open_v2(":memory:", &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      sqlite3_close_v2(connection)
      (pragmas, modules, actingFunctions) = ([], [], [])
      return
    }
    defer { sqlite3_close_v2(connection) }
    func names(_ sql: String) -> Set<String> {
      var statement: OpaquePointer?
      guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { return [] }
      defer { sqlite3_finalize(statement) }
      var names: Set<String> = []
      while sqlite3_step(statement) == SQLITE_ROW {
        if let text = sqlite3_column_text(statement, 0) {
          names.insert(String(cString: text).lowercased())
        }
      }
      return names
    }
    pragmas = names("SELECT name FROM pragma_pragma_list")
    modules = names("SELECT name FROM pragma_module_list")
    actingFunctions = names(
      "SELECT name FROM pragma_function_list WHERE flags & \(SQLITE_DIRECTONLY)")
  }
}
