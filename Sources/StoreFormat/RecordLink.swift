public import SchemaModel

/// What links a whole record to others, for whoever has records without their order.
public struct RecordLink: Hashable, Sendable {
  /// The place that the record says it has.
  public var sequence: EventSequence
  /// When it was written.
  public var time: Timestamp
  /// The hash of the record before.
  public var previous: ContentHash
  /// Of the record itself.
  public var hash: ContentHash

  public init(
    sequence: EventSequence, time: Timestamp, previous: ContentHash, hash: ContentHash
  ) {
    self.sequence = sequence
    self.time = time
    self.previous = previous
    self.hash = hash
  }

  /// Nil for bytes that are no record, or whose hash is not theirs.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    let hashes = 2 * ContentHash.byteCount
    guard bytes.count >= Self.byteCountMin, let version = bytes.first,
      version == EventRecord.version
        || version == EventRecord.signedVersion,
      let previous = ContentHash(bytes: bytes.suffix(hashes).prefix(ContentHash.byteCount)),
      let hash = ContentHash(bytes: bytes.suffix(ContentHash.byteCount)),
      ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes.dropLast(ContentHash.byteCount)))
        == hash
    else { return nil }
    func word(_ offset: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    self.init(
      sequence: EventSequence(word(1)),
      time: Timestamp(milliseconds: Int64(bitPattern: word(9))), previous: previous, hash: hash)
  }

  /// The bytes of the record that begins here, as it says itself; nil where it says nothing that can be.
  public static func byteCount(ofRecordAt start: UnsafeRawBufferPointer) -> Int? {
    var reader = FieldReader(start, of: "an event record")
    do throws(FormatError) {
      let version = try reader.byte()
      guard version == EventRecord.version || version == EventRecord.signedVersion else {
        return nil
      }
      _ = try reader.bytes(17)
      _ = try reader.bytes(reader.varint())
      _ = try reader.bytes(reader.varint())
      _ = try reader.bytes(UInt64(2 * ContentHash.byteCount))
    } catch {
      return nil
    }
    return start.count - reader.remaining.count
  }

  /// Version, sequence, time, code, an empty actor, an empty payload, two hashes.
  private static let byteCountMin = 20 + 2 * ContentHash.byteCount
}
