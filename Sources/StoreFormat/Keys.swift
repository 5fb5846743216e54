public import SchemaModel

/// The keys of the log's databases; FORMAT.md describes them.
public enum Keys {
  public static let meta = "meta"
  public static let events = "events"
  public static let revisions = "revisions"
  public static let nodes = "nodes"
  public static let touches = "touches"
  public static let tags = "tags"
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
