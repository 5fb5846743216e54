internal import SchemaModel

/// What scripts set for their session beside the database itself: the pragmas by which later statements
/// make other objects or rows.
struct SessionSettings: Equatable {
  /// SQLite does not tell this one; a comparison does.
  private static let likeIsCaseSensitive = "case_sensitive_like"
  private static let names = [
    "foreign_keys", "ignore_check_constraints", "legacy_alter_table", "query_only",
    "recursive_triggers", "reverse_unordered_selects",
  ]

  /// 0 or 1, by name.
  private var values: [String: Int]

  /// Those that SQLite begins with, but for this one.
  init(enforcesForeignKeys: Bool = false) {
    values = [Self.likeIsCaseSensitive: 0]
    for name in Self.names { values[name] = 0 }
    if enforcesForeignKeys { values["foreign_keys"] = 1 }
  }

  /// Those that are not what they are in `others`, each as `foreign_keys=1`, in order.
  func changes(since others: SessionSettings) -> [String] {
    values.filter { others.values[$0.key] != $0.value }.map { "\($0.key)=\($0.value)" }.sorted()
  }

  /// Takes what such a text says.
  /// - Returns: false for one that says something else.
  mutating func take(_ change: String) -> Bool {
    let parts = change.split(separator: "=")
    guard parts.count == 2, let value = Int(parts[1]), values[String(parts[0])] != nil else {
      return false
    }
    values[String(parts[0])] = value
    return true
  }

  static func maySet(_ sql: String) -> Bool { sql.prefix(6).lowercased() == "pragma" }

  func putOn(_ connection: SQLiteConnection) throws(SQLiteEngineError) {
    let statements = values.sorted { $0.key < $1.key }.map { "PRAGMA \($0.key) = \($0.value)" }
    try connection.execute(statements.joined(separator: "; "))
  }

  mutating func read(_ connection: SQLiteConnection) throws {
    let one = { (sql: String) in try connection.prepare(sql).rows { $0.int(0) }.first ?? 0 }
    for name in Self.names { values[name] = try one("PRAGMA \(name)") }
    values[Self.likeIsCaseSensitive] = try one("SELECT 'a' NOT LIKE 'A'")
  }
}
