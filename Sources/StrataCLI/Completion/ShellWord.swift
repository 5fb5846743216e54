import FileSystem
import Glibc
import SchemaModel

/// A word of a command line as it stands there, with quotes and backslashes, and what a shell would
/// make of it. Nothing in it is run: of what a shell expands only `~/` and variables are looked up.
struct ShellWord {
  /// As it was typed.
  var raw = ""
  /// What it means.
  var value = ""
  /// The quote that is still open at its end.
  var quote: Character?
  /// Whether it is, or begins, a redirection: no argument.
  var isRedirection = false

  /// One word, which may hold blanks in quotes.
  init(_ raw: String) {
    self.raw = raw
    var reader = ShellWordReader(raw)
    value = reader.value()
    quote = reader.quote
    isRedirection = reader.isRedirection
  }

  /// One word that a shell has taken the quotes from already.
  init(plain text: String) {
    raw = text
    value = text
    if text == "~" || text.hasPrefix("~/"), let home = Environment.value("HOME") {
      value = home + text.dropFirst()
    }
  }

  /// The words of a line up to the cursor; the last one is that at the cursor, and may be empty.
  static func words(of line: String) -> [ShellWord] {
    var words: [ShellWord] = []
    var current = ""
    var quote: Character?
    var isEscaped = false
    var isWord = false
    for character in line {
      if isEscaped {
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == " " || character == "\t" || character == "\n" {
        if isWord { words.append(ShellWord(current)) }
        (current, isWord) = ("", false)
        continue
      }
      current.append(character)
      isWord = true
    }
    return words + [ShellWord(current)]
  }
}

/// Takes quotes and backslashes out of a word.
private struct ShellWordReader {
  private var rest: Substring
  private(set) var quote: Character?
  private(set) var isRedirection = false
  private var result = ""

  init(_ raw: String) { rest = raw[...] }

  mutating func value() -> String {
    if rest == "~" || rest.hasPrefix("~/"), let home = Environment.value("HOME") {
      rest = rest.dropFirst()
      result = home
    }
    while let character = rest.popFirst() {
      switch (character, quote) {
      case ("'", nil), ("\"", nil): quote = character
      case ("'", "'"), ("\"", "\""): quote = nil
      case ("\\", nil): if let next = rest.popFirst() { result.append(next) }
      case ("\\", "\""):
        if let next = rest.first, "$`\"\\".contains(next) {
          result.append(next)
          rest = rest.dropFirst()
        } else {
          result.append(character)
        }
      case ("$", nil), ("$", "\""): result += variable()
      case ("<", nil), (">", nil):
        isRedirection = true
        result.append(character)
      default: result.append(character)
      }
    }
    return result
  }

  /// What a variable holds, behind its `$`; where it is none, the text as it stands.
  private mutating func variable() -> String {
    func isPart(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
    let isBraced = rest.first == "{"
    let name = String(rest.dropFirst(isBraced ? 1 : 0).prefix(while: isPart))
    let after = rest.dropFirst(name.count + (isBraced ? 1 : 0))
    guard !name.isEmpty, !isBraced || after.first == "}", let value = Environment.value(name) else {
      return "$"
    }
    rest = isBraced ? after.dropFirst() : after
    return value
  }
}

extension ShellWord {
  /// How a name is written for bash in the place of this word, which is the one at the cursor; nil
  /// where its quotes cannot hold it.
  /// - Parameter replaced: the end of the word that bash replaces: what follows the last of the
  ///   characters that divide words for it, `:` and `=` among them.
  func completed(to name: String, replacing replaced: String) -> String? {
    let isEnd = raw.utf8.count >= replaced.utf8.count && raw.hasSuffix(replaced)
    let head = ShellWord(isEnd ? String(raw.dropLast(replaced.count)) : "")
    guard name.hasPrefix(head.value) else { return nil }
    let rest = String(decoding: name.utf8.dropFirst(head.value.utf8.count), as: UTF8.self)
    switch head.quote {
    case "'": return rest.replacing("'", with: "'\\''")
    case "\"":
      // Between such quotes a backslash does not keep ! from the shell's own history.
      return rest.contains("!") ? nil : Self.escaped(rest) { "$`\"\\".contains($0) }
    default:
      return Self.escaped(rest) { character in
        !(character.isLetter || character.isNumber || "_@%+=:,./-".contains(character))
      }
    }
  }

  private static func escaped(_ text: String, _ isSpecial: (Character) -> Bool) -> String {
    text.reduce(into: "") { result, character in
      if isSpecial(character) { result.append("\\") }
      result.append(character)
    }
  }
}
