import SchemaModel
import Storage

extension History {
  /// Gives space back to the file system. This value is of no use afterwards: open the history
  /// again.
  /// - Returns: the log file's bytes before and after.
  public func compact() throws -> (before: UInt64, after: UInt64) {
    try expectNewest()
    return try Self.translating { try store.compact() }
  }
}
