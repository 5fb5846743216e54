// How lines of text are laid out.
import SchemaModel

extension String {
  /// With one line break at the end, where there is none.
  public var withFinalNewline: String { hasSuffix("\n") ? self : self + "\n" }

  /// Without line breaks at the end.
  public var withoutFinalNewline: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Its lines, with the tabs by which sources are indented as blanks: every eighth column.
  public var sourceLines: [String] {
    split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
      guard line.utf8.contains(9) else { return String(line) }
      var text = ""
      var column = 0
      for character in line {
        let width = character == "\t" ? 8 - column % 8 : 1
        text += character == "\t" ? String(repeating: " ", count: width) : String(character)
        column += width
      }
      return text
    }
  }

  /// With blanks behind it, up to a number of characters.
  public func padded(_ width: Int) -> String {
    let missing = width - count
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }

  /// With blanks before it, up to a number of characters.
  public func leftPadded(_ width: Int) -> String {
    count < width ? String(repeating: " ", count: width - count) + self : self
  }

  /// How many columns of a terminal it takes: two for what is wide in East Asia, and for pictures.
  public var columns: Int { reduce(0) { $0 + Self.columns(of: $1) } }

  /// What of its beginning has room in so many columns.
  public func prefix(columns width: Int) -> String {
    var left = width
    return String(
      prefix { character in
        left -= Self.columns(of: character)
        return left >= 0
      })
  }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    return switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
