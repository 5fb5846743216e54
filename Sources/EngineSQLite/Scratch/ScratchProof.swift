// Invariants:
// - What is held to be a revision's database shows nothing but what was recorded for it, and holds
//   nothing that cannot be shown: whatever it says or does later then follows from the record.
internal import SchemaModel
internal import DialectSQLite

/// Holds a database that lay about in a file against what was recorded of it.
struct ScratchProof {
  let connection: SQLiteConnection
  let recorded: Capture
  /// The migration tools' tables that the history knows.
  let runners: [RunnerTable]
  let runnerTables: RunnerTables
  /// What Alembic has in its version table at this revision.
  let version: String

  /// The capture of a database that is the recorded one; nil where anything differs or cannot be
  /// seen.
  /// - Throws: `SQLiteEngineError`: the file is damaged, which is no proof either.
  func capture() throws -> Capture? {
    // A damaged index would give the next migration other rows than its table.
    guard try texts("PRAGMA integrity_check(1)") == ["ok"] else { return nil }
    try connection.execute("BEGIN")
    defer { try? connection.execute("COMMIT") }
    let rows = try CatalogReader(connection: connection).rows(known: recorded.schema)
    guard rows.objects.allSatisfy({ isAccountedFor($0, rows) }) else { return nil }
    let capture = try SQLiteCapture(connection, rows, known: recorded.schema, runnerTables).whole()
    guard capture.schema == recorded.schema, capture.rows == recorded.rows,
      try capture.runners.allSatisfy(isStamped)
    else { return nil }
    return capture
  }

  private func texts(_ sql: String) throws -> [String] {
    try connection.prepare(sql).rows { $0.text(0) }
  }

  /// Whether an object of the catalog was recorded, letter by letter, or follows from one that was.
  ///
  /// Tables behind virtual ones and statistics are rows that no capture shows.
  private func isAccountedFor(
    _ row: SQLite.CatalogRows.Object, _ rows: SQLite.CatalogRows
  ) -> Bool {
    guard rows.relations[row.name]?.type != "shadow",
      rows.relations[row.table]?.type != "shadow"
    else { return false }
    let isAutomatic = row.type == "index" && row.sql == nil
    if isAutomatic || row.name == "sqlite_sequence" { return true }
    if runnerTables.names.contains(where: { SQLite.folded($0.text) == SQLite.folded(row.table) }) {
      // A trigger or an index of such a table is left out of captures with it.
      return row.type == "table"
        && runners.contains { $0.name == row.name && isSame($0.definition, row.sql) }
    }
    let kinds: [String: ObjectKind] = [
      "table": .table, "index": .index, "view": .view, "trigger": .trigger,
    ]
    guard let kind = kinds[row.type] else { return false }
    return isSame(recorded.schema.objects[ObjectPath(kind, name: row.name)]?.text, row.sql)
  }

  /// What is not there is no text.
  private func isSame(_ one: String?, _ other: String?) -> Bool { one != nil && one == other }

  /// Alembic goes on from the revision in its table; other tools' tables must be empty, since what
  /// they held was not recorded.
  private func isStamped(_ runner: RunnerTable) throws -> Bool {
    let name = SQLite.quote(runner.name)
    guard runner.definition.contains("version_num") else {
      return try texts("SELECT 1 FROM \(name) LIMIT 1").isEmpty
    }
    let versions = try texts("SELECT version_num FROM \(name) LIMIT 2")
    return versions.count == 1 && isSame(versions[0], version)
  }
}
