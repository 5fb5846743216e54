import SchemaModel
import Glibc
import LMDB

/// Which state a store's log is in: two that are equal are one state.
public struct StoreMark: Equatable, Sendable {
  private var fileNumber: UInt64
  private var transaction: Int

  /// Nil where the log cannot be opened.
  public init?(of directory: String) {
    let log = Store.logPath(directory)
    var status = stat()
    guard (try? StorePlaces.check(directory)) != nil, lstat(log + "/data.mdb", &status) == 0,
      let environment = try? Environment.open(
        path: log, options: Environment.Options(isReadOnly: true)),
      let information = try? environment.information()
    else { return nil }
    fileNumber = UInt64(status.st_ino)
    transaction = information.lastTransaction
  }
}

extension Store {
  /// Whether the log that is open is the one at the store's path: compacting exchanges it.
  public func isCurrent() throws -> Bool { try environment.isAtItsPath() }

  /// Runs `body` while nobody writes, without being a writer: what it finds is the store's state.
  /// - Throws: `StoreError.held` where another process does not end its own writing.
  public static func withoutWriters<T>(at directory: String, _ body: () throws -> T) throws -> T {
    guard let lock = try WriterLock(forReading: directory) else { return try body() }
    return try lock.withLock(body)
  }

  /// The same without waiting: nil where somebody writes now.
  public static func unlessWritten<T>(at directory: String, _ body: () throws -> T) throws -> T? {
    guard let lock = try WriterLock(forReading: directory) else { return try body() }
    return try lock.withLockAtOnce(body)
  }
}
