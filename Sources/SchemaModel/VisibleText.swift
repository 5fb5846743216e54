/// Text from outside as people are to see it: what a terminal would obey, hide or turn around is
/// spelled out.
///
/// The notation is that of Swift and Python: `\n`, `\r`, `\t`, `\x1b` below U+0100, `\u{202e}` from
/// there on. A backslash stays what it is, so that SQL can be read; documents for programs have the
/// exact value.
public enum VisibleText {
  /// One line of it: line breaks and tabs are spelled out too.
  public static func line(_ text: String) -> String { spelled(text, keepsLayout: false) }

  /// Text of several lines: line breaks and tabs stay.
  public static func lines(_ text: String) -> String { spelled(text, keepsLayout: true) }

  /// One of several fields that two blanks divide: a blank beside another, or at an end, is `\x20`.
  public static func field(_ text: String) -> String {
    let line = line(text)
    if isPlain(line), !line.utf8.contains(0x20) { return line }
    var result = ""
    var isAfterBlank = true
    for scalar in line.unicodeScalars {
      if isBlank(scalar), isAfterBlank || isWide(scalar) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      isAfterBlank = isBlank(scalar)
    }
    if let last = result.unicodeScalars.last, isBlank(last) {
      result.unicodeScalars.removeLast()
      result += escape(last)
    }
    return result
  }

  /// The last field of a line, which a mark in parentheses may follow: it cannot look like one.
  public static func lastField(_ text: String) -> String {
    let line = line(text)
    guard line.utf8.last == UInt8(ascii: ")") else { return line }
    var result = ""
    var blankWidth = 2
    for scalar in line.unicodeScalars {
      if scalar == "(", blankWidth >= 2 {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      if !isBlank(scalar) { blankWidth = 0 } else { blankWidth += scalar == " " ? 1 : 2 }
    }
    return result
  }

  /// One of the items in a mark, which commas divide.
  public static func item(_ text: String) -> String {
    var result = ""
    for scalar in line(text).unicodeScalars {
      if scalar == "," || scalar == "(" || scalar == ")" {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The first scalar that people would not see, or that moves what they see; nil for plain text.
  public static func firstHidden(in text: String) -> Unicode.Scalar? {
    isPlain(text) ? nil : text.unicodeScalars.first(where: isHidden)
  }

  /// Whether a scalar is a control, turns the direction of text, or is shown as nothing at all.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    if scalar.value == 0x2800 { return true }  // A braille pattern without dots.
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
      .surrogate:
      return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }

  /// What the notation of `line` means; a text without it as it is.
  public static func read(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\\", let (meant, after) = escaped(rest) {
        result.unicodeScalars.append(meant)
        rest = after
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private typealias Rest = Substring.UnicodeScalarView

  private static func escaped(_ text: Rest) -> (Unicode.Scalar, Rest)? {
    switch text.first {
    case "n": return ("\n", text.dropFirst())
    case "r": return ("\r", text.dropFirst())
    case "t": return ("\t", text.dropFirst())
    case "x":
      let digits = text.dropFirst().prefix(2)
      guard digits.count == 2, let scalar = scalar(digits) else { return nil }
      return (scalar, text.dropFirst(3))
    case "u":
      guard text.dropFirst().first == "{" else { return nil }
      let digits = text.dropFirst(2).prefix { $0 != "}" }
      guard digits.count <= 6, text.dropFirst(2 + digits.count).first == "}",
        let scalar = scalar(digits)
      else { return nil }
      return (scalar, text.dropFirst(3 + digits.count))
    default: return nil
    }
  }

  private static func scalar(_ digits: Rest) -> Unicode.Scalar? {
    guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
    return UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap {
      Unicode.Scalar($0)
    }
  }

  private static func spelled(_ text: String, keepsLayout: Bool) -> String {
    if isPlain(text) { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    var isFirst = true
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let isLayout =
        keepsLayout
        && (scalar == "\n" || scalar == "\t" || (scalar == "\r" && rest.first == "\n"))
      if isLayout {
        // A file with the line ends of Windows has the same lines.
        if scalar != "\r" { result.unicodeScalars.append(scalar) }
      } else if isHidden(scalar) || (isFirst && scalar.properties.isMark) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      isFirst = isLayout
    }
    return result
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (!scalar.isASCII && scalar.properties.generalCategory == .spaceSeparator)
  }

  /// Whether a blank may be drawn wider than one.
  private static func isWide(_ blank: Unicode.Scalar) -> Bool {
    blank != " " && blank.value != 0xa0 && blank.value != 0x202f
  }

  static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      if scalar.value > 0xff { return "\\u{\(digits)}" }
      return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
  }
}

extension Unicode.Scalar.Properties {
  /// A mark that is drawn over the character before it, even where that is another field's.
  fileprivate var isMark: Bool {
    generalCategory == .nonspacingMark || generalCategory == .enclosingMark
      || generalCategory == .spacingMark
  }
}

extension String {
  /// Words of an engine, of Python or of a script inside a message: what follows its first line is
  /// set in, so that none of its lines can be taken for one of the message's own.
  public var quotedInMessage: String {
    guard utf8.contains(where: { $0 == 0x0a || $0 == 0x0d }) else { return self }
    let lines = split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return lines.enumerated().map { index, line in
      index == 0 || line.isEmpty || line.hasPrefix("  ") || line.hasPrefix("\t")
        ? String(line) : "  " + line
    }.joined(separator: "\n")
  }
}
