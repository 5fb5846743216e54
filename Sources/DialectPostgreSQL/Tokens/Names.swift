internal import SchemaModel

/// How PostgreSQL says it: its catalog rows in, values of the model out, and back.
public enum PostgreSQL {
  /// The name as `quote_ident` writes it: bare where every supported server reads it back so.
  public static func quote(_ identifier: String) -> String {
    if isPlain(identifier), !keywords.contains(identifier) { return identifier }
    return "\"" + doubled(identifier, UInt8(ascii: "\"")) + "\""
  }

  /// `app.users`, each part quoted where it must be.
  public static func quote(_ name: String, in namespace: String) -> String {
    namespace.isEmpty ? quote(name) : quote(namespace) + "." + quote(name)
  }

  /// A qualified name that a server has written, as `quote(_:in:)` writes it: a server quotes the
  /// words of its own version alone.
  static func requoted(_ qualified: String) -> String {
    let reader = SQLBytes(qualified)
    var parts: [String] = []
    var start = 0
    var index = 0
    func close(at end: Int) {
      let part = String(decoding: reader.bytes[start..<end], as: UTF8.self)
      let isQuoted = part.utf8.count > 1 && part.hasPrefix("\"") && part.hasSuffix("\"")
      parts.append(
        quote(
          isQuoted
            ? String(part.dropFirst().dropLast()).replacing("\"\"", with: "\"") : part))
    }
    while index < reader.bytes.count {
      if reader.bytes[index] == UInt8(ascii: ".") {
        close(at: index)
        start = index + 1
      }
      index = reader.bytes[index] == UInt8(ascii: "\"") ? reader.unitEnd(from: index) : index + 1
    }
    close(at: reader.bytes.count)
    return parts.joined(separator: ".")
  }

  /// `'it''s'`, or `E'a\\b'` where there is a backslash: the same under either setting of
  /// `standard_conforming_strings`.
  public static func literal(_ text: String) -> String {
    let quoted = "'" + doubled(text, UInt8(ascii: "'")) + "'"
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return quoted }
    return "E" + doubled(quoted, UInt8(ascii: "\\"))
  }

  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLowercase(first) else { return false }
    return name.utf8.allSatisfy {
      isLowercase($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }

  private static func isLowercase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  static func doubled(_ text: String, _ mark: UInt8) -> String {
    guard text.utf8.contains(mark) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      bytes.append(byte)
      if byte == mark { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
