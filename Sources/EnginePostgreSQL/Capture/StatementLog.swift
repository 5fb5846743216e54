internal import SchemaModel
internal import DialectPostgreSQL

/// What the statements of a migration tell about rows.
struct StatementLog {
  /// The data statements, without those on a migration tool's own tables; what was run several
  /// times in a row is counted.
  private(set) var dataStatements: [Statement] = []
  /// Whether any of them can have changed rows.
  private(set) var mayChangeRows = false
  /// Whether any of them can have set a sequence to where no row shows it.
  private(set) var maySetSequences = false

  /// Whether any of them can have switched off the counting of written rows.
  private(set) var mayHideCounts = false

  /// The migration tools' own tables that data statements are about.
  private(set) var runnerWrites: Set<ExactText> = []

  private let runnerTables: RunnerTables

  init(_ statements: [ExecutedStatement], _ runnerTables: RunnerTables = RunnerTables()) {
    self.runnerTables = runnerTables
    // Nothing ran, or nobody listened.
    if statements.isEmpty { mayChangeRows = true }
    for executed in statements {
      if Self.hasAny(["track_counts", "pg_stat_reset"], in: executed.sql) { mayHideCounts = true }
      for statement in PostgreSQL.Script(executed.sql).statements {
        add(statement, count: executed.count)
      }
    }
  }

  /// What runs code at statements that look as if they ran none.
  mutating func noteEventTriggers() {
    mayChangeRows = true
    maySetSequences = true
  }

  private mutating func add(_ statement: PostgreSQL.Script.Statement, count: Int) {
    switch statement.kind {
    case .transaction, .savepoint, .session, .psqlCommand: return
    case .definition:
      if Self.onlyDefines(statement.sql) { return }
      // A definition can hold a query, and a query can call anything. A sequence that comes with its
      // column is looked at in any case.
      let words: [StaticString] = [
        "select", "execute", "restart", "using", "cluster", "refresh",
      ]
      guard Self.hasAny(words, in: statement.sql) || Self.hasComputedDefault(statement.sql) else {
        return
      }
      mayChangeRows = true
      maySetSequences = true
    case .procedural, .other:
      mayChangeRows = true
      maySetSequences = true
    case .data:
      if let table = runnerTable(of: statement.sql) {
        runnerWrites.insert(table)
        return
      }
      mayChangeRows = true
      if !maySetSequences {
        maySetSequences = Self.hasAny(["setval", "restart", "select"], in: statement.sql)
      }
      if dataStatements.last?.sql == statement.sql {
        dataStatements[dataStatements.count - 1].count += count
      } else {
        dataStatements.append(Statement(sql: statement.sql, count: count))
      }
    }
  }

  /// Whether a statement keeps a query or a code for later, and runs nothing now.
  private static func onlyDefines(_ sql: String) -> Bool {
    let words = sql.prefix(200).lowercased().split(whereSeparator: \.isWhitespace)
    guard words.first == "create" else { return false }
    let skipped: Set<Substring> = ["or", "replace", "recursive"]
    let word = words.dropFirst().first { !skipped.contains($0) }
    return ["function", "procedure", "view", "trigger", "rule", "policy"].contains(word ?? "")
  }

  /// Whether a default is more than a number, a text or a word like TRUE.
  private static func hasComputedDefault(_ sql: String) -> Bool {
    let words = sql.lowercased().split(whereSeparator: \.isWhitespace)
    return zip(words, words.dropFirst()).contains { word, value in
      guard word == "default" else { return word.hasPrefix("default") }
      let text = value.prefix { $0 != "," && $0 != ";" && $0 != ")" }
      let isLiteral =
        text.first == "'" || text.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" }
        || ["true", "false", "null"].contains(text)
      return !isLiteral || value.contains("(") || value.contains("::")
    } || words.last == "default"
  }

  /// Whether one of these (in lower case) is in the text, in either case.
  private static func hasAny(_ words: [StaticString], in text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      words.contains { word in
        word.withUTF8Buffer { word in
          guard bytes.count >= word.count else { return false }
          return (0...bytes.count - word.count).contains { start in
            // Letters differ from the others' case by this bit; what else it joins is no word here.
            bytes[start] | 0x20 == word[0]
              && word.indices.allSatisfy { bytes[start + $0] | 0x20 == word[$0] | 0x20 }
          }
        }
      }
    }
  }

  /// The first name in a data statement, where it is of a migration tool's own table.
  private func runnerTable(of sql: String) -> String? {
    let words = sql.prefix(400).split { !($0.isLetter || $0.isNumber || $0 == "_") }
    let skipped: Set<String> = [
      "insert", "into", "update", "delete", "from", "only", "truncate", "table", "copy", "public",
      "merge",
    ]
    guard let first = words.first(where: { !skipped.contains($0.lowercased()) }) else {
      return nil
    }
    return [String(first), first.lowercased()].first(where: runnerTables.contains)
  }
}
