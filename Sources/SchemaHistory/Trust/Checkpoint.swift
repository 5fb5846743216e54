public import SchemaModel
import StoreFormat

extension History {
  /// A checkpoint of all events that there are, to be kept elsewhere: the text of C2SP's
  /// tlog-checkpoint, with a signature below it where a key is given.
  /// - Parameter origin: whose history it is; nil for a name made of its first event's hash.
  /// - Parameter key: the PEM text of an Ed25519 private key.
  /// - Throws: `HistoryError.unusableName` for an origin that no checkpoint can have, `.unreadable`
  ///   for a key; `.store` where an event is damaged or its segment is missing.
  public func checkpoint(origin: String? = nil, signedWith key: String? = nil) throws -> String {
    if let origin,
      origin.isEmpty || origin.contains(where: { $0.isWhitespace || $0 == "+" })
        || origin.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    {
      throw HistoryError.unusableName(
        origin, what: "the origin of a checkpoint",
        why: "it is one word without + such as example.com/shop/schema")
    }
    let key = try key.map { try Self.signingKey($0) }
    let checkpoint = try linkedRecords().checkpoint(origin: origin)
    var note = SignedNote(text: checkpoint.text)
    if let key { try note.sign(by: key, named: checkpoint.origin) }
    return note.note
  }

  static func signingKey(_ pem: String) throws(HistoryError) -> SigningKey {
    do { return try SigningKey(pem: pem) } catch { throw .unreadable(error.description) }
  }
}
