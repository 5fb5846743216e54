// Invariants:
// - Every statement of somebody else's passes an authorizer before it runs, also those that a
//   trigger, a view or a virtual table runs within it.
// - What the authorizer cannot see (functions in a schema that was parsed earlier) the connection's
//   settings stop.
internal import CSQLite

/// Keeps the SQL of one connection inside its database.
///
/// SQLite calls the authorizer while it prepares a statement, also for the inner statements by which
/// VACUUM, virtual tables and `pragma_...()` work, so that no spelling of a statement matters.
public final class Wall {
  private let connection: OpaquePointer
  private let rules: Rules
  /// Whether a prepared statement is running: an ATTACH that is prepared then is SQLite's own.
  public var isRunning = false
  /// Why the last statement was refused; nil where it was not.
  public private(set) var refusal: Refusal?
  /// What all statements may have written since somebody emptied it.
  public var writes = Writes()

  /// A wall for migrations and baselines. It stands until `remove()`, which must come before the
  /// connection is closed; `connection` is a `sqlite3 *`.
  public static func forMigrations(_ connection: OpaquePointer) -> Wall {
    Wall(connection, Rules(kind: .migration))
  }

  /// A wall for a query of somebody's on a connection that cannot write.
  public static func forQueries(_ connection: OpaquePointer) -> Wall {
    let wall = Wall(connection, Rules(kind: .query))
    // TRUSTED_SCHEMA stays on: without it the projections' own views may not call json_extract.
    sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0)
    return wall
  }

  /// The settings alone, for a connection that runs no statements but our own.
  public static func harden(_ connection: OpaquePointer) {
    // Neither writable_schema, nor the tables behind virtual ones, nor journals that lose data.
    _ = strata_sqlite_configure(connection, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = strata_sqlite_configure(connection, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)
    _ = strata_sqlite_configure(connection, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0)
  }

  /// Makes a name in double quotes that is no column's an error, not a text: for SQL of our own and
  /// for queries.
  public static func takeNoQuotedTexts(_ connection: OpaquePointer) {
    _ = strata_sqlite_configure(connection, SQLITE_DBCONFIG_DQS_DDL, 0)
    _ = strata_sqlite_configure(connection, SQLITE_DBCONFIG_DQS_DML, 0)
  }

  private init(_ connection: OpaquePointer, _ rules: Rules) {
    self.connection = connection
    self.rules = rules
    Self.harden(connection)
    sqlite3_set_authorizer(
      connection,
      { context, action, first, second, _, _ in
        guard let context else { return SQLITE_DENY }
        let wall = Unmanaged<Wall>.fromOpaque(context).takeUnretainedValue()
        return wall.allows(action, first, second) ? SQLITE_OK : SQLITE_DENY
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Takes the authorizer away; the settings stay.
  public func remove() { sqlite3_set_authorizer(connection, nil, nil) }

  /// To be called before each statement.
  public func begin() {
    refusal = nil
    isRunning = false
  }

  private typealias CText = UnsafePointer<CChar>?

  private func allows(_ action: Int32, _ first: CText, _ second: CText) -> Bool {
    guard let found = refusal(of: action, first, second) else {
      writes.note(action, first, second)
      return true
    }
    if refusal == nil { refusal = found }
    return false
  }

  private func refusal(of action: Int32, _ first: CText, _ second: CText) -> Refusal? {
    func text(_ value: CText) -> String { value.map { String(cString: $0) } ?? "" }
    switch action {
    case SQLITE_ATTACH: return refusalOfAttach(first.map { String(cString: $0) })
    case SQLITE_PRAGMA: return rules.refusalOfPragma(text(first), second.map { text($0) })
    case SQLITE_FUNCTION:
      return Self.functions.hold(second) ? Rules.refusal(ofFunction: text(second)) : nil
    case SQLITE_CREATE_VTABLE: return rules.refusalOfModule(text(second))
    case SQLITE_READ:
      return Self.outerTables.hold(first) ? Rules.refusal(ofTable: text(first)) : nil
    case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
      return Self.writtenTables.hold(first) ? Rules.refusal(ofWriting: text(first)) : nil
    default: return nil
    }
  }

  // An ALTER TABLE asks about each function and column of the whole schema: no text is made of
  // those.
  private static let functions = CNames(Rules.functions)
  private static let outerTables = CNames(Rules.outerTables)
  private static let writtenTables = CNames(Rules.outerTables.union(Rules.pageTables))

  /// VACUUM works in an unnamed temporary database, and VACUUM INTO in the file that it names: both
  /// attach it while they run.
  private func refusalOfAttach(_ file: String?) -> Refusal? {
    if isRunning {
      if file == "" { return nil }
      return Refusal(found: "VACUUM INTO '\(file ?? "?")'", effect: "writes another file")
    }
    let name = file.map { " of '\($0)'" } ?? ""
    return Refusal(found: "ATTACH\(name)", effect: "opens another database")
  }
}
