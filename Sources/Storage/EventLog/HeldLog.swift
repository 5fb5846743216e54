import SchemaModel
import LMDB

/// One state of a log, live or archived, for as long as the value lives: for questions that do not
/// fit into one closure. A state that is held keeps old pages alive, so that the file grows.
public final class HeldLog {
  /// Valid as long as this value.
  public let reader: LogReader
  private let environment: Environment
  private let transaction: ReadTransaction

  init(_ environment: Environment, _ databases: LogDatabases) throws {
    self.environment = environment
    transaction = try environment.beginReading()
    reader = LogReader(transaction: transaction, databases: databases)
  }

  deinit { environment.endReading(transaction) }
}
