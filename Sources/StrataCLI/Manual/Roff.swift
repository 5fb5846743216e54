import SchemaModel

/// Writes a page of the manual.
struct Roff {
  private(set) var text = ""
  /// Whether nothing stands below the last heading yet, where a paragraph begins by itself.
  private var isAtHeading = false

  mutating func begin(_ name: String, version: String) {
    line(".\\\" Made by `strata man`: change the help instead.")
    line(".TH \(Self.word(name.uppercased())) 1 \"\" \(Self.word(version)) \(Self.word("Strata"))")
    // No word is divided: names and options are looked for as they are.
    line(".nh")
  }

  mutating func section(_ title: String) { line(".SH \(Self.word(title))") }
  mutating func subsection(_ title: String) { line(".SS \(Self.word(title))") }

  mutating func text(_ words: String) {
    for part in words.split(separator: "\n") { line(Self.line(String(part))) }
  }

  /// Lines that begin with blanks, or that a line break ends, stay as they are.
  mutating func paragraph(_ words: String) {
    beginParagraph()
    for (index, part) in words.split(separator: "\n").enumerated() {
      if index > 0 { line(".br") }
      line(Self.line(String(part)))
    }
  }

  mutating func synopsis(of command: String, _ usage: String) {
    let rest = usage.hasPrefix(command) ? String(usage.dropFirst(command.count)) : usage
    line("\\fB\(Self.escaped(command))\\fR\(Self.escaped(rest))")
  }

  mutating func entry(_ label: String, _ words: String) {
    line(".TP")
    line("\\fB\(Self.escaped(label))\\fR")
    text(words)
  }

  /// - Parameter mark: what stands behind the page's name.
  mutating func entry(page: String, _ mark: String, _ words: String) {
    line(".TP")
    line(".BR \(Self.escaped(page)) \(Self.word("(1)" + mark))")
    text(words)
  }

  mutating func verbatim(_ lines: [String]) {
    beginParagraph()
    line(".RS 4")
    line(".nf")
    for words in lines { line(Self.line(words)) }
    line(".fi")
    line(".RE")
  }

  mutating func references(_ pages: [String]) {
    for (index, page) in pages.enumerated() {
      line(".BR \(Self.escaped(page)) (1)\(index + 1 < pages.count ? "," : "")")
    }
  }

  private mutating func beginParagraph() { if !isAtHeading { line(".PP") } }

  private mutating func line(_ words: String) {
    isAtHeading = words.hasPrefix(".SH") || words.hasPrefix(".SS")
    text += words + "\n"
  }

  /// An argument of a macro.
  private static func word(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// A line of text, also one that begins as a macro would.
  private static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  /// Every character as it is, also those of which roff would make others.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\"": result += "\\(dq"
      default:
        if scalar.isASCII {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
        }
      }
    }
  }
}
