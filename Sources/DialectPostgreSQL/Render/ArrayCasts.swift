internal import SchemaModel

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
      if reader.starts(with: ")::"), let type = reader.elementType(in: body..<close) {
        output += "::".utf8 + type + "[]".utf8
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
