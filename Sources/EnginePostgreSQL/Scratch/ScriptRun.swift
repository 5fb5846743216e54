internal import SchemaModel
internal import DialectPostgreSQL

/// An error of a script, with the statement that it came from.
struct ScriptFailure: Error {
  var error: PostgreSQLEngineError
  var index: Int?
}

/// Runs the statements of one script, one after the other.
struct ScriptRun {
  let connection: PostgreSQLConnection
  let script: PostgreSQL.Script
  /// Statements whose work is done already.
  let skipped: Set<Int>

  /// - Throws: `ScriptFailure`.
  func run(isWrapped: Bool) throws {
    if isWrapped { try step(nil) { try connection.execute("BEGIN") } }
    for (index, statement) in script.statements.enumerated() where !skipped.contains(index) {
      try step(index) {
        if let data = statement.copyData {
          try connection.copy(statement.sql, data: data, line: statement.line)
        } else {
          try connection.execute(statement.sql, line: statement.line)
        }
      }
    }
    if isWrapped {
      try step(nil) { try connection.execute("COMMIT") }
    } else if connection.transactionStatus != .idle {
      let line = script.statements.last { $0.kind == .transaction }?.line
      throw ScriptFailure(error: .transactionLeftOpen(line: line))
    }
    if let prepared = script.statements.last(where: { Self.prepares($0.sql) }),
      let name = try DatabaseCommands.preparedTransactions(connection).first
    {
      // It would hold its locks for ever.
      throw ScriptFailure(error: .transactionLeftPrepared(name: name, line: prepared.line))
    }
  }

  private static func prepares(_ sql: String) -> Bool {
    guard sql.utf8.prefix(7).elementsEqual("prepare".utf8, by: { $0 | 0x20 == $1 }) else {
      return false
    }
    return sql.split(maxSplits: 2, whereSeparator: \.isWhitespace).dropFirst().first?.uppercased()
      == "TRANSACTION"
  }

  private func step(_ index: Int?, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as PostgreSQLEngineError {
      throw ScriptFailure(error: error, index: index)
    }
  }
}
