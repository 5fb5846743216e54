internal import SchemaModel
internal import SQLiteAccess
internal import Synchronization

/// A connection that several threads may ask for: one at a time has it.
final class ProjectionConnection: @unchecked Sendable {
  private let database: SQLiteDatabase
  private let turn = Mutex(())

  init(_ database: SQLiteDatabase) { self.database = database }

  /// Runs `body` with the connection, in no transaction.
  func use<Value>(_ body: (SQLiteDatabase) throws -> Value) throws -> Value {
    var result: Result<Value, any Error>?
    turn.withLock { _ in result = Result { try body(database) } }
    guard let result else { throw SQLiteError.corrupt("no result") }
    return try result.get()
  }

  /// Runs `body` with the connection on one state, unable to change anything.
  func read<Value>(_ body: (SQLiteDatabase) throws -> Value) throws -> Value {
    try use { database in try database.reading { try body(database) } }
  }
}
