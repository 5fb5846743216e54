public import SchemaModel

/// Reads tagged fields; the caller skips those that it does not know.
///
/// The bytes must outlive the reader.
public struct FieldReader {
  private var rest: UnsafeRawBufferPointer
  let what: String

  public init(_ bytes: UnsafeRawBufferPointer, of what: String) {
    rest = bytes
    self.what = what
  }

  public var isAtEnd: Bool { rest.isEmpty }
  public var remaining: UnsafeRawBufferPointer { rest }

  public mutating func byte() throws(FormatError) -> UInt8 {
    guard let first = rest.first else { throw .truncated(what) }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
    return first
  }

  public mutating func varint() throws(FormatError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var used = 0
    for byte in rest {
      used += 1
      guard shift < 64, shift < 63 || byte & 0x7E == 0 else {
        throw .malformed(what, expected: "a number of at most 64 bits")
      }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        return value
      }
      shift += 7
    }
    throw .truncated(what)
  }

  public mutating func bytes(_ count: UInt64) throws(FormatError) -> UnsafeRawBufferPointer {
    guard count <= UInt64(rest.count) else { throw .truncated(what) }
    let part = UnsafeRawBufferPointer(rebasing: rest[..<Int(count)])
    rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
    return part
  }

  public mutating func bigEndian() throws(FormatError) -> UInt64 {
    UInt64(bigEndian: try bytes(8).loadUnaligned(as: UInt64.self))
  }

  public mutating func hash() throws(FormatError) -> ContentHash {
    ContentHash(try bigEndian(), try bigEndian(), try bigEndian(), try bigEndian())
  }

  public mutating func countedText() throws(FormatError) -> String {
    String(decoding: try bytes(varint()), as: UTF8.self)
  }

  /// The next field, nil at the end.
  public mutating func next() throws(FormatError) -> Field? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    if key & 1 == 0 {
      return Field(number: key >> 1, value: try varint(), bytes: nil, what: what)
    }
    return Field(number: key >> 1, value: 0, bytes: try bytes(varint()), what: what)
  }

  /// One field: a number, or counted bytes.
  public struct Field {
    public let number: UInt64
    let value: UInt64
    let bytes: UnsafeRawBufferPointer?
    let what: String

    public func integer() throws(FormatError) -> UInt64 {
      guard bytes == nil else { throw .malformed(what, expected: "a number in field \(number)") }
      return value
    }

    public func count() throws(FormatError) -> Int {
      guard let value = Int(exactly: try integer()) else {
        throw .malformed(what, expected: "a count in field \(number)")
      }
      return value
    }

    public func signed() throws(FormatError) -> Int64 {
      let value = try integer()
      return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    public func flag() throws(FormatError) -> Bool {
      guard try integer() <= 1 else { throw .malformed(what, expected: "a flag in field \(number)") }
      return value == 1
    }

    public func content() throws(FormatError) -> UnsafeRawBufferPointer {
      guard let bytes else { throw .malformed(what, expected: "bytes in field \(number)") }
      return bytes
    }

    public func text() throws(FormatError) -> String {
      String(decoding: try content(), as: UTF8.self)
    }

    public func hash() throws(FormatError) -> ContentHash {
      var reader = FieldReader(try content(), of: what)
      let hash = try reader.hash()
      guard reader.isAtEnd else { throw .malformed(what, expected: "32 bytes of a hash") }
      return hash
    }

    public func message(_ what: String) throws(FormatError) -> FieldReader {
      FieldReader(try content(), of: what)
    }

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
