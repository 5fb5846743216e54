internal import DialectSQLite
public import SchemaModel

/// SQLite itself, in this process, as the judge of every change.
public struct SQLiteEngine: Engine {
  /// Seconds that a script may take; nil for no limit.
  public var timeout: Double?
  /// What its databases leave out of what is captured.
  public var runnerTables: RunnerTables

  public init(timeout: Double? = nil, runnerTables: RunnerTables = RunnerTables()) {
    self.timeout = timeout
    self.runnerTables = runnerTables
  }

  public var dialect: Dialect { .sqlite }

  /// - Throws: `SQLiteEngineError`.
  public func makeScratch() throws -> SQLiteScratch {
    let scratch = try SQLiteScratch()
    scratch.timeout = timeout
    scratch.runnerTables = runnerTables
    return scratch
  }
}
