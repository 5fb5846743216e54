/// The place of one event in the log: 1 for the first, without gaps.
public struct EventSequence: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number as the log's keys have it.
  public let value: UInt64

  /// Takes any number: whether there is such an event is the log's to say.
  public init(_ value: UInt64) { self.value = value }

  /// Wraps around: a number from disk must not stop the process.
  public var next: EventSequence { EventSequence(value &+ 1) }
  public var description: String { "#\(value)" }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The SHA-256 of some bytes: 32 bytes, compared and printed as such.
public struct ContentHash: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The bytes of a SHA-256.
  public static let byteCount = 32

  /// The bytes as four big-endian numbers.
  public let words: (UInt64, UInt64, UInt64, UInt64)

  /// Takes the four big-endian numbers of its bytes.
  public init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) { words = (a, b, c, d) }

  /// Reads 32 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var values: [UInt64] = [0, 0, 0, 0]
    for (offset, byte) in bytes.enumerated() {
      values[offset / 8] = values[offset / 8] << 8 | UInt64(byte)
    }
    self.init(values[0], values[1], values[2], values[3])
  }

  /// Reads 64 hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == Self.byteCount * 2 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Hexadecimal.value(digits[index]),
        let low = Hexadecimal.value(digits[index + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }

  /// The 32 bytes, first to last.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(Self.byteCount)
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return result
  }

  public var description: String { Hexadecimal.text(bytes) }
  /// The first 12 digits, for people.
  public var short: String { String(description.prefix(12)) }

  public static func == (left: Self, right: Self) -> Bool { left.words == right.words }
  public static func < (left: Self, right: Self) -> Bool { left.words < right.words }
  public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// The root of a schema's snapshot tree: equal schemas have equal fingerprints.
///
/// It has 160 bits, like every node of that tree.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  /// The root of the schema's snapshot.
  public let hash: ContentHash

  /// Takes the root of a snapshot for what it is.
  public init(_ hash: ContentHash) { self.hash = hash }

  public var description: String { String(hash.description.prefix(40)) }
  /// The first 12 digits, for people.
  public var short: String { hash.short }
}

/// The id of a revision, as its migration tool spells it.
public struct RevisionID: Hashable, Comparable, Sendable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// As the migration tool writes it.
  public let text: String

  /// Takes any text; whether it can be recorded, `RevisionDraft.checkNames` of SchemaHistory says.
  public init(_ text: String) { self.text = text }
  /// The same, of a literal.
  public init(stringLiteral text: String) { self.text = text }

  public var description: String { text }

  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Bytes as lower-case hexadecimal digits.
public enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two digits a byte.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    for byte in bytes {
      result.append(digits[Int(byte >> 4)])
      result.append(digits[Int(byte & 15)])
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
