internal import GRDB

/// The statements that write facts, prepared once per connection.
struct ProjectionStatements {
  let insertRevision: Statement
  let insertParent: Statement
  let clearHead: Statement
  let insertLine: Statement
  let insertEvent: Statement
  let insertEventObject: Statement
  let insertPath: Statement
  let findPath: Statement
  let lastChange: Statement
  let endChange: Statement
  let insertChange: Statement
  let insertText: Statement
  let findRevision: Statement
  let isTip: Statement
  let findLine: Statement

  init(_ db: Database) throws {
    insertRevision = try db.makeStatement(
      sql: """
        INSERT INTO revisions (ordinal, id, parents, first_parent, depends_on, labels, author,
          message, authored, recorded, recorded_by, warnings, source, fingerprint,
          operation_count, is_head, is_archived, sequence, line, position)
        VALUES ((SELECT coalesce(max(ordinal), 0) + 1 FROM revisions),
          ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    insertParent = try db.makeStatement(
      sql: "INSERT INTO revision_parents (revision, position, parent) VALUES (?, ?, ?)")
    clearHead = try db.makeStatement(sql: "UPDATE revisions SET is_head = 0 WHERE id = ?")
    insertLine = try db.makeStatement(
      sql: "INSERT INTO lines (parent_line, parent_position) VALUES (?, ?)")
    insertEvent = try db.makeStatement(
      sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertEventObject = try db.makeStatement(
      sql: "INSERT OR IGNORE INTO event_object_keys (object, sequence) VALUES (?, ?)")
    insertPath = try db.makeStatement(
      sql: "INSERT INTO object_paths (kind, namespace, within, name) VALUES (?, ?, ?, ?)")
    findPath = try db.makeStatement(
      sql: """
        SELECT object FROM object_paths
        WHERE name = ? AND kind = ? AND namespace = ? AND within = ?
        """)
    lastChange = try db.makeStatement(
      sql: """
        SELECT change_id, change FROM object_changes
        WHERE object = ? AND line = ? AND position <= ? ORDER BY position DESC LIMIT 1
        """)
    endChange = try db.makeStatement(
      sql: "UPDATE object_changes SET until = ? WHERE change_id = ?")
    insertChange = try db.makeStatement(
      sql: """
        INSERT INTO object_changes (object, line, position, until, change)
        VALUES (?, ?, ?, \(Int64.max), ?)
        """)
    insertText = try db.makeStatement(
      sql: """
        INSERT INTO object_texts (change_id, table_name, definition, structure)
        VALUES (?, ?, ?, ?)
        """)
    findRevision = try db.makeStatement(
      sql: "SELECT line, position FROM revisions WHERE id = ?")
    isTip = try db.makeStatement(sql: "SELECT max(position) = ? FROM revisions WHERE line = ?")
    findLine = try db.makeStatement(
      sql: """
        SELECT parent_line, parent_position FROM lines
        WHERE line = ? AND parent_line IS NOT NULL
        """)
  }
}

extension Statement {
  /// Runs it with one value per parameter.
  func run(_ values: [(any DatabaseValueConvertible)?]) throws {
    setUncheckedArguments(StatementArguments(values))
    try execute()
  }

  /// The first row of its result.
  func row(_ values: [(any DatabaseValueConvertible)?]) throws -> Row? {
    setUncheckedArguments(StatementArguments(values))
    return try Row.fetchOne(self)
  }
}

// The file is not to be trusted: GRDB's own subscripts end the process where a value is not of the
// type that was asked for.
extension Row {
  func isNull(_ index: Int) -> Bool { databaseValue(index).isNull }

  func integer(_ index: Int) throws -> Int64 {
    if case .int64(let integer) = databaseValue(index).storage { return integer }
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a value that is no integer")
  }

  func text(_ index: Int) throws -> String {
    if case .string(let text) = databaseValue(index).storage { return text }
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a value that is no text")
  }

  private func databaseValue(_ index: Int) -> DatabaseValue {
    index < count ? self[index] : .null
  }
}
