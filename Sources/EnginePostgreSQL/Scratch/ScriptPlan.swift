internal import SchemaModel
internal import DialectPostgreSQL

/// How a script is run.
enum ScriptPlan: Hashable {
  /// Between a BEGIN and a COMMIT of ours.
  case wrapped
  /// The same, as the server does with what a tool sends as one query: what no transaction may hold
  /// fails in it.
  case oneQuery
  /// Statement by statement, and what fails undoes itself: it is one statement, or one transaction
  /// from its first statement to its last.
  case alone
  /// Statement by statement; what was committed before a failure must be undone by a copy.
  case piecemeal

  var isWrapped: Bool { self == .wrapped || self == .oneQuery }

  init(_ script: PostgreSQL.Script, inTransaction: Bool, asOneQuery: Bool) {
    let statements = script.statements
    let transactions = statements.indices.filter { statements[$0].kind == .transaction }
    if asOneQuery, transactions.isEmpty, statements.count > 1 {
      self = .oneQuery
    } else if inTransaction, transactions.isEmpty, !script.hasNonTransactional {
      self = .wrapped
    } else if statements.count == 1 {
      // An index that is built concurrently stays behind, invalid, when it fails.
      self = statements[0].sql.uppercased().contains("CONCURRENTLY") ? .piecemeal : .alone
    } else if transactions == [0, statements.count - 1], statements.count > 1,
      !script.hasNonTransactional, Self.begins(statements[0].sql),
      Self.commits(statements[statements.count - 1].sql)
    {
      self = .alone
    } else {
      self = .piecemeal
    }
  }

  /// Errors of a transaction that no statement foretold: a procedure that commits, an enumeration's
  /// new value that is used at once. Tools that run a file statement by statement never see them.
  static func isCuredByPieces(_ code: String) -> Bool {
    ["25001", "2D000", "55P04"].contains(code)
  }

  private static func words(_ sql: String) -> [Substring] {
    sql.split(whereSeparator: \.isWhitespace)
  }

  private static func begins(_ sql: String) -> Bool {
    let first = words(sql).first?.uppercased()
    return first == "BEGIN" || first == "START"
  }

  private static func commits(_ sql: String) -> Bool {
    let words = words(sql).map { $0.uppercased() }
    return words.first == "COMMIT" && !words.contains("PREPARED") && !words.contains("CHAIN")
      || words.first == "END" && !words.contains("CHAIN")
  }
}
