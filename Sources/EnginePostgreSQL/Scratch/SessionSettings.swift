internal import DialectPostgreSQL
public import SchemaModel

/// What scripts leave set in their session. Each begins with the connection's own settings here, so
/// that a revision does not depend on which ran before it in the same run; a tool that runs all in
/// one session goes on with what was set.
final class SessionSettings {
  /// How the tool runs scripts.
  var tool = ToolConnection()
  private var left: [String] = []

  /// Asks before they are put back.
  func note(_ script: PostgreSQL.Script, _ connection: PostgreSQLConnection) throws {
    guard tool.keepsSession, script.statements.contains(where: Self.maySet) else { return }
    left += try connection.query(
      """
      SELECT name FROM pg_catalog.pg_settings
      WHERE source = 'session' AND setting IS DISTINCT FROM reset_val ORDER BY name
      """
    ).compactMap { $0.first ?? nil }.filter { !Self.harmless.contains($0) && !$0.hasPrefix("log_") }
  }

  /// What no migration makes other objects or rows by.
  private static let harmless: Set<String> = [
    "application_name", "client_min_messages", "deadlock_timeout", "lock_timeout",
    "idle_in_transaction_session_timeout", "maintenance_work_mem", "statement_timeout",
    "temp_buffers", "transaction_timeout", "work_mem",
  ]

  private static func maySet(_ statement: PostgreSQL.Script.Statement) -> Bool {
    let sql = statement.sql.lowercased()
    return sql.hasPrefix("set") || sql.contains("set_config") || sql.hasPrefix("do")
  }

  /// A warning for the revision that left some; they are told once.
  func takeWarnings() -> [String] {
    if left.isEmpty { return [] }
    let names = left.joined(separator: ", ")
    left = []
    return [
      "it leaves \(names) set for the session: where the tool runs the next migration in the same "
        + "run, that one has it, while here each begins with the connection's own settings"
    ]
  }
}

extension PostgreSQLScratch {
  public func connect(as tool: ToolConnection) { settings.tool = tool }
}
