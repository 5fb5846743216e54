internal import SchemaModel

extension PostgreSQL {
  /// Reads the words of one statement.
  struct Words {
    let bytes: [UInt8]
    var tokens: ArraySlice<Token>

    static func text(_ bytes: [UInt8], _ token: Token) -> String {
      String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    /// Whether this bare word, in upper case, stands so many tokens ahead.
    func has(_ word: StaticString, at distance: Int = 0) -> Bool {
      guard distance >= 0, distance < tokens.count else { return false }
      let token = tokens[tokens.startIndex + distance]
      guard token.kind == .word, token.end - token.start == word.utf8CodeUnitCount else {
        return false
      }
      for offset in 0..<word.utf8CodeUnitCount {
        let byte = bytes[token.start + offset]
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        guard (isLetter ? byte & ~0x20 : byte) == word.utf8Start[offset] else { return false }
      }
      return true
    }

    /// Steps over the words where they come next, one after the other.
    mutating func accept(_ words: StaticString...) -> Bool {
      for (distance, word) in words.enumerated() where !has(word, at: distance) { return false }
      tokens = tokens.dropFirst(words.count)
      return true
    }

    private func hasAny(_ words: StaticString..., at distance: Int = 0) -> Bool {
      words.contains { has($0, at: distance) }
    }

    /// Whether the word stands anywhere outside parentheses.
    private func contains(_ word: StaticString) -> Bool { outside { $0.has(word) } }

    /// Whether the words stand anywhere outside parentheses, one after the other.
    private func contains(_ first: StaticString, _ second: StaticString) -> Bool {
      outside { $0.has(first) && $0.has(second, at: 1) }
    }

    private func outside(_ matches: (Words) -> Bool) -> Bool {
      var depth = 0
      for place in tokens.indices {
        let token = tokens[place]
        if token.kind == .symbol {
          if bytes[token.start] == UInt8(ascii: "(") { depth += 1 }
          if bytes[token.start] == UInt8(ascii: ")") { depth -= 1 }
        } else if depth == 0, matches(Words(bytes: bytes, tokens: tokens[place...])) {
          return true
        }
      }
      return false
    }

    /// Whether the option stands in the statement's first parentheses and is not switched off.
    private func hasOption(_ option: StaticString) -> Bool {
      guard
        let place = tokens.indices.first(where: { place in
          Words(bytes: bytes, tokens: tokens[place...]).has(option)
        })
      else { return false }
      var rest = Words(bytes: bytes, tokens: tokens[place...].dropFirst())
      rest.skipEquals()
      return !rest.isOff
    }

    /// Whether the option is set to a value that means no.
    private func switchesOff(_ option: StaticString) -> Bool {
      tokens.indices.contains { place in
        var rest = Words(bytes: bytes, tokens: tokens[place...])
        guard rest.accept(option) else { return false }
        rest.skipEquals()
        return rest.isOff
      }
    }

    /// Steps over `(VERBOSE, ...)`.
    fileprivate mutating func skipParentheses() {
      guard let first = tokens.first, first.kind == .symbol,
        bytes[first.start] == UInt8(ascii: "(")
      else { return }
      tokens = tokens.drop { $0.kind != .symbol || bytes[$0.start] != UInt8(ascii: ")") }
      tokens = tokens.dropFirst()
    }

    private mutating func skipEquals() {
      if let token = tokens.first, token.kind == .symbol, bytes[token.start] == UInt8(ascii: "=") {
        tokens = tokens.dropFirst()
      }
    }

    private var isOff: Bool {
      guard let token = tokens.first else { return false }
      return ["off", "false", "no", "none", "0", "'off'", "'false'", "'no'", "'0'"].contains(
        Self.text(bytes, token).lowercased())
    }
  }
}

extension PostgreSQL.Words {
  var kind: PostgreSQL.Script.Kind {
    if hasAny("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SECURITY") {
      return .definition
    }
    if hasAny("REINDEX", "CLUSTER", "REASSIGN", "IMPORT", "REFRESH") { return .definition }
    if hasAny("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY") { return .data }
    if has("WITH") { return changesDataBehindWith ? .data : .other }
    if has("ROLLBACK") {
      return has("TO", at: 1) || has("TO", at: 2)
        ? .savepoint : has("PREPARED", at: 1) ? .other : .transaction
    }
    if has("COMMIT") { return has("PREPARED", at: 1) ? .other : .transaction }
    if hasAny("BEGIN", "END", "ABORT") { return .transaction }
    if hasAny("START", "PREPARE"), has("TRANSACTION", at: 1) { return .transaction }
    if hasAny("SAVEPOINT", "RELEASE") { return .savepoint }
    if hasAny("SET", "RESET", "DISCARD") { return .session }
    return hasAny("DO", "CALL", "EXECUTE") ? .procedural : .other
  }

  private var changesDataBehindWith: Bool {
    tokens.indices.dropFirst().contains { place in
      let token = tokens[place - 1]
      let opens =
        token.kind == .symbol
        && [UInt8(ascii: "("), UInt8(ascii: ")")].contains(bytes[token.start])
      let rest = PostgreSQL.Words(bytes: bytes, tokens: tokens[place...])
      return opens && rest.hasAny("INSERT", "UPDATE", "DELETE", "MERGE")
    }
  }

  /// `COPY ... FROM stdin`
  var readsStandardInput: Bool { has("COPY") && contains("FROM", "STDIN") }

  /// What `SET standard_conforming_strings` does to strings from here on.
  var escapesInStrings: Bool? {
    var words = self
    guard words.accept("SET") else { return nil }
    _ = words.accept("SESSION") || words.accept("LOCAL")
    guard words.accept("STANDARD_CONFORMING_STRINGS") else { return nil }
    if !words.accept("TO") { words.skipEquals() }
    return words.isOff
  }

  /// What may run outside of a transaction and reaches nothing but its database. A list of what is
  /// harmless, so that a new statement is not.
  var staysInDatabase: Bool {
    var words = self
    if words.hasAny("VACUUM", "CLUSTER", "REINDEX", "DISCARD") { return true }
    if words.hasAny("COMMIT", "ROLLBACK") { return words.has("PREPARED", at: 1) }
    if words.accept("CREATE") {
      _ = words.accept("UNIQUE")
      return words.has("INDEX")
    }
    if words.accept("DROP") { return words.has("INDEX") }
    return words.accept("ALTER") && words.hasAny("TABLE", "TYPE")
  }

  var takesNoTransaction: Bool {
    var words = self
    if words.accept("CREATE") {
      if words.hasAny("DATABASE", "TABLESPACE") { return true }
      if words.has("SUBSCRIPTION") {
        return !["CONNECT", "CREATE_SLOT", "SLOT_NAME"].contains { words.switchesOff($0) }
      }
      _ = words.accept("UNIQUE")
      return words.accept("INDEX", "CONCURRENTLY")
    }
    if words.accept("DROP") {
      return words.hasAny("DATABASE", "TABLESPACE", "SUBSCRIPTION")
        || words.accept("INDEX", "CONCURRENTLY")
    }
    if words.accept("ALTER") { return words.isBannedAlteration }
    if words.accept("REINDEX") {
      if words.hasOption("CONCURRENTLY") { return true }
      words.skipParentheses()
      return words.hasAny("DATABASE", "SYSTEM", "SCHEMA")
    }
    // Of one table it may; of all of them, not.
    if words.accept("CLUSTER") {
      words.skipParentheses()
      _ = words.accept("VERBOSE")
      return words.tokens.isEmpty
    }
    if words.accept("DISCARD") { return words.has("ALL") }
    if words.hasAny("COMMIT", "ROLLBACK") { return words.has("PREPARED", at: 1) }
    return words.has("VACUUM")
  }

  private var isBannedAlteration: Bool {
    var words = self
    if words.has("SYSTEM") { return true }
    if words.accept("DATABASE") { return words.contains("SET", "TABLESPACE") }
    if words.accept("TABLE") {
      return words.contains("DETACH", "PARTITION") && words.contains("CONCURRENTLY")
    }
    guard words.accept("SUBSCRIPTION") else { return false }
    if words.contains("REFRESH") { return true }
    let changes = ["SET", "ADD", "DROP"].contains { words.contains($0, "PUBLICATION") }
    return changes && !words.switchesOff("REFRESH")
  }
}
