internal import SchemaModel
internal import DialectPostgreSQL

/// Says early, and in words of the statement's own, that a script would reach what a server of the
/// user's shares among its databases. It reads words, so it sees little; what holds is the commit
/// check (`CommitCheck`). In a cluster of our own scripts may do as they like.
enum ServerGuard {
  /// - Throws: `PostgreSQLEngineError.refusedOnServer`.
  static func check(_ script: PostgreSQL.Script, mayNotTouch roles: Set<String>) throws {
    var kept = roles
    for statement in script.statements {
      let words = statement.sql.split {
        $0.isWhitespace || $0 == "(" || $0 == ";" || $0 == ","
      }
      let upper = words.prefix(4).map { $0.uppercased() }
      guard upper.count > 1 else { continue }
      if reachesOut(upper, statement.sql) {
        throw PostgreSQLEngineError.refusedOnServer(
          line: statement.line,
          reason: "\(upper[0]) \(upper[1]) reaches beyond the scratch database, which Strata does "
            + "not let a migration do on a server of yours while it is tried; without --scratch it "
            + "runs in a temporary PostgreSQL")
      }
      if upper[1] == "OWNED", words.count > 3, kept.contains(name(words, at: 3)) {
        throw ofRole("\(upper[0]) OWNED BY \(name(words, at: 3))", statement.line)
      }
      guard ["ROLE", "USER", "GROUP"].contains(upper[1]), words.count > 2 else { continue }
      if upper[1] == "USER", upper.count > 2, upper[2] == "MAPPING" { continue }
      let hasCondition = upper.count > 3 && upper[2] == "IF"
      let name = self.name(words, at: hasCondition ? 4 : 2)
      if upper[0] == "CREATE" {
        kept.remove(name)
      } else if ["DROP", "ALTER"].contains(upper[0]), kept.contains(name) {
        throw ofRole("\(upper[0]) \(upper[1]) \(name)", statement.line)
      }
    }
  }

  private static func ofRole(_ statement: String, _ line: Int) -> PostgreSQLEngineError {
    .refusedOnServer(
      line: line,
      reason: "\(statement) would change a role of the server itself, which Strata does not let a "
        + "migration do while it is tried; without --scratch it runs in a temporary PostgreSQL")
  }

  private static func reachesOut(_ words: [String], _ sql: String) -> Bool {
    switch words[0] {
    case "CREATE", "DROP": ["DATABASE", "TABLESPACE"].contains(words[1])
    case "ALTER": ["DATABASE", "TABLESPACE", "SYSTEM"].contains(words[1])
    case "COPY": !["STDIN", "STDOUT"].contains { sql.uppercased().contains($0) }
    default: false
    }
  }

  private static func name(_ words: [Substring], at index: Int) -> String {
    guard index < words.count else { return "" }
    let word = words[index]
    return word.hasPrefix("\"") && word.hasSuffix("\"") && word.count > 1
      ? String(word.dropFirst().dropLast()) : word.lowercased()
  }
}
