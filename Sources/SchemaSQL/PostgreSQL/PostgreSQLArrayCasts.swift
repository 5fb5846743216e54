/// PostgreSQL's text of a cast array does not survive being read again: `(ARRAY['a'::T])::U[]` comes
/// back as `ARRAY[('a'::T)::U]`. A baseline pins the inner type; a comparison takes both for one.
enum ArrayCasts {
  /// `(ARRAY['a'::T])::U[]` with the array's own type: `(ARRAY['a'::T]::T[])::U[]`.
  static func pinned(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "[")) else { return text }
    var reader = SQLBytes(text)
    var output: [UInt8] = []
    pin(&reader, to: reader.bytes.count, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private static func pin(_ reader: inout SQLBytes, to end: Int, into output: inout [UInt8]) {
    while reader.offset < end {
      guard reader.starts(with: "(ARRAY[") else {
        reader.copyUnit(before: end, into: &output)
        continue
      }
      let body = reader.offset + 7
      guard let close = reader.bracketEnd(from: body), close < end else {
        reader.copyUnit(before: end, into: &output)
        continue
      }
      output += "(ARRAY[".utf8
      reader.offset = body
      pin(&reader, to: close, into: &output)
      output.append(UInt8(ascii: "]"))
      reader.offset = close + 1
      if reader.starts(with: ")::"), let type = reader.lastCast(in: body..<close) {
        output += "::".utf8
        output += reader.bytes[type]
        output += "[]".utf8
      }
    }
  }

  /// One form for what PostgreSQL may spell in two: casts of string literals in arrays are left out.
  static func canonical(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "'")), text.utf8.contains(UInt8(ascii: ":")) else {
      return text
    }
    var reader = SQLBytes(text)
    var output: [UInt8] = []
    canonicalize(&reader, to: reader.bytes.count, inArray: false, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private static func canonicalize(
    _ reader: inout SQLBytes, to end: Int, inArray: Bool, into output: inout [UInt8]
  ) {
    while reader.offset < end {
      if castArray(&reader, to: end, into: &output) { continue }
      let start = reader.offset
      if reader.starts(with: "('"), let literal = reader.literalEnd(from: start + 1),
        let inner = reader.textCastEnd(from: literal), reader.byte(inner) == UInt8(ascii: ")"),
        let outer = reader.textCastEnd(from: inner + 1)
      {
        output += reader.bytes[start + 1..<literal]
        reader.offset = outer
      } else if inArray, reader.starts(with: "'"), let literal = reader.literalEnd(from: start) {
        output += reader.bytes[start..<literal]
        reader.offset = reader.textCastEnd(from: literal) ?? literal
      } else {
        reader.copyUnit(before: end, into: &output)
      }
    }
  }

  /// Steps over `ARRAY[...]` or `(ARRAY[...]::T[])::U[]` of text types, and writes `ARRAY[...]`.
  private static func castArray(
    _ reader: inout SQLBytes, to end: Int, into output: inout [UInt8]
  ) -> Bool {
    let isParenthesized = reader.starts(with: "(ARRAY[")
    guard isParenthesized || reader.starts(with: "ARRAY[") else { return false }
    let body = reader.offset + (isParenthesized ? 7 : 6)
    guard let close = reader.bracketEnd(from: body), close < end else { return false }
    var after = close + 1
    if isParenthesized {
      if let inner = reader.textCastEnd(from: after, isArray: true) { after = inner }
      guard reader.byte(after) == UInt8(ascii: ")"),
        let outer = reader.textCastEnd(from: after + 1, isArray: true)
      else { return false }
      after = outer
    }
    output += "ARRAY[".utf8
    reader.offset = body
    canonicalize(&reader, to: close, inArray: true, into: &output)
    output.append(UInt8(ascii: "]"))
    reader.offset = after
    return true
  }
}

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
