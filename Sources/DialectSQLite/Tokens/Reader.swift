internal import SchemaModel

extension SQLite {
  /// A walk over tokens, for the readers of CREATE texts and of statements. Nothing here fails: a
  /// reader that does not find what it wants says so and stays where it is.
  struct Reader {
    let tokens: Tokens
    var position: Int
    let end: Int

    init(_ tokens: Tokens) { self.init(tokens, tokens.list.indices) }

    init(_ tokens: Tokens, _ range: Range<Int>) {
      self.tokens = tokens
      let range = range.clamped(to: tokens.list.indices)
      position = range.lowerBound
      end = range.upperBound
    }

    init(_ text: String) { self.init(Tokens(text)) }

    var isAtEnd: Bool { position >= end }
    var current: Token? { token(0) }

    func token(_ distance: Int) -> Token? {
      position + distance < end ? tokens.list[position + distance] : nil
    }

    func isWord(_ word: StaticString, at distance: Int = 0) -> Bool {
      token(distance).map { tokens.isWord($0, word) } ?? false
    }

    func isSymbol(_ symbol: Unicode.Scalar, at distance: Int = 0) -> Bool {
      token(distance).map { tokens.isSymbol($0, symbol) } ?? false
    }

    /// Steps over these words where all of them are next.
    mutating func accept(_ words: StaticString...) -> Bool {
      for (offset, word) in words.enumerated() where !isWord(word, at: offset) { return false }
      position += words.count
      return true
    }

    mutating func accept(symbol: Unicode.Scalar) -> Bool {
      guard isSymbol(symbol) else { return false }
      position += 1
      return true
    }

    mutating func name() -> String? {
      guard let token = current, [.word, .quotedName, .string].contains(token.kind) else {
        return nil
      }
      position += 1
      return tokens.name(token)
    }

    /// `name` or `schema.name`; the schema is nil where none is written.
    mutating func qualifiedName() -> (schema: String?, name: String)? {
      guard let first = name() else { return nil }
      guard isSymbol("."), token(1) != nil else { return (nil, first) }
      position += 1
      guard let second = name() else { return nil }
      return (first, second)
    }

    /// The tokens between the parentheses that begin here; steps over both.
    mutating func parenthesized() -> Range<Int>? {
      guard isSymbol("(") else { return nil }
      var depth = 0
      for index in position..<end {
        if tokens.isSymbol(tokens.list[index], "(") { depth += 1 }
        if tokens.isSymbol(tokens.list[index], ")") {
          depth -= 1
          if depth == 0 {
            defer { position = index + 1 }
            return (position + 1)..<index
          }
        }
      }
      return nil
    }

    /// The ranges between the commas outside parentheses.
    func parts(_ range: Range<Int>) -> [Range<Int>] {
      guard !range.isEmpty else { return [] }
      var parts: [Range<Int>] = []
      var depth = 0
      var start = range.lowerBound
      for index in range.clamped(to: tokens.list.indices) {
        let token = tokens.list[index]
        guard token.kind == .symbol else { continue }
        if tokens.isSymbol(token, "(") { depth += 1 }
        if tokens.isSymbol(token, ")") { depth -= 1 }
        if depth == 0, tokens.isSymbol(token, ",") {
          parts.append(start..<index)
          start = index + 1
        }
      }
      parts.append(start..<range.upperBound)
      return parts
    }

    /// The text from the first token to the last, as it is written.
    func slice(_ range: Range<Int>) -> String {
      let range = range.clamped(to: tokens.list.indices)
      guard let first = tokens.list[range].first, let last = tokens.list[range].last else {
        return ""
      }
      return tokens.text(first.start..<last.end)
    }

    /// One part of a key: `name [COLLATE c] [ASC|DESC] [NULLS FIRST|LAST]`, or an expression.
    func keyPart(_ range: Range<Int>) -> KeyPart {
      var range = range
      var isDescending = false
      func isWord(_ word: StaticString, fromEnd: Int) -> Bool {
        let index = range.upperBound - fromEnd
        return range.count > fromEnd && tokens.isWord(tokens.list[index], word)
      }
      if isWord("NULLS", fromEnd: 2) { range = range.lowerBound..<(range.upperBound - 2) }
      if isWord("ASC", fromEnd: 1) || isWord("DESC", fromEnd: 1) {
        isDescending = isWord("DESC", fromEnd: 1)
        range = range.lowerBound..<(range.upperBound - 1)
      }
      var collation: String?
      if isWord("COLLATE", fromEnd: 2) {
        collation = tokens.name(tokens.list[range.upperBound - 1])
        range = range.lowerBound..<(range.upperBound - 2)
      }
      if range.count == 1, let token = tokens.list[range].first,
        [.word, .quotedName, .string].contains(token.kind)
      {
        return KeyPart(tokens.name(token), collation: collation, isDescending: isDescending)
      }
      return KeyPart(
        slice(range), isExpression: true, collation: collation, isDescending: isDescending)
    }

    /// Steps over `CREATE [words] [IF NOT EXISTS] name`.
    mutating func createHeader(_ words: StaticString...) -> (schema: String?, name: String)? {
      guard accept("CREATE") else { return nil }
      if !accept("TEMP") { _ = accept("TEMPORARY") }
      for word in words where !accept(word) { return nil }
      _ = accept("IF", "NOT", "EXISTS")
      return qualifiedName()
    }
  }
}
