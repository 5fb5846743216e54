import SchemaModel

/// A JSON document with its fields in the order they are given: the same value, the same bytes.
public indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case text(String)
  case list([JSONValue])
  case object([(String, JSONValue)])

  /// A text; null for nil.
  public static func text(_ value: String?) -> JSONValue { value.map { .text($0) } ?? .null }
  /// A whole number; what 64 bits do not hold is the nearest that they do.
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    .integer(Int64(clamping: value))
  }
  /// A list of texts.
  public static func texts(_ values: [String]) -> JSONValue { .list(values.map { .text($0) }) }

  /// On one line, without an end.
  public var line: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: nil)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Indented by two blanks a level, without a last line break.
  public var document: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes += Array("null".utf8)
    case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
    case .integer(let value): bytes += Array(String(value).utf8)
    case .real(let value):
      // JSON has no words for these.
      bytes += Array((value.isFinite ? "\(value)" : "null").utf8)
    case .text(let value): Self.quote(value, to: &bytes)
    case .list(let values):
      Self.wrap(values, "[", "]", to: &bytes, indent) { value, bytes, inner in
        value.write(to: &bytes, indent: inner)
      }
    case .object(let fields):
      Self.wrap(fields, "{", "}", to: &bytes, indent) { field, bytes, inner in
        Self.quote(field.0, to: &bytes)
        bytes += Array((inner == nil ? ":" : ": ").utf8)
        field.1.write(to: &bytes, indent: inner)
      }
    }
  }

  private static func wrap<Item>(
    _ items: [Item], _ open: String, _ close: String, to bytes: inout [UInt8], _ indent: Int?,
    _ write: (Item, inout [UInt8], Int?) -> Void
  ) {
    bytes += Array(open.utf8)
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(indent.map { $0 + 2 }, to: &bytes)
      write(item, &bytes, indent.map { $0 + 2 })
    }
    if !items.isEmpty { newLine(indent, to: &bytes) }
    bytes += Array(close.utf8)
  }

  private static func newLine(_ indent: Int?, to bytes: inout [UInt8]) {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: indent)
  }

  private static func quote(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // The value stays the same, and a terminal that shows the document obeys nothing in it.
    guard text.utf8.contains(where: { $0 >= 0x7f }) else { return quote(text.utf8, to: &bytes) }
    for scalar in text.unicodeScalars {
      if scalar.value >= 0x7f, VisibleText.isHidden(scalar) {
        for unit in String(scalar).utf16 { escape(unit, to: &bytes) }
      } else {
        quote(String(scalar).utf8, to: &bytes)
      }
    }
  }

  private static func escape(_ unit: UInt16, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes += Array("\\u".utf8)
    for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> UInt16(shift)) & 15]) }
  }

  private static func quote(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
      case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
      case 0..<32: escape(UInt16(byte), to: &bytes)
      default: bytes.append(byte)
      }
    }
  }
}
