/// One statement of the card index.
enum CardStatement: Hashable {
  case create(table: String, columns: [String])
  case addColumn(table: String, column: String)
  case insert(table: String, values: [String])
  case drop(table: String)

  /// The statements of a script with their texts; comments begin with two dashes.
  /// - Throws: `CardError.syntax`.
  static func statements(of script: String) throws -> [(text: String, statement: CardStatement)] {
    var reader = CardReader(script)
    var found: [(String, CardStatement)] = []
    while !reader.isAtEnd {
      let start = reader.rest
      let statement = try reader.statement()
      found.append((String(start[..<reader.rest.startIndex].dropLast()), statement))
      try reader.expect("!", from: start)
    }
    return found
  }
}

/// Walks over a script.
private struct CardReader {
  var rest: Substring

  init(_ script: String) { rest = script[...] }

  /// Nothing is left but blanks and comments, which are stepped over.
  var isAtEnd: Bool {
    mutating get {
      while true {
        rest = rest.drop(while: \.isWhitespace)
        guard rest.hasPrefix("--") else { return rest.isEmpty }
        rest = rest.drop { !$0.isNewline }
      }
    }
  }

  mutating func statement() throws -> CardStatement {
    let start = rest
    if accept("CREATE TABLE") {
      return .create(table: try name(start), columns: try list(start) { try $0.name(start) })
    }
    if accept("ALTER TABLE") {
      let table = try name(start)
      guard accept("ADD COLUMN") else { throw CardError.syntax(Self.line(start)) }
      return .addColumn(table: table, column: try name(start))
    }
    if accept("INSERT INTO") {
      let table = try name(start)
      guard accept("VALUES") else { throw CardError.syntax(Self.line(start)) }
      return .insert(table: table, values: try list(start) { try $0.text(start) })
    }
    guard accept("DROP TABLE") else { throw CardError.syntax(Self.line(start)) }
    return .drop(table: try name(start))
  }

  mutating func expect(_ word: String, from start: Substring) throws {
    guard accept(word) else { throw CardError.syntax(Self.line(start)) }
  }

  private static func line(_ text: Substring) -> String { String(text.prefix { !$0.isNewline }) }

  private mutating func accept(_ word: String) -> Bool {
    let text = rest.drop(while: \.isWhitespace)
    guard text.hasPrefix(word) else { return false }
    rest = text.dropFirst(word.count)
    return true
  }

  private mutating func list(
    _ start: Substring, _ item: (inout CardReader) throws -> String
  ) throws -> [String] {
    try expect("(", from: start)
    var items = [try item(&self)]
    while accept(",") { items.append(try item(&self)) }
    try expect(")", from: start)
    return items
  }

  private mutating func name(_ start: Substring) throws -> String {
    if accept("[") { return try quoted("]", start) }
    rest = rest.drop(while: \.isWhitespace)
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !name.isEmpty else { throw CardError.syntax(Self.line(start)) }
    rest = rest[name.endIndex...]
    return String(name)
  }

  private mutating func text(_ start: Substring) throws -> String {
    try expect("'", from: start)
    return try quoted("'", start)
  }

  private mutating func quoted(_ end: Character, _ start: Substring) throws -> String {
    var text = ""
    while let character = rest.popFirst() {
      guard character == end else {
        text.append(character)
        continue
      }
      guard rest.first == end else { return text }
      rest.removeFirst()
      text.append(end)
    }
    throw CardError.syntax(Self.line(start))
  }
}

/// Why the card index did not do what it was asked.
enum CardError: Error, Hashable, CustomStringConvertible {
  case syntax(String)
  case refused(String)

  var description: String {
    switch self {
    case .syntax(let text): "Cards does not understand: \(text)"
    case .refused(let reason): "Cards refused: \(reason)"
    }
  }
}
