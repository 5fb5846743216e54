/// The words of an expression, to tell what it says when columns have other names. No dialect's own
/// rules: quoted or not, a name is a name, its ASCII letters of either case; blanks do not count, and
/// what is in the quotes of a string is one word.
package struct ExpressionWords {
  /// Old name -> new name, both folded.
  private let names: [ExactText: ExactText]

  /// `renames`: new name -> old name.
  init(_ renames: [ExactText: ExactText]) {
    names = Dictionary(
      renames.map { (Self.folded($0.value.text), Self.folded($0.key.text)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The names in an expression, in small letters.
  package static func names(in expression: String) -> Set<ExactText> {
    var names: Set<ExactText> = []
    for case .name(let name) in ExpressionWords([:]).plain(expression) { names.insert(name) }
    return names
  }

  /// What the expression says once the columns are renamed.
  func renamed(_ expression: String) -> [Word] {
    plain(expression).map { word in
      guard case .name(let name) = word, let new = names[name] else { return word }
      return .name(new)
    }
  }

  /// What it says as it stands.
  func plain(_ expression: String) -> [Word] {
    var words: [Word] = []
    let bytes = Array(expression.utf8)
    var place = 0
    while place < bytes.count {
      let start = place
      let byte = bytes[place]
      if Self.isNamePart(byte) {
        while place < bytes.count, Self.isNamePart(bytes[place]) { place += 1 }
        words.append(.name(Self.folded(String(decoding: bytes[start..<place], as: UTF8.self))))
      } else if let close = Self.closing[byte] {
        let text = Self.quoted(bytes, &place, until: close)
        words.append(byte == 0x27 ? .other(text) : .name(Self.folded(text)))
      } else {
        place += 1
        if byte > 0x20 { words.append(.other(String(decoding: [byte], as: UTF8.self))) }
      }
    }
    return words
  }

  enum Word: Hashable {
    case name(ExactText)
    case other(String)
  }

  private static let closing: [UInt8: UInt8] = [
    0x27: 0x27, 0x22: 0x22, UInt8(ascii: "`"): UInt8(ascii: "`"),
    UInt8(ascii: "["): UInt8(ascii: "]"),
  ]

  /// What stands between quotes, a doubled one as one; steps behind them.
  private static func quoted(_ bytes: [UInt8], _ place: inout Int, until close: UInt8) -> String {
    var text: [UInt8] = []
    place += 1
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == close {
        guard place < bytes.count, bytes[place] == close, close != UInt8(ascii: "]") else { break }
        place += 1
      }
      text.append(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
      || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  package static func folded(_ name: String) -> ExactText {
    ExactText(
      String(
        decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self))
  }
}
