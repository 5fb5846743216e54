internal import SchemaModel

/// The bytes of an SQL text as PostgreSQL prints it, with steps over literals and quoted names.
struct SQLBytes {
  let bytes: [UInt8]
  var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  func starts(with text: StaticString, at index: Int? = nil) -> Bool {
    let start = index ?? offset
    guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { wanted in
      wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
    }
  }

  /// Copies and steps over one literal, quoted name, dollar-quoted body or single byte.
  mutating func copyUnit(before end: Int, into output: inout [UInt8]) {
    let start = offset
    offset = min(unitEnd(from: start), max(end, start + 1))
    output += bytes[start..<offset]
  }

  func unitEnd(from start: Int) -> Int {
    switch bytes[start] {
    case UInt8(ascii: "'"): literalEnd(from: start) ?? bytes.count
    case UInt8(ascii: "\""): quotedEnd(from: start, UInt8(ascii: "\"")) ?? bytes.count
    case UInt8(ascii: "$"): dollarEnd(from: start) ?? start + 1
    default: start + 1
    }
  }

  func literalEnd(from start: Int) -> Int? { quotedEnd(from: start, UInt8(ascii: "'")) }

  private func quotedEnd(from start: Int, _ quote: UInt8) -> Int? {
    var index = start + 1
    while index < bytes.count {
      if bytes[index] == quote {
        guard byte(index + 1) == quote else { return index + 1 }
        index += 1
      }
      index += 1
    }
    return nil
  }

  private func dollarEnd(from start: Int) -> Int? {
    if start > 0, Self.isNameByte(bytes[start - 1]) { return nil }
    var index = start + 1
    while let byte = byte(index), Self.isNameByte(byte), byte != UInt8(ascii: "$") { index += 1 }
    guard byte(index) == UInt8(ascii: "$") else { return nil }
    let tag = bytes[start...index]
    index += 1
    while index + tag.count <= bytes.count {
      if bytes[index..<index + tag.count].elementsEqual(tag) { return index + tag.count }
      index += 1
    }
    return nil
  }

  /// The place of the `]` that closes the bracket before `start`.
  func bracketEnd(from start: Int) -> Int? {
    var depth = 1
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "[") { depth += 1 }
      if bytes[index] == UInt8(ascii: "]") {
        depth -= 1
        if depth == 0 { return index }
      }
      index = unitEnd(from: index)
    }
    return nil
  }

  /// The type of the last cast outside of parentheses, where the text ends with that type.
  func lastCast(in range: Range<Int>) -> Range<Int>? {
    var depth = 0
    var cast: Int?
    var index = range.lowerBound
    while index < range.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ",") where depth == 0: cast = nil
      case UInt8(ascii: ":") where depth == 0 && byte(index + 1) == UInt8(ascii: ":"):
        index += 1
        cast = index + 1
      default: break
      }
      index = unitEnd(from: index)
    }
    guard let cast, cast < range.upperBound, isType(cast..<range.upperBound) else { return nil }
    return cast..<range.upperBound
  }

  /// The type of an array's elements: the last one's cast, else the one that all other casts name,
  /// else integer for plain whole numbers. PostgreSQL writes 42, and '-7'::integer beside it.
  func elementType(in range: Range<Int>) -> [UInt8]? {
    if let last = lastCast(in: range) { return Array(bytes[last]) }
    var types: Set<[UInt8]> = []
    for element in elements(of: range) {
      if let cast = lastCast(in: element) {
        types.insert(Array(bytes[cast]))
      } else {
        let text = String(decoding: bytes[element], as: UTF8.self)
        guard Int32(text.filter { $0 != " " }) != nil else { return nil }
      }
    }
    return types.isEmpty ? Array("integer".utf8) : types.count == 1 ? types.first : nil
  }

  /// What stands between the commas of a list.
  private func elements(of range: Range<Int>) -> [Range<Int>] {
    var depth = 0
    var start = range.lowerBound
    var index = range.lowerBound
    var found: [Range<Int>] = []
    while index < range.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ",") where depth == 0:
        found.append(start..<index)
        start = index + 1
      default: break
      }
      index = unitEnd(from: index)
    }
    return found + [start..<max(start, range.upperBound)]
  }

  /// Whether it is a type's name and nothing else: keywords of expressions are printed in capitals.
  private func isType(_ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      let isPlain =
        (Self.isNameByte(byte) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte))
        || [
          UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "("),
          UInt8(ascii: ")"), UInt8(ascii: "\""),
        ].contains(byte)
      guard isPlain else { return false }
      index = unitEnd(from: index)
    }
    return true
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}

extension SQLBytes {
  private static let textTypes: [StaticString] = [
    "character varying", "character", "bpchar", "text", "name", "\"char\"",
  ]

  /// The end of `::T` where T is a type of texts (with a length or not), or of `::T[]`.
  func textCastEnd(from start: Int, isArray: Bool = false) -> Int? {
    guard starts(with: "::", at: start), var index = textTypeEnd(from: start + 2) else {
      return nil
    }
    if byte(index) == UInt8(ascii: "(") {
      var digit = index + 1
      while let byte = byte(digit), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digit += 1
      }
      guard byte(digit) == UInt8(ascii: ")") else { return nil }
      index = digit + 1
    }
    guard isArray else { return index }
    return starts(with: "[]", at: index) ? index + 2 : nil
  }

  private func textTypeEnd(from start: Int) -> Int? {
    for type in Self.textTypes where starts(with: type, at: start) {
      let end = start + type.utf8CodeUnitCount
      if let next = byte(end), Self.isNameByte(next) || next == UInt8(ascii: ".") { continue }
      return end
    }
    // citext, in whichever schema the extension lies.
    var index = start
    while let next = byte(index) {
      guard Self.isNameByte(next) || next == UInt8(ascii: ".") || next == UInt8(ascii: "\"") else {
        break
      }
      index = unitEnd(from: index)
    }
    let isCitext = index >= start + 6 && starts(with: "citext", at: index - 6)
    return isCitext ? index : nil
  }
}

/// Lists as the server prints them: `app.a, "odd, name".b`.
enum SQLList {
  static func parts(of text: String) -> [String] {
    let reader = SQLBytes(text)
    var parts: [String] = []
    var start = 0
    var index = 0
    func close(at end: Int) {
      var first = start
      while first < end, reader.bytes[first] == UInt8(ascii: " ") { first += 1 }
      if first < end { parts.append(String(decoding: reader.bytes[first..<end], as: UTF8.self)) }
    }
    while index < reader.bytes.count {
      if reader.bytes[index] == UInt8(ascii: ",") {
        close(at: index)
        start = index + 1
      }
      index = reader.unitEnd(from: index)
    }
    close(at: reader.bytes.count)
    return parts
  }
}
