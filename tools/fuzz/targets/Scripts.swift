@testable import DialectPostgreSQL
@testable import DialectSQLite
import SchemaModel

extension FuzzTarget {
  /// Scripts, cut into statements: each one is a part of the script as it was written, in its order.
  static let scripts: [FuzzTarget] = [
    FuzzTarget("script-sqlite") { bytes in
      let whole = text(bytes)
      let script = SQLite.Script(whole)
      checkOrder(script.statements.map { ($0.sql, $0.line) }, in: whole)
      _ = (script.controlsTransactions, script.undoesItself, script.leavesTraces)
      for statement in script.statements {
        precondition(SQLite.Script.kind(of: statement.sql) == statement.kind)
      }
    },
    FuzzTarget("script-postgresql") { bytes in
      let whole = text(bytes)
      let script = PostgreSQL.Script(whole)
      _ = (script.controlsTransactions, script.hasNonTransactional)
      if let refusal = script.refusal {
        // A command of psql's stands before the statement that it interrupts.
        precondition(!refusal.message.isEmpty)
        checkLines(script.statements.map(\.line), in: whole)
      } else {
        checkOrder(script.statements.map { ($0.sql, $0.line) }, in: whole)
      }
    },
  ]

  private static func checkOrder(_ statements: [(sql: String, line: Int)], in whole: String) {
    var (line, length) = (1, 0)
    for statement in statements {
      precondition(!statement.sql.isEmpty, "an empty statement")
      precondition(statement.line >= line, "lines out of order")
      line = statement.line
      length += statement.sql.utf8.count
    }
    checkLines(statements.map(\.line), in: whole)
    precondition(length <= whole.utf8.count, "statements are longer than their script")
  }

  private static func checkLines(_ lines: [Int], in whole: String) {
    let count = whole.utf8.count { $0 == 0x0A } + 1
    precondition(lines.allSatisfy { 1...count ~= $0 }, "a line that the script has not")
  }

  /// What a database says of itself.
  static let catalogs: [FuzzTarget] = [
    FuzzTarget("catalog-sqlite") { bytes in
      let tables = text(bytes).split(separator: "\0", omittingEmptySubsequences: false)
      var rows = SQLite.CatalogRows()
      for (number, sql) in tables.prefix(8).enumerated() {
        let types = ["table", "index", "view", "trigger"]
        let type = types[(number + (sql.utf8.first.map(Int.init) ?? 0)) % types.count]
        rows.objects.append(
          SQLite.CatalogRows.Object(type: type, name: "o\(number)", table: "o0", sql: String(sql)))
      }
      let catalog = SQLite.Catalog(rows)
      precondition(catalog.schema.objects.count <= rows.objects.count)
    },
    FuzzTarget("catalog-postgresql") { bytes in
      let word = text(bytes)
      if let array = PostgreSQL.array(word) { precondition(array.count <= word.utf8.count) }
      let name = PostgreSQL.aclName(Array(bytes), at: 0)
      precondition(name.end <= bytes.count)
      _ = PostgreSQL.requoted(word)
      precondition(PostgreSQL.quote(word).utf8.count >= word.utf8.count)
      _ = PostgreSQL.CatalogSignature.identity(word[...])
      _ = PostgreSQL.CatalogSignature.relationKind(word[...])
      let halves = word.split(separator: "\0", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2 {
        _ = PostgreSQL.DumpText.differing(String(halves[0]), String(halves[1]))
      }
    },
  ]
}
