/// PostgreSQL prints a constant of a select list with its type, `SELECT 'x'::text`, and reads that as a
/// column of the type's name, which it then prints: `SELECT 'x'::text AS text`. Where it prints no name
/// the column has none, so a baseline says so.
enum ConstantNames {
  private static let ends: Set<String> = [
    "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT",
    "OFFSET", "FETCH", "FOR", "INTO",
  ]

  /// The text with `AS "?column?"` behind each nameless constant of its select lists.
  static func pinned(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ":")),
      text.contains("SELECT") || text.contains("RETURNING")
    else { return text }
    var reader = SQLBytes(text)
    var output: [UInt8] = []
    // Where an item of the innermost list began, for each open parenthesis.
    var items: [Int?] = [nil]
    func end(_ items: inout [Int?]) {
      guard let start = items[items.count - 1] else { return }
      items[items.count - 1] = nil
      let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
      guard let last = output[start...].lastIndex(where: { !isSpace($0) }),
        isNameless(output[start...last])
      else { return }
      output.insert(contentsOf: " AS \"?column?\"".utf8, at: last + 1)
    }
    while let byte = reader.byte(reader.offset) {
      if SQLBytes.isNameByte(byte) {
        let word = word(&reader)
        if ends.contains(word) { end(&items) }
        output += word.utf8
        if ["SELECT", "RETURNING"].contains(word) { items[items.count - 1] = output.count }
        if word == "DISTINCT", items[items.count - 1] != nil {
          items[items.count - 1] = output.count
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "("): items.append(nil)
      case UInt8(ascii: ")"):
        end(&items)
        if items.count > 1 { items.removeLast() }
      case UInt8(ascii: ";"): end(&items)
      case UInt8(ascii: ",") where items[items.count - 1] != nil:
        end(&items)
        items[items.count - 1] = output.count + 1
      default: break
      }
      reader.copyUnit(before: reader.bytes.count, into: &output)
    }
    end(&items)
    return String(decoding: output, as: UTF8.self)
  }

  private static func word(_ reader: inout SQLBytes) -> String {
    let start = reader.offset
    while let byte = reader.byte(reader.offset), SQLBytes.isNameByte(byte) { reader.offset += 1 }
    return String(decoding: reader.bytes[start..<reader.offset], as: UTF8.self)
  }

  /// Whether it is a literal or NULL with a type and nothing else: what has an operator gets no name.
  private static func isNameless(_ item: ArraySlice<UInt8>) -> Bool {
    var reader = SQLBytes(String(decoding: item, as: UTF8.self))
    while let byte = reader.byte(reader.offset), " \n(".utf8.contains(byte) { reader.offset += 1 }
    if reader.starts(with: "NULL::") {
      reader.offset += 4
    } else {
      if reader.starts(with: "E'") { reader.offset += 1 }
      guard reader.starts(with: "'"), let end = reader.literalEnd(from: reader.offset) else {
        return false
      }
      reader.offset = end
    }
    var hasType = false
    while let byte = reader.byte(reader.offset) {
      if byte == UInt8(ascii: ":") { hasType = true }
      if SQLBytes.isNameByte(byte) {
        // Keywords of an expression are in capitals, types are not.
        let word = word(&reader)
        if word != "COLLATE", word.utf8.contains(where: { (65...90).contains($0) }) { return false }
      } else if byte == UInt8(ascii: "\"") || " \n:(),.[]".utf8.contains(byte) {
        reader.offset = reader.unitEnd(from: reader.offset)
      } else {
        return false
      }
    }
    return hasType
  }
}
