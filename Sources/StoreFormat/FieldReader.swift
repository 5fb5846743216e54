public import SchemaModel

/// Reads tagged fields; the caller skips those that it does not know.
///
/// The bytes must outlive the reader.
public struct FieldReader {
  // A cursor rather than a buffer that is cut: this is the inner loop of every read.
  private var cursor: UnsafeRawPointer?
  private var count: Int
  let what: StaticString

  /// Reads some bytes; `what` names them in errors.
  public init(_ bytes: UnsafeRawBufferPointer, of what: StaticString) {
    cursor = bytes.baseAddress
    count = bytes.count
    self.what = what
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { count == 0 }
  /// The bytes that are left.
  public var remaining: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: cursor, count: count)
  }

  private var isTruncated: FormatError {
    @inline(never) get { .truncated("\(what)") }
  }

  // Always in line: every field of every decoder goes through these four.
  /// The next byte.
  @inline(__always)
  public mutating func byte() throws(FormatError) -> UInt8 {
    guard count > 0, let cursor else { throw isTruncated }
    self.cursor = cursor + 1
    count -= 1
    return cursor.load(as: UInt8.self)
  }

  /// The next number of 7 bits a byte.
  /// - Throws: `FormatError` for one of more than 64 bits.
  @inline(__always)
  public mutating func varint() throws(FormatError) -> UInt64 {
    let first = try byte()
    return first & 0x80 == 0 ? UInt64(first) : try longVarint(first)
  }

  @inline(never)
  private mutating func longVarint(_ first: UInt8) throws(FormatError) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while true {
      let byte = try byte()
      guard shift < 63 || (shift == 63 && byte <= 1) else {
        throw .malformed("\(what)", expected: "a number of at most 64 bits")
      }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// The next so many bytes.
  @inline(__always)
  public mutating func bytes(_ length: UInt64) throws(FormatError) -> UnsafeRawBufferPointer {
    guard length <= UInt64(count) else { throw isTruncated }
    let part = UnsafeRawBufferPointer(start: cursor, count: Int(length))
    cursor = cursor.map { $0 + Int(length) }
    count -= Int(length)
    return part
  }

  /// How many fields of a number follow: what an array of them needs.
  func count(of number: UInt64) throws(FormatError) -> Int {
    var reader = self
    var found = 0
    while let field = try reader.next() { if field.number == number { found += 1 } }
    return found
  }

  /// The content of the next field where it has this number; nil, with nothing read, elsewhere.
  mutating func next(number: UInt64) throws(FormatError) -> UnsafeRawBufferPointer? {
    var next = self
    guard let field = try next.next(), field.number == number else { return nil }
    self = next
    return try field.content()
  }

  /// The bytes of the fields of one number that stand here in a row, their keys too.
  mutating func run(of number: UInt64) throws(FormatError) -> UnsafeRawBufferPointer {
    let start = remaining
    var next = self
    while let field = try next.next(), field.number == number { self = next }
    return UnsafeRawBufferPointer(rebasing: start[..<(start.count - count)])
  }

  /// The next 8 bytes, as a big-endian number.
  public mutating func bigEndian() throws(FormatError) -> UInt64 {
    UInt64(bigEndian: try bytes(8).loadUnaligned(as: UInt64.self))
  }

  /// The next 32 bytes.
  public mutating func hash() throws(FormatError) -> ContentHash {
    ContentHash(try bigEndian(), try bigEndian(), try bigEndian(), try bigEndian())
  }

  /// Which children a branch has: a bit each.
  mutating func slotBits() throws(FormatError) -> UInt16 {
    UInt16(try byte()) << 8 | UInt16(try byte())
  }

  /// The hash of a tree's node, as branches hold it.
  mutating func treeHash() throws(FormatError) -> ContentHash {
    let part = try bytes(UInt64(ContentHash.treeByteCount))
    func word(_ offset: Int) -> UInt64 {
      UInt64(bigEndian: part.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    return ContentHash(word(0), word(8), word(12) << 32, 0)
  }

  /// The next text with its count before it. Bytes that are no UTF-8 become U+FFFD.
  public mutating func countedText() throws(FormatError) -> String {
    String(decoding: try bytes(varint()), as: UTF8.self)
  }

  /// The next field, nil at the end.
  @inline(__always)
  public mutating func next() throws(FormatError) -> Field? {
    guard count > 0 else { return nil }
    let key = try varint()
    if key & 1 == 0 {
      return Field(number: key >> 1, value: try varint(), bytes: nil, what: what)
    }
    return Field(number: key >> 1, value: 0, bytes: try bytes(varint()), what: what)
  }

  /// One field: a number, or counted bytes.
  public struct Field {
    /// The field's number, without the bit for its form.
    public let number: UInt64
    let value: UInt64
    let bytes: UnsafeRawBufferPointer?
    let what: StaticString

    /// Its number.
    /// - Throws: `FormatError` for counted bytes.
    public func integer() throws(FormatError) -> UInt64 {
      guard bytes == nil else {
        throw .malformed("\(what)", expected: "a number in field \(number)")
      }
      return value
    }

    /// Its number as a count.
    /// - Throws: `FormatError` for counted bytes, and for a number above `Int.max`.
    public func count() throws(FormatError) -> Int {
      guard let value = Int(exactly: try integer()) else {
        throw .malformed("\(what)", expected: "a count in field \(number)")
      }
      return value
    }

    /// Its number, zigzag undone.
    public func signed() throws(FormatError) -> Int64 {
      let value = try integer()
      return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Its number as a flag.
    /// - Throws: `FormatError` for another than 0 and 1.
    public func flag() throws(FormatError) -> Bool {
      guard try integer() <= 1 else {
        throw .malformed("\(what)", expected: "a flag in field \(number)")
      }
      return value == 1
    }

    /// Its bytes.
    /// - Throws: `FormatError` for a number.
    public func content() throws(FormatError) -> UnsafeRawBufferPointer {
      guard let bytes else { throw .malformed("\(what)", expected: "bytes in field \(number)") }
      return bytes
    }

    /// Its bytes as a text. What is no UTF-8 becomes U+FFFD.
    public func text() throws(FormatError) -> String {
      String(decoding: try content(), as: UTF8.self)
    }

    /// Its bytes as a hash.
    /// - Throws: `FormatError` for another count than 32.
    public func hash() throws(FormatError) -> ContentHash {
      var reader = FieldReader(try content(), of: what)
      let hash = try reader.hash()
      guard reader.isAtEnd else { throw .malformed("\(what)", expected: "32 bytes of a hash") }
      return hash
    }

    /// Its bytes as fields; `what` names them in errors.
    public func message(_ what: StaticString) throws(FormatError) -> FieldReader {
      FieldReader(try content(), of: what)
    }

    /// Its bytes as one entry of a dictionary, key (1) and value (2), which is added.
    public func entry(into values: inout [String: String]) throws(FormatError) {
      var reader = try message("an attribute")
      var name = ""
      var value = ""
      while let field = try reader.next() {
        switch field.number {
        case 1: name = try field.text()
        case 2: value = try field.text()
        default: break
        }
      }
      values[name] = value
    }
  }
}
