/// The dialect whose words a history speaks, by its name in the store: `sqlite`.
///
/// The names stand in the dialects' own rooms; this one knows none of them.
public struct Dialect: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The longest name, in bytes.
  public static let byteCountMax = 63

  /// The name as the store has it.
  public let rawValue: String

  /// A name from disk or from a user.
  /// - Returns: nil for what cannot be one: it is 1 to 63 bytes long, of small ASCII letters, digits
  ///   and `_`, a letter first.
  public init?(rawValue: String) {
    let bytes = rawValue.utf8
    guard let first = bytes.first, bytes.count <= Self.byteCountMax, Self.isLetter(first),
      bytes.allSatisfy({ Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
    else { return nil }
    self.rawValue = rawValue
  }

  /// A name that a dialect's own code gives it, by the same rules. Nothing is checked here; under a
  /// name that breaks them no history can be created (`isUsable`).
  public init(_ name: StaticString) { rawValue = name.description }

  /// Whether a store of this dialect can be opened again: the name keeps the rules.
  public var isUsable: Bool { Dialect(rawValue: rawValue) != nil }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

  public var description: String { rawValue }
}
