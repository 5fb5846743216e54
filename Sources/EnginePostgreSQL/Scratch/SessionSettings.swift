internal import DialectPostgreSQL
public import SchemaModel

/// What scripts set for their session. A tool that runs all in one session goes on with it, and so does
/// the next script here, also where the session itself has ended meanwhile.
struct SessionSettings {
  /// How the tool runs scripts.
  var tool = ToolConnection()
  private var kept: [String: String] = [:]
  private var left: Set<String> = []
  /// The application's own (`app.tenant`), which no catalog lists: what scripts may have set so.
  private var custom: Set<String> = []

  /// Sets in a new session what the scripts before have left set in theirs.
  func putOn(_ connection: PostgreSQLConnection) throws {
    // A role may lack the right to set what stands before it.
    let isRole = { (name: String) in name == "role" ? 1 : 0 }
    for (name, value) in kept.sorted(by: { isRole($0.key) < isRole($1.key) }) {
      let (name, value) = (PostgreSQL.literal(name), PostgreSQL.literal(value))
      try connection.execute("SELECT pg_catalog.set_config(\(name), \(value), false)")
    }
  }

  /// Makes the session as the tool's next script finds it.
  /// - Returns: false where only a new session is that: a setting with a prefix, once named, is there
  ///   for good, and empty where it was none.
  mutating func end(
    _ script: PostgreSQL.Script, _ connection: PostgreSQLConnection
  ) throws -> Bool {
    let setting = script.statements.filter(Self.maySet)
    guard tool.keepsSession else {
      kept = [:]
      if setting.contains(where: { !Self.dottedNames(in: $0.sql).isEmpty }) { return false }
      try connection.execute(
        "RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE; DEALLOCATE ALL; UNLISTEN *")
      return true
    }
    guard !setting.isEmpty else { return true }
    for statement in setting { custom.formUnion(Self.dottedNames(in: statement.sql)) }
    if tool.restoresRoleAndPath { try connection.execute("RESET ROLE; RESET search_path") }
    var now: [String: String] = [:]
    for row in try connection.query(Self.query + customQuery) {
      if let name = row[0], let value = row[1] { now[name] = value }
    }
    left.formUnion(
      now.filter { name, value in
        kept[name] != value && !Self.harmless.contains(name) && !name.hasPrefix("log_")
      }.keys)
    kept = now
    return true
  }

  private static let query = """
    SELECT name, setting FROM pg_catalog.pg_settings
    WHERE source = 'session' AND setting IS DISTINCT FROM reset_val
    UNION ALL
    SELECT 'role', pg_catalog.current_setting('role')
    WHERE pg_catalog.current_setting('role') <> 'none'
    """

  private var customQuery: String {
    if custom.isEmpty { return "" }
    let names = custom.sorted().map { PostgreSQL.literal($0) }.joined(separator: ", ")
    return """

      UNION ALL
      SELECT name, value FROM pg_catalog.unnest(ARRAY[\(names)]) AS names (name),
        pg_catalog.current_setting(name, true) AS value WHERE value <> ''
      """
  }

  /// Whatever may be the name of a setting with a prefix.
  private static func dottedNames(in sql: String) -> [String] {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isInName: (UInt8) -> Bool = { byte in
      let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
      return letters.contains(byte | 0x20) || digits.contains(byte) || "_.".utf8.contains(byte)
    }
    return sql.utf8.split { !isInName($0) }.compactMap { word in
      let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      let isName =
        parts.count > 1 && parts.allSatisfy { $0.first.map { !digits.contains($0) } ?? false }
      return isName ? String(word)?.lowercased() : nil
    }
  }

  /// What no migration makes other objects or rows by.
  private static let harmless: Set<String> = [
    "application_name", "client_min_messages", "deadlock_timeout", "lock_timeout",
    "idle_in_transaction_session_timeout", "maintenance_work_mem", "statement_timeout",
    "temp_buffers", "transaction_timeout", "work_mem",
  ]

  private static func maySet(_ statement: PostgreSQL.Script.Statement) -> Bool {
    let sql = statement.sql.lowercased()
    return ["set", "reset", "discard", "do", "call"].contains { sql.hasPrefix($0) }
      || sql.contains("set_config")
  }

  /// A warning for the revision that left some; they are told once.
  mutating func takeWarnings() -> [String] {
    if left.isEmpty { return [] }
    defer { left = [] }
    return [SessionWarning.text(left.sorted())]
  }
}

extension PostgreSQLScratch {
  public func connect(as tool: ToolConnection) { settings.tool = tool }
}
