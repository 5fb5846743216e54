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
}
