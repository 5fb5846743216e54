internal import SchemaModel
internal import SQLiteAccess

/// The statements that write facts, prepared once per connection.
struct ProjectionStatements {
  let insertRevision: SQLiteStatement
  let insertParent: SQLiteStatement
  let clearHead: SQLiteStatement
  let insertLine: SQLiteStatement
  let insertEvent: SQLiteStatement
  let insertEventObject: SQLiteStatement
  let insertPath: SQLiteStatement
  let findPath: SQLiteStatement
  let lastChange: SQLiteStatement
  let endChange: SQLiteStatement
  let insertChange: SQLiteStatement
  let insertText: SQLiteStatement
  let findRevision: SQLiteStatement
  let isTip: SQLiteStatement
  let findLine: SQLiteStatement

  init(_ db: SQLiteDatabase) throws {
    insertRevision = try db.prepare(
      """
      INSERT INTO revisions (ordinal, id, parents, first_parent, depends_on, labels, author,
        message, authored, recorded, recorded_by, warnings, source, fingerprint,
        operation_count, is_head, is_archived, sequence, line, position)
      VALUES ((SELECT coalesce(max(ordinal), 0) + 1 FROM revisions),
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insertParent = try db.prepare(
      "INSERT INTO revision_parents (revision, position, parent) VALUES (?, ?, ?)")
    clearHead = try db.prepare("UPDATE revisions SET is_head = 0 WHERE id = ?")
    insertLine = try db.prepare(
      "INSERT INTO lines (parent_line, parent_position) VALUES (?, ?)")
    insertEvent = try db.prepare(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertEventObject = try db.prepare(
      "INSERT OR IGNORE INTO event_object_keys (object, sequence) VALUES (?, ?)")
    insertPath = try db.prepare(
      "INSERT INTO object_paths (kind, namespace, within, name) VALUES (?, ?, ?, ?)")
    findPath = try db.prepare(
      """
      SELECT object FROM object_paths
      WHERE name = ? AND kind = ? AND namespace = ? AND within = ?
      """)
    lastChange = try db.prepare(
      """
      SELECT change_id, change FROM object_changes
      WHERE object = ? AND line = ? AND position <= ? ORDER BY position DESC LIMIT 1
      """)
    endChange = try db.prepare(
      "UPDATE object_changes SET until = ? WHERE change_id = ?")
    insertChange = try db.prepare(
      """
      INSERT INTO object_changes (object, line, position, until, change)
      VALUES (?, ?, ?, \(Int64.max), ?)
      """)
    insertText = try db.prepare(
      """
      INSERT INTO object_texts (change_id, table_name, definition, structure)
      VALUES (?, ?, ?, ?)
      """)
    findRevision = try db.prepare(
      "SELECT line, position FROM revisions WHERE id = ?")
    isTip = try db.prepare("SELECT max(position) = ? FROM revisions WHERE line = ?")
    findLine = try db.prepare(
      """
      SELECT parent_line, parent_position FROM lines
      WHERE line = ? AND parent_line IS NOT NULL
      """)
  }
}
