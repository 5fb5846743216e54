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
    var lists = [List()]
    // Of DISTINCT and GROUP it decides what they are.
    var before = ""
    while let byte = reader.byte(reader.offset) {
      let top = lists.count - 1
      // A dollar begins a body, which is somebody's own text; within a name it is of the name.
      if SQLBytes.isNameByte(byte), byte != UInt8(ascii: "$") {
        let word = word(&reader)
        switch word {
        case "FROM" where before == "DISTINCT": break
        case "GROUP" where before == "WITHIN": break
        case _ where ends.contains(word): lists[top].endItem(&output)
        default: break
        }
        output += word.utf8
        switch word {
        case "SELECT", "RETURNING": lists[top] = List(start: output.count)
        case "DISTINCT" where before == "SELECT": lists[top] = List(start: output.count)
        case "ON" where before == "DISTINCT": lists[top].isBehindParenthesis = true
        default: break
        }
        before = word
        continue
      }
      if byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\n") { before = "" }
      switch byte {
      case UInt8(ascii: "("): lists.append(List())
      case UInt8(ascii: ")") where lists.count > 1:
        lists[top].endItem(&output)
        lists.removeLast()
        if lists[top - 1].isBehindParenthesis { lists[top - 1] = List(start: output.count + 1) }
      case UInt8(ascii: ";"): lists[top].endItem(&output)
      case UInt8(ascii: ",") where lists[top].start != nil:
        lists[top].endItem(&output)
        lists[top] = List(start: output.count + 1)
      default: break
      }
      reader.copyUnit(before: reader.bytes.count, into: &output)
    }
    while var list = lists.popLast() { list.endItem(&output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// What is known of the innermost list, one for each open parenthesis.
  private struct List {
    /// Where its item began; nil where there is no list.
    var start: Int?
    /// Whether its items begin behind the next parenthesis: DISTINCT ON (...).
    var isBehindParenthesis = false

    mutating func endItem(_ output: inout [UInt8]) {
      guard let start else { return }
      self.start = nil
      guard let last = output[start...].lastIndex(where: { !" \n".utf8.contains($0) }),
        isNameless(output[start...last])
      else { return }
      output.insert(contentsOf: " AS \"?column?\"".utf8, at: last + 1)
    }
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
