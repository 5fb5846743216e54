import SchemaModel

/// Reads the parts of a TOML document, from left to right.
struct TOMLScanner {
  private static let depthMax = 64
  private static let controls: [Unicode.Scalar: Unicode.Scalar] = [
    "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{c}", "r": "\r", "e": "\u{1b}", "\"": "\"",
    "\\": "\\",
  ]
  /// How many hexadecimal digits follow.
  private static let codes: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]

  private let scalars: [Unicode.Scalar]
  private var place = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  var isAtEnd: Bool { place >= scalars.count }

  private func scalar(_ distance: Int = 0) -> Unicode.Scalar? {
    place + distance < scalars.count ? scalars[place + distance] : nil
  }

  /// An error at the line that was reached.
  func wrong(_ why: String) -> TOMLError {
    TOMLError(line: scalars[..<min(place, scalars.count)].count { $0 == "\n" } + 1, why: why)
  }

  /// Takes a mark behind blanks.
  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard scalar() == mark else { return false }
    place += 1
    return true
  }

  private mutating func takeAll(_ mark: Unicode.Scalar, _ count: Int) -> Bool {
    guard (0..<count).allSatisfy({ scalar($0) == mark }) else { return false }
    place += count
    return true
  }

  private mutating func skipBlanks() {
    while let next = scalar(), next == " " || next == "\t" { place += 1 }
  }

  private mutating func skipComment() {
    skipBlanks()
    guard scalar() == "#" else { return }
    while let next = scalar(), next != "\n" { place += 1 }
  }

  /// Over empty lines and comments.
  mutating func skipBlankLines() {
    skipComment()
    while let next = scalar(), next == "\n" || next == "\r" || next == "\u{feff}" {
      place += 1
      skipComment()
    }
  }

  mutating func endLine() throws(TOMLError) {
    skipComment()
    if scalar() == "\r" { place += 1 }
    guard isAtEnd || scalar() == "\n" else { throw wrong("expected the end of the line") }
  }

  /// A name, or several with dots between them.
  mutating func keys() throws(TOMLError) -> [String] {
    var keys: [String] = []
    repeat {
      guard keys.count < Self.depthMax else { throw wrong("nested too deeply") }
      skipBlanks()
      if scalar() == "\"" || scalar() == "'" {
        keys.append(try text())
      } else {
        keys.append(try bare("a name") { $0 == "_" || $0 == "-" || Self.isAlphanumeric($0) })
      }
    } while take(".")
    return keys
  }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  private mutating func bare(
    _ what: String, _ isPart: (Unicode.Scalar) -> Bool
  ) throws(TOMLError) -> String {
    var found = String.UnicodeScalarView()
    while let next = scalar(), isPart(next) {
      found.append(next)
      place += 1
    }
    guard !found.isEmpty else { throw wrong("expected \(what)") }
    return String(found)
  }

  mutating func value(depth: Int = 0) throws(TOMLError) -> TOMLValue {
    guard depth < Self.depthMax else { throw wrong("values are nested too deeply") }
    skipBlanks()
    switch scalar() {
    case "\"", "'": return .text(try text())
    case "[": return .list(try list(depth))
    case "{": return .table(try inlineTable(depth))
    default: break
    }
    let word = try bare("a value") {
      Self.isAlphanumeric($0) || "+-_.: ".unicodeScalars.contains($0)
    }
    let trimmed = word.trimmingBlanks
    if trimmed == "true" || trimmed == "false" { return .flag(trimmed == "true") }
    let number = trimmed.drop { $0 == "+" || $0 == "-" }
    guard number.first?.isNumber == true || number == "inf" || number == "nan" else {
      throw wrong("expected a value, found \(VisibleText.line(word)); a text stands in quotes")
    }
    return .other(trimmed)
  }

  private mutating func list(_ depth: Int) throws(TOMLError) -> [TOMLValue] {
    place += 1
    var elements: [TOMLValue] = []
    skipBlankLines()
    while !take("]") {
      elements.append(try value(depth: depth + 1))
      skipBlankLines()
      guard take(",") || scalar() == "]" else { throw wrong("expected , or ] in a list") }
      skipBlankLines()
    }
    return elements
  }

  private mutating func inlineTable(_ depth: Int) throws(TOMLError) -> [String: TOMLValue] {
    place += 1
    var table: [String: TOMLValue] = [:]
    skipBlankLines()
    while !take("}") {
      let keys = try keys()
      guard take("=") else { throw wrong("expected NAME = VALUE") }
      guard TOMLDocument.put(try value(depth: depth + 1), keys[...], in: &table) else {
        throw wrong("\(keys.joined(separator: ".")) is there twice")
      }
      skipBlankLines()
      guard take(",") || scalar() == "}" else { throw wrong("expected , or } in a table") }
      skipBlankLines()
    }
    return table
  }

  /// In quotes of either kind, on one line or, behind three of them, on several.
  private mutating func text() throws(TOMLError) -> String {
    guard let quote = scalar() else { throw wrong("expected a text") }
    let isLong = takeAll(quote, 3)
    if isLong {
      _ = takeAll("\r", 1)
      _ = takeAll("\n", 1)
    } else {
      place += 1
    }
    var found = String.UnicodeScalarView()
    while let next = scalar() {
      if next == quote {
        if !isLong {
          place += 1
          return String(found)
        }
        if takeAll(quote, 3) {
          // Up to two more belong to the text.
          while takeAll(quote, 1) { found.append(quote) }
          return String(found)
        }
      }
      guard isLong || next != "\n" else { break }
      place += 1
      if next == "\\", quote == "\"" {
        if let escaped = try escape(isLong) { found.append(escaped) }
      } else {
        found.append(next)
      }
    }
    throw wrong("a text has no end")
  }

  /// What stands behind a backslash; nil for the end of a line, which goes with the blanks after it.
  private mutating func escape(_ isLong: Bool) throws(TOMLError) -> Unicode.Scalar? {
    guard let letter = scalar() else { throw wrong("a text has no end") }
    if let control = Self.controls[letter] {
      place += 1
      return control
    }
    if let count = Self.codes[letter] {
      place += 1
      var digits = String.UnicodeScalarView()
      for _ in 0..<count {
        guard let digit = scalar() else { break }
        digits.append(digit)
        place += 1
      }
      guard let code = UInt32(String(digits), radix: 16), let found = Unicode.Scalar(code) else {
        throw wrong("\\\(letter)\(String(digits)) is no character")
      }
      return found
    }
    guard isLong, " \t\r\n".unicodeScalars.contains(letter) else {
      throw wrong("\\\(letter) means nothing")
    }
    while let next = scalar(), " \t\r\n".unicodeScalars.contains(next) { place += 1 }
    return nil
  }
}
