internal import SchemaModel

/// Statements are quoted in messages, and some of them set passwords.
enum PasswordMask {
  /// The literals behind PASSWORD, and the ones of `password=` in connection texts, as `***`.
  static func masked(_ sql: String) -> String {
    let bytes = Array(sql.utf8)
    var result: [UInt8] = []
    var index = 0
    var isMasked = false
    while index < bytes.count {
      guard let end = keyword(bytes, index) else {
        result.append(bytes[index])
        index += 1
        continue
      }
      result += bytes[index..<end]
      index = end
      while index < bytes.count, isBlank(bytes[index]) || bytes[index] == UInt8(ascii: "=") {
        result.append(bytes[index])
        index += 1
      }
      if let end = value(bytes, index, isAssigned: result.last == UInt8(ascii: "=")) {
        result += Array("'***'".utf8)
        index = end
        isMasked = true
      }
    }
    return isMasked ? String(decoding: result, as: UTF8.self) : sql
  }

  private static let word = Array("password".utf8)

  private static func keyword(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard start + word.count <= bytes.count else { return nil }
    for (offset, letter) in word.enumerated() where bytes[start + offset] | 0x20 != letter {
      return nil
    }
    return start + word.count
  }

  /// The end of the literal that begins here: '...', E'...', $tag$...$tag$, or up to a blank where
  /// a connection text assigns it.
  private static func value(_ bytes: [UInt8], _ start: Int, isAssigned: Bool) -> Int? {
    guard start < bytes.count else { return nil }
    var index = start
    if bytes[index] | 0x20 == UInt8(ascii: "e"), index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "'")
    {
      index += 1
    }
    let quote = bytes[index]
    if quote == UInt8(ascii: "'") {
      index += 1
      // A doubled quote begins the next piece at once; a backslash hides a quote at most.
      while index < bytes.count {
        if bytes[index] == UInt8(ascii: "\\") {
          index += 2
        } else if bytes[index] == quote {
          guard index + 1 < bytes.count, bytes[index + 1] == quote else { return index + 1 }
          index += 2
        } else {
          index += 1
        }
      }
      return bytes.count
    }
    if quote == UInt8(ascii: "$") {
      guard let close = bytes[(index + 1)...].firstIndex(of: quote) else { return bytes.count }
      let tag = Array(bytes[index...close])
      index = close + 1
      while index + tag.count <= bytes.count {
        if Array(bytes[index..<index + tag.count]) == tag { return index + tag.count }
        index += 1
      }
      return bytes.count
    }
    guard isAssigned else { return nil }
    while index < bytes.count, !isBlank(bytes[index]), bytes[index] != UInt8(ascii: "'"),
      bytes[index] != UInt8(ascii: "&")
    {
      index += 1
    }
    return index > start ? index : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}
