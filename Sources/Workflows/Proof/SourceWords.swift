import SchemaModel

/// The longer words and numbers of migrations' texts.
struct SourceWords {
  private var words: Set<String> = []
  private var dates: Set<String> = []

  /// Functions whose values are chance, of SQL and of Python.
  private static let chance: Set<String> = [
    "randomblob", "gen_random_uuid", "gen_random_bytes", "uuid_generate_v1", "uuid_generate_v1mc",
    "uuid_generate_v4", "uuidv4", "uuidv7", "gen_salt", "random_normal", "uuid1", "uuid4", "uuid6",
    "uuid7", "urandom", "token_hex", "token_bytes", "token_urlsafe", "getrandbits", "randbytes",
    "generate_password_hash",
  ]

  /// - Returns: whether the text calls a function of chance.
  mutating func read(_ text: [UInt8]) -> Bool {
    var isChancy = false
    for word in text.split(whereSeparator: { !Self.isLetterOrDigit($0) && $0 != 0x5f }) {
      if word.count >= 5, word.count <= 24 {
        let name = String(decoding: word, as: UTF8.self).lowercased()
        let next = text[word.endIndex...].first { $0 != 0x20 }
        let isCall = next == UInt8(ascii: "(") || next == UInt8(ascii: ".")
        if Self.chance.contains(name) || (isCall && (name == "random" || name == "secrets")) {
          isChancy = true
        }
      }
      for part in word.split(separator: 0x5f) where part.count >= 8 {
        words.insert(String(decoding: part, as: UTF8.self).lowercased())
      }
    }
    dates.formUnion(Self.dates(in: text))
    return isChancy
  }

  /// Whether a value is in no text, and looks like chance or like one of these days.
  func isComputed(_ value: RowValue, days: Set<String>) -> Bool {
    switch value {
    case .null: false
    case .integer(let number): number.magnitude >= 1_000_000_000 && !holds("\(number.magnitude)")
    case .real(let number): isComputed(Array("\(number)".utf8), days: [])
    case .text(let text): isComputed(Array(text.utf8), days: days)
    case .blob(let bytes):
      if let text = String(validating: bytes, as: UTF8.self),
        bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0a })
      {
        isComputed(Array(text.utf8), days: days)
      } else {
        bytes.count >= 8 && !holds(Hexadecimal.text(bytes))
      }
    }
  }

  private func isComputed(_ text: [UInt8], days: Set<String>) -> Bool {
    for word in text.split(whereSeparator: { !Self.isLetterOrDigit($0) })
    where Self.looksLikeChance(word) && !holds(String(decoding: word, as: UTF8.self)) {
      return true
    }
    return Self.dates(in: text).contains { days.contains($0) && !dates.contains($0) }
  }

  private func holds(_ word: String) -> Bool { words.contains(word.lowercased()) }

  /// Letters and digits mixed, or many digits, or more letters than words have.
  private static func looksLikeChance(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count >= 8 else { return false }
    let digits = word.count { $0 >= 0x30 && $0 <= 0x39 }
    if digits == word.count { return digits >= 10 }
    if digits == 0 { return word.count >= 24 }
    let isHexadecimal = word.allSatisfy { $0 <= 0x39 || ($0 | 0x20 <= 0x66) }
    return digits >= 2 && (isHexadecimal || word.count >= 12)
  }

  /// Everything in a text that may be a day as `Day.spellings` has it.
  private static func dates(in text: [UInt8]) -> [String] {
    var found: [String] = []
    for start in text.indices.dropLast(7) where isDigit(text[start]) {
      if text[start..<start + 8].allSatisfy(isDigit) {
        found.append(String(decoding: text[start..<start + 8], as: UTF8.self))
      }
      guard start + 10 <= text.endIndex else { continue }
      for (first, second) in [(4, 7), (2, 5)] where !isLetterOrDigit(text[start + first]) {
        let isDate = (0..<10).allSatisfy { index in
          index == first || index == second
            ? text[start + index] == text[start + first] : isDigit(text[start + index])
        }
        if isDate { found.append(String(decoding: text[start..<start + 10], as: UTF8.self)) }
      }
    }
    return found
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
  }
}
