public import SchemaModel

/// What one flipped bit made of a record or a node, made good: the hash says which bit it was.
public enum BitRepair {
  /// The record of which one bit is not as it was written; nil where that is not all.
  /// - Parameter sequence: the event's place by its key, which keeps foreign bytes out.
  public static func record(_ bytes: [UInt8], of sequence: EventSequence) -> [UInt8]? {
    guard bytes.count > 84, let version = bytes.first,
      version.nonzeroBitCount <= 2,
      (withUnsafeBytes(of: sequence.value.bigEndian) { Array($0) })
        .enumerated().reduce(0, { $0 + ($1.element ^ bytes[1 + $1.offset]).nonzeroBitCount }) <= 1
    else { return nil }
    return repaired(bytes) { RecordLink($0)?.sequence == sequence }
  }

  /// The node that is kept under a hash, of which one bit is not as it was written; nil where that is
  /// not all.
  public static func node(_ bytes: [UInt8], of hash: ContentHash) -> [UInt8]? {
    repaired(bytes) { ContentHash(ofNode: $0) == hash }
  }

  private static func repaired(
    _ bytes: [UInt8], _ isRight: (UnsafeRawBufferPointer) -> Bool
  ) -> [UInt8]? {
    var bytes = bytes
    // A page that is gone reads as zeros, and more of them in a row than a first record's link has.
    var zeros = 0
    for byte in bytes {
      zeros = byte == 0 ? zeros + 1 : 0
      if zeros > 2 * ContentHash.byteCount { return nil }
    }
    for place in bytes.indices {
      for bit in 0..<8 {
        bytes[place] ^= 1 << UInt8(bit)
        if bytes.withUnsafeBytes(isRight) { return bytes }
        bytes[place] ^= 1 << UInt8(bit)
      }
    }
    return nil
  }
}
