internal import SchemaModel

extension SQLite {
  /// A script cut into its statements.
  public struct Script: Sendable {
    /// One statement as it is written, without the semicolon that ends it and the comments before.
    public struct Statement: Hashable, Sendable {
      /// Without the semicolon and the comments before it; those within it stay.
      public var sql: String
      /// The line of its first word; 1 is the first.
      public var line: Int
      public var kind: Kind
    }

    /// What a statement does, by its first words.
    public enum Kind: Hashable, Sendable {
      /// CREATE, DROP or ALTER.
      case definition
      /// INSERT, UPDATE, DELETE or REPLACE, also behind WITH.
      case data
      /// BEGIN, COMMIT, END or ROLLBACK of a whole transaction.
      case transaction
      /// SAVEPOINT, RELEASE or ROLLBACK TO.
      case savepoint
      case pragma
      /// VACUUM, ATTACH, DETACH and `PRAGMA journal_mode`: no transaction may hold them.
      case maintenance
      /// SELECT and the rest.
      case other
    }

    /// In their order; empty statements are left out.
    public let statements: [Statement]

    /// Cuts any text: what is not closed ends with the text, and what is no SQL is left to SQLite
    /// to refuse.
    public init(_ text: String) {
      let tokens = Tokens(text)
      var statements: [Statement] = []
      var lines = LineCounter(bytes: tokens.bytes)
      for range in Script.ranges(tokens) {
        let reader = Reader(tokens, range)
        guard let first = tokens.list[range].first else { continue }
        statements.append(
          Statement(
            sql: reader.slice(range), line: lines.line(at: first.start),
            kind: Script.kind(reader)))
      }
      self.statements = statements
    }

    /// Whether the script begins, ends or forbids transactions itself.
    public var controlsTransactions: Bool {
      statements.contains { $0.kind == .transaction || $0.kind == .maintenance }
    }

    /// Whether a failure leaves nothing of it, run statement by statement as it is written: one
    /// statement, or one transaction from its first statement to its last.
    public var undoesItself: Bool {
      guard let first = statements.first, let last = statements.last else { return true }
      if statements.count == 1 { return [.definition, .data, .other].contains(first.kind) }
      func word(_ statement: Statement) -> String {
        statement.sql.prefix { $0.isLetter }.uppercased()
      }
      return word(first) == "BEGIN" && ["COMMIT", "END"].contains(word(last))
        && statements.dropFirst().dropLast().allSatisfy {
          $0.kind != .transaction && $0.kind != .maintenance
        }
    }

    /// Whether the connection that ran it may be another than before: a setting, a temporary table.
    public var leavesTraces: Bool {
      statements.contains {
        $0.kind == .pragma || $0.kind == .maintenance || $0.sql.lowercased().contains("temp")
      }
    }

    /// What one statement does.
    public static func kind(of sql: String) -> Kind { kind(Reader(sql)) }

    static func kind(of tokens: Tokens) -> Kind { kind(Reader(tokens)) }

    private static func ranges(_ tokens: Tokens) -> [Range<Int>] {
      var ranges: [Range<Int>] = []
      var start = 0
      var isTrigger = false
      for (index, token) in tokens.list.enumerated() {
        if index == start { isTrigger = self.isTrigger(Reader(tokens, start..<tokens.list.count)) }
        guard tokens.isSymbol(token, ";") else { continue }
        // A trigger ends with an END that stands alone: the END of a CASE follows no semicolon.
        if isTrigger,
          !(index >= start + 2 && tokens.isWord(tokens.list[index - 1], "END")
            && tokens.isSymbol(tokens.list[index - 2], ";"))
        {
          continue
        }
        if index > start { ranges.append(start..<index) }
        start = index + 1
      }
      if start < tokens.list.count { ranges.append(start..<tokens.list.count) }
      return ranges
    }

    private static func isTrigger(_ reader: Reader) -> Bool {
      var reader = reader
      _ = reader.accept("EXPLAIN", "QUERY", "PLAN") || reader.accept("EXPLAIN")
      guard reader.accept("CREATE") else { return false }
      _ = reader.accept("TEMP") || reader.accept("TEMPORARY")
      return reader.accept("TRIGGER")
    }

    private static func kind(_ reader: Reader) -> Kind {
      var reader = reader
      if reader.isWord("WITH") { reader.skipCommonTables() }
      func isAny(_ words: StaticString...) -> Bool { words.contains { reader.isWord($0) } }
      if isAny("CREATE", "DROP", "ALTER") { return .definition }
      if isAny("INSERT", "UPDATE", "DELETE", "REPLACE") { return .data }
      if isAny("ROLLBACK") {
        return reader.isWord("TO", at: 1) || reader.isWord("TO", at: 2) ? .savepoint : .transaction
      }
      if isAny("BEGIN", "COMMIT", "END") { return .transaction }
      if isAny("SAVEPOINT", "RELEASE") { return .savepoint }
      if reader.accept("PRAGMA") {
        return reader.qualifiedName().map { folded($0.name) } == "journal_mode"
          ? .maintenance : .pragma
      }
      return isAny("VACUUM", "ATTACH", "DETACH") ? .maintenance : .other
    }
  }

  /// Lines of rising offsets, counted once.
  private struct LineCounter {
    let bytes: [UInt8]
    var offset = 0
    var line = 1

    mutating func line(at target: Int) -> Int {
      while offset < target, offset < bytes.count {
        if bytes[offset] == 0x0A { line += 1 }
        offset += 1
      }
      return line
    }
  }
}

extension SQLite.Reader {
  /// Steps over `WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (select), ...`.
  mutating func skipCommonTables() {
    guard accept("WITH") else { return }
    _ = accept("RECURSIVE")
    repeat {
      _ = name()
      _ = parenthesized()
      _ = accept("AS")
      _ = accept("NOT")
      _ = accept("MATERIALIZED")
      _ = parenthesized()
    } while accept(symbol: ",")
  }
}
