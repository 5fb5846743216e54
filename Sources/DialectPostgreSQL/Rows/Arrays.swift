internal import SchemaModel

extension PostgreSQL {
  /// Reads `{a,"b \"c\"",NULL}`, the text form of a one-dimensional array; nil for what is none.
  static func array(_ text: String) -> [String?]? {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), bytes.count >= 2
    else { return nil }
    if bytes.count == 2 { return [] }
    var elements: [String?] = []
    var offset = 1
    let end = bytes.count - 1
    while offset <= end {
      var element: [UInt8] = []
      var isQuoted = false
      if bytes[offset] == UInt8(ascii: "\"") {
        isQuoted = true
        offset += 1
        while offset < end, bytes[offset] != UInt8(ascii: "\"") {
          if bytes[offset] == UInt8(ascii: "\\") { offset += 1 }
          guard offset < end else { return nil }
          element.append(bytes[offset])
          offset += 1
        }
        offset += 1
      } else {
        while offset < end, bytes[offset] != UInt8(ascii: ",") {
          if bytes[offset] == UInt8(ascii: "\\") { offset += 1 }
          guard offset < end else { return nil }
          element.append(bytes[offset])
          offset += 1
        }
      }
      let value = String(decoding: element, as: UTF8.self)
      elements.append(isQuoted || value != "NULL" ? value : nil)
      guard offset < end else { return offset == end ? elements : nil }
      guard bytes[offset] == UInt8(ascii: ",") else { return nil }
      offset += 1
    }
    return nil
  }
}
