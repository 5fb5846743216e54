public import SchemaModel

/// SQLite itself, in this process, as the judge of every change.
public struct SQLiteEngine: Engine {
  /// Seconds that a script may take; nil for no limit.
  public var timeout: Double?

  public init(timeout: Double? = nil) { self.timeout = timeout }

  public var dialect: Dialect { .sqlite }

  /// - Throws: `SQLiteEngineError`.
  public func makeScratch() throws -> SQLiteScratch {
    let scratch = try SQLiteScratch()
    scratch.timeout = timeout
    return scratch
  }
}
