internal import CSQLite

/// What statements may have written, as SQLite says before it runs them: also what their triggers and
/// the actions of foreign keys do, and what a DROP TABLE deletes first.
///
/// Two things SQLite writes without a word: `sqlite_sequence`, and the tables behind virtual ones.
public struct Writes: Hashable, Sendable {
  /// What may have become of `sqlite_schema`.
  public enum Schema: Int, Comparable, Sendable {
    case same
    /// Rows came, behind all others; those that were there are the same.
    case longer
    case other

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What may have become of the schema of any database of the connection.
  public private(set) var schema = Schema.same
  /// Tables and views, as they are spelled in the schema, of any database of the connection.
  public private(set) var tables: Set<String> = []

  /// Whether the database may have been written anew as a whole: VACUUM gives rows other rowids.
  public private(set) var isRewritten = false

  /// Nothing.
  public init() {}

  mutating func note(
    _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
  ) {
    switch action {
    case SQLITE_READ, SQLITE_SELECT, SQLITE_FUNCTION, SQLITE_RECURSIVE, SQLITE_TRANSACTION,
      SQLITE_SAVEPOINT, SQLITE_PRAGMA:
      break
    case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE: note(table: first)
    case SQLITE_CREATE_INDEX, SQLITE_CREATE_TABLE, SQLITE_CREATE_TRIGGER, SQLITE_CREATE_VIEW,
      SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_TRIGGER,
      SQLITE_CREATE_TEMP_VIEW, SQLITE_CREATE_VTABLE, SQLITE_ANALYZE, SQLITE_REINDEX:
      schema = max(schema, .longer)
    default:
      schema = .other
      if action == SQLITE_ATTACH { isRewritten = true }
      // DROP TABLE and ALTER TABLE name theirs, one first and one second; other names do no harm.
      note(table: first)
      note(table: second)
    }
  }

  private mutating func note(table name: UnsafePointer<CChar>?) {
    if let name { tables.insert(String(cString: name)) }
  }
}
