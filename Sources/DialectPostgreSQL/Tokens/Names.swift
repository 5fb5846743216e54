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
