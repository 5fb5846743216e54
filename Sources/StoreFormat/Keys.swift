public import SchemaModel

/// The keys of the log's databases; FORMAT.md describes them.
public enum Keys {
  /// The database of the state.
  public static let meta = "meta"
  /// The database of the event records, by sequence.
  public static let events = "events"
  /// The database of the index entries, by revision.
  public static let revisions = "revisions"
  /// The database of what is kept by its hash.
  public static let nodes = "nodes"
  /// The database of which revision touched which path.
  public static let touches = "touches"
  /// The database of the tags, by name.
  public static let tags = "tags"
  /// All of them: a store has these six.
  public static let all = [meta, events, revisions, nodes, touches, tags]
  /// The one key of `meta`.
  public static let state = Array("state".utf8)
  /// LMDB's limit.
  public static let byteCountMax = 511

  /// The key of a revision or a tag: its UTF-8. Nil where it is empty or does not fit.
  public static func name(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    return bytes.isEmpty || bytes.count > byteCountMax ? nil : bytes
  }

  /// `touches`: 16 bytes of the SHA-256 of the path, then the sequence of the revision's event.
  public static func touch(_ path: ObjectPath, _ revision: EventSequence) -> [UInt8] {
    touchPrefix(path) + UInt64Bytes.bigEndian(revision.value)
  }

  /// What the keys of a path's touches begin with: 16 bytes of its hash.
  public static func touchPrefix(_ path: ObjectPath) -> [UInt8] {
    let words = ContentHash(of: path.encoded).words
    return UInt64Bytes.bigEndian(words.0) + UInt64Bytes.bigEndian(words.1)
  }

  /// The sequence in a key of `touches`; nil for bytes that are none.
  public static func touchSequence(_ key: UnsafeRawBufferPointer) -> EventSequence? {
    guard key.count == 24 else { return nil }
    let value = key.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    return EventSequence(UInt64(bigEndian: value))
  }
}

enum UInt64Bytes {
  static func bigEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
