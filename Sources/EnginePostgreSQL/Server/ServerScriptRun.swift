internal import SchemaModel
internal import DialectPostgreSQL

/// Runs the statements of one script on a server of the user's.
///
/// Whatever may take part in a transaction does, also where the script has none, so that the commit
/// check comes before each commit. What takes none runs only where it stays in its database.
struct ServerScriptRun {
  let connection: PostgreSQLConnection
  let script: PostgreSQL.Script
  /// Statements whose work is done already.
  let skipped: Set<Int>
  let check: String

  /// - Throws: `ScriptFailure`.
  func run(isWrapped: Bool) throws {
    guard isWrapped else {
      for (index, statement) in script.statements.enumerated() where !skipped.contains(index) {
        try step(index) { try runApart(statement) }
      }
      // Looks at what was left open.
      let all = Set(script.statements.indices)
      try ScriptRun(connection: connection, script: script, skipped: all).run(isWrapped: false)
      return
    }
    try step(nil) { try connection.execute("BEGIN") }
    for (index, statement) in script.statements.enumerated() where !skipped.contains(index) {
      try step(index) { try execute(statement) }
    }
    do {
      try step(nil) { try look(line: script.statements.first?.line ?? 1) }
    } catch let failure as ScriptFailure {
      guard case .refusedOnServer = failure.error else { throw failure }
      throw try located() ?? failure
    }
    try step(nil) { try connection.execute("COMMIT") }
  }

  /// The refusal of the very statement: all is done once more, with a look behind each.
  private func located() throws -> ScriptFailure? {
    try step(nil) { try connection.execute("ROLLBACK; BEGIN") }
    defer { try? connection.execute("ROLLBACK") }
    for (index, statement) in script.statements.enumerated() where !skipped.contains(index) {
      do {
        try step(index) {
          try execute(statement)
          try look(line: statement.line)
        }
      } catch let failure as ScriptFailure {
        if case .refusedOnServer = failure.error { return failure }
        return nil
      }
    }
    return nil
  }

  private func runApart(_ statement: PostgreSQL.Script.Statement) throws {
    guard connection.transactionStatus == .idle,
      ![.transaction, .savepoint, .session]
        .contains(statement.kind)
    else {
      if connection.transactionStatus == .inTransaction, Self.commits(statement) {
        try look(line: statement.line)
      }
      return try execute(statement)
    }
    if statement.takesNoTransaction {
      guard statement.staysInDatabase else {
        throw refusal(statement, "takes no transaction, so that nothing of it could be undone")
      }
      return try execute(statement)
    }
    try connection.execute("BEGIN")
    do {
      try execute(statement)
    } catch PostgreSQLEngineError.failed(let failure)
      where ["25001", "2D000"].contains(failure.code)
    {
      throw refusal(statement, "commits by itself, so that nothing of it could be undone")
    }
    try look(line: statement.line)
    try connection.execute("COMMIT")
  }

  private func refusal(
    _ statement: PostgreSQL.Script.Statement, _ why: String
  ) -> PostgreSQLEngineError {
    let words = statement.sql.split(whereSeparator: \.isWhitespace).prefix(3)
      .joined(separator: " ")
    return .refusedOnServer(
      line: statement.line,
      reason:
        "\(StatementFailure.shortened(words)) \(why), which Strata does not let a migration do "
        + "on a server of yours while it is tried; without --scratch it runs in a temporary PostgreSQL"
    )
  }

  /// One statement, whatever the server takes for its end: the script was cut by our rules.
  private func execute(_ statement: PostgreSQL.Script.Statement) throws {
    try connection.executeOne(statement.sql, line: statement.line, data: statement.copyData)
  }

  /// Runs the commit check. Deferred constraints are checked with it, and fail as at the commit.
  private func look(line: Int) throws {
    do {
      try connection.execute(check)
    } catch PostgreSQLEngineError.failed(var failure) {
      if failure.code == CommitCheck.refusalCode {
        throw PostgreSQLEngineError.refusedOnServer(line: line, reason: failure.message)
      }
      failure.sql = "COMMIT"
      failure.line = nil
      failure.position = nil
      throw PostgreSQLEngineError.failed(failure)
    }
  }

  private static func commits(_ statement: PostgreSQL.Script.Statement) -> Bool {
    guard statement.kind == .transaction else { return false }
    let word = statement.sql.prefix { $0.isLetter }.uppercased()
    return ["COMMIT", "END", "PREPARE"].contains(word)
  }

  private func step(_ index: Int?, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as PostgreSQLEngineError {
      throw ScriptFailure(error: error, index: index)
    }
  }
}

extension PostgreSQLScratch {
  /// The commit check, where the server is the user's.
  public var beforeCommit: String? { get throws { try commitCheck()?.sql } }

  func commitCheck() throws -> CommitCheck? {
    host.isOwn ? nil : try host.serverAccess.check(host.server())
  }
}
