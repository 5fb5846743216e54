internal import SchemaModel

/// How SQLite says it: its text and its catalog rows in, values of the model out, and back.
public enum SQLite {
  /// `"a ""quoted"" name"`: safe for every name that SQLite can hold.
  public static func quote(_ identifier: String) -> String {
    "\"" + doubled(identifier, UInt8(ascii: "\"")) + "\""
  }

  /// A name in the form in which SQLite compares names: only ASCII letters lose their case.
  public static func folded(_ name: String) -> String {
    guard name.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { return name }
    return String(decoding: name.utf8.map(lowercase), as: UTF8.self)
  }

  /// What SQLite made for itself: `sqlite_sequence`, `sqlite_stat1`, automatic indexes.
  public static func isInternal(_ name: String) -> Bool { folded(name).hasPrefix("sqlite_") }

  static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  static func doubled(_ text: String, _ quote: UInt8) -> String {
    guard text.utf8.contains(quote) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      bytes.append(byte)
      if byte == quote { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
