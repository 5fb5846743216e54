public import SchemaModel

/// Writes tagged fields: each is a key (number * 2, plus 1 for counted bytes) and a varint or
/// counted bytes. Absent and default values are left out, so equal values have equal bytes.
public struct FieldWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Begins with nothing, and with room for so many bytes.
  public init(reserving count: Int = 256) { bytes.reserveCapacity(count) }

  /// Writes one byte as it is.
  public mutating func append(_ byte: UInt8) { bytes.append(byte) }
  /// Writes bytes as they are.
  public mutating func append(contentsOf other: some Collection<UInt8>) {
    bytes.append(contentsOf: other)
  }

  /// Writes a number by 7 bits a byte, lowest first.
  public mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Writes a number as 8 bytes, highest first.
  public mutating func bigEndian(_ value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Writes the 32 bytes of a hash.
  public mutating func bigEndian(_ hash: ContentHash) {
    bigEndian(hash.words.0)
    bigEndian(hash.words.1)
    bigEndian(hash.words.2)
    bigEndian(hash.words.3)
  }

  /// The hash of a tree's node, as branches hold it.
  mutating func tree(_ hash: ContentHash) {
    bigEndian(hash.words.0)
    bigEndian(hash.words.1)
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: hash.words.2 >> 32).bigEndian) {
      bytes.append(contentsOf: $0)
    }
  }

  /// Counted UTF-8, without a key.
  public mutating func counted(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      varint(UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  mutating func key(_ number: UInt64, counted: Bool) { varint(number << 1 | (counted ? 1 : 0)) }

  /// Writes a field of a number; nothing for 0.
  public mutating func number(_ field: UInt64, _ value: UInt64) {
    guard value != 0 else { return }
    key(field, counted: false)
    varint(value)
  }

  /// A signed number, zigzag.
  public mutating func signed(_ field: UInt64, _ value: Int64?) {
    guard let value else { return }
    key(field, counted: false)
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Writes a field of a flag; nothing for false.
  public mutating func flag(_ field: UInt64, _ value: Bool) { number(field, value ? 1 : 0) }

  /// Writes a field of a text; nothing for the empty one.
  public mutating func text(_ field: UInt64, _ value: String) {
    guard !value.isEmpty else { return }
    key(field, counted: true)
    counted(value)
  }

  /// Writes a field of bytes; nothing for none.
  public mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    key(field, counted: true)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Written also where it is empty: absent means nil.
  public mutating func text(_ field: UInt64, optional value: String?) {
    guard let value else { return }
    key(field, counted: true)
    counted(value)
  }

  /// Writes a field for each text, empty ones too.
  public mutating func texts(_ field: UInt64, _ values: [String]) {
    for value in values {
      key(field, counted: true)
      counted(value)
    }
  }

  /// Writes a field of the 32 bytes of a hash; nothing for nil.
  public mutating func hash(_ field: UInt64, _ value: ContentHash?) {
    guard let value else { return }
    key(field, counted: true)
    varint(UInt64(ContentHash.byteCount))
    bigEndian(value)
  }

  /// Each entry is a message of key (1) and value (2), in the order of the keys.
  public mutating func dictionary(_ field: UInt64, _ values: [String: String]) {
    guard !values.isEmpty else { return }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      message(field) {
        $0.text(1, name)
        $0.text(2, value)
      }
    }
  }

  /// Writes a field of the fields that `body` writes, also where it writes none.
  public mutating func message(_ field: UInt64, _ body: (inout FieldWriter) -> Void) {
    key(field, counted: true)
    counted(body)
  }

  /// The bytes that `body` writes, after their count.
  mutating func counted(_ body: (inout FieldWriter) -> Void) {
    let start = bytes.count
    bytes.append(0)
    body(&self)
    var count = UInt64(bytes.count - start - 1)
    // The count is known only now: what was written makes room where it needs more than one byte.
    let extra = (63 - count.leadingZeroBitCount) / 7
    if count >= 0x80 {
      for _ in 0..<extra { bytes.append(0) }
      bytes.withUnsafeMutableBytes { all in
        let body = UnsafeMutableRawBufferPointer(rebasing: all[(start + 1 + extra)...])
        body.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[(start + 1)...].dropLast(extra)))
      }
    }
    var place = start
    while count >= 0x80 {
      bytes[place] = UInt8(truncatingIfNeeded: count) | 0x80
      count >>= 7
      place += 1
    }
    bytes[place] = UInt8(truncatingIfNeeded: count)
  }
}
