import SchemaModel

/// Base 64 of RFC 4648, section 4, with its padding.
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Four digits for each three bytes.
  public static func text(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = (group + [0, 0]).prefix(3).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      for place in 0..<4 {
        let digit = digits[Int(value >> UInt32(18 - 6 * place) & 63)]
        result.append(place <= group.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The bytes of a text; nil for one that this would not write.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var result: [UInt8] = []
    var value: UInt32 = 0
    var count = 0
    for digit in text.utf8 where digit != UInt8(ascii: "=") {
      guard let place = digits.firstIndex(of: digit) else { return nil }
      value = value << 6 | UInt32(place)
      count += 1
      if count % 4 != 1 {
        result.append(UInt8(truncatingIfNeeded: value >> UInt32(6 - 2 * ((count + 3) % 4))))
      }
    }
    return self.text(result).utf8.elementsEqual(text.utf8) ? result : nil
  }
}
