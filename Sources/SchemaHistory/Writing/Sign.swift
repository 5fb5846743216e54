public import SchemaModel
import Storage
import StoreFormat

extension History {
  /// From now on whatever this value writes is signed, a transaction at a time.
  /// - Parameter key: the PEM text of an Ed25519 private key.
  /// - Throws: `HistoryError.unreadable` for what is no such key.
  public func sign(with key: String, by actor: String) throws(HistoryError) {
    signer = (try Self.signingKey(key), actor)
  }

  /// Signs the events of a transaction in an event of its own, right behind them.
  func sign(from first: EventSequence, in log: LogWriter) throws {
    guard let signer, log.state.lastSequence >= first else { return }
    let signature = try EventSignature(
      from: first, through: log.state.lastSequence, hash: log.state.lastHash, by: signer.key)
    try log.append(.signed(signature), at: Timestamp.now, by: signer.actor)
  }
}
