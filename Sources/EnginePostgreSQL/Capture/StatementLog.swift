internal import SchemaModel
internal import SchemaSQL

/// What the statements of a migration tell about rows.
struct StatementLog {
  /// The data statements, without those on a migration tool's own tables; what was run several
  /// times in a row is counted.
  private(set) var dataStatements: [Statement] = []
  /// Whether any of them can have changed rows.
  private(set) var mayChangeRows = false
  /// Whether any of them can have set a sequence to where no row shows it.
  private(set) var maySetSequences = false

  init(_ statements: [ExecutedStatement]) {
    for executed in statements {
      for statement in PostgreSQL.Script(executed.sql).statements {
        add(statement, count: executed.count)
      }
    }
  }

  private mutating func add(_ statement: PostgreSQL.Script.Statement, count: Int) {
    let text = statement.sql.lowercased()
    switch statement.kind {
    case .transaction, .savepoint, .session, .psqlCommand: return
    case .definition:
      // A definition can hold a query, and a query can call anything.
      if text.contains("select") || text.contains("execute") || text.contains("restart")
        || text.contains("default") || text.contains("using")
      {
        mayChangeRows = true
        maySetSequences = true
      }
    case .procedural, .other:
      mayChangeRows = true
      maySetSequences = true
    case .data:
      if Self.isRunners(text) { return }
      mayChangeRows = true
      if ["setval", "restart", "select"].contains(where: text.contains) { maySetSequences = true }
      if dataStatements.last?.sql == statement.sql {
        dataStatements[dataStatements.count - 1].count += count
      } else {
        dataStatements.append(Statement(sql: statement.sql, count: count))
      }
    }
  }

  /// Whether the first name in a data statement is of a migration tool's own table.
  private static func isRunners(_ text: String) -> Bool {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    let skipped: Set<Substring> = [
      "insert", "into", "update", "delete", "from", "only", "truncate", "table", "copy", "public",
      "merge",
    ]
    guard let first = words.first(where: { !skipped.contains($0) }) else { return false }
    return PostgreSQL.runnerTables.contains(String(first))
  }
}
