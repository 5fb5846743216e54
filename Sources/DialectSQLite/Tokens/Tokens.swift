internal import SchemaModel

extension SQLite {
  /// One token of SQLite's SQL: a kind and a range of bytes.
  package struct Token: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
      /// A keyword or a bare name.
      case word
      /// A name in `"..."`, `` `...` `` or `[...]`.
      case quotedName
      /// `'...'`
      case string
      case number
      /// `x'...'`
      case blob
      case parameter
      /// One byte of punctuation or an operator, and every byte that is no SQL at all.
      case symbol
    }

    package var kind: Kind
    /// The offset of its first byte in the text.
    package var start: Int
    /// The offset behind its last byte.
    package var end: Int
  }

  /// The tokens of a text, without white space and comments. Any bytes have tokens: what is no SQL
  /// becomes symbols, and what is not closed ends with the text.
  package struct Tokens: Sendable {
    /// The text as UTF-8; tokens are ranges of it.
    package let bytes: [UInt8]
    /// In the order of the text.
    package let list: [Token]

    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    package init(bytes: [UInt8]) {
      self.bytes = bytes
      list = bytes.withUnsafeBufferPointer { buffer in
        var scanner = Scanner(bytes: buffer)
        var list: [Token] = []
        list.reserveCapacity(buffer.count / 4)
        while let token = scanner.next() { list.append(token) }
        return list
      }
    }

    /// The bytes of a token as they are written.
    package func text(_ token: Token) -> String { text(token.start..<token.end) }

    func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    /// What the token names: quotes off, doubled quotes single. Strings are names too, as SQLite
    /// has it.
    package func name(_ token: Token) -> String {
      guard token.kind == .quotedName || token.kind == .string else { return text(token) }
      let open = bytes[token.start]
      let close = open == UInt8(ascii: "[") ? UInt8(ascii: "]") : open
      var result: [UInt8] = []
      var index = token.start + 1
      while index < token.end {
        let byte = bytes[index]
        if byte == close {
          guard close != UInt8(ascii: "]"), index + 1 < token.end else { break }
          index += 1
        }
        result.append(byte)
        index += 1
      }
      return String(decoding: result, as: UTF8.self)
    }

    /// Whether the token is this bare word; `word` is in upper case.
    func isWord(_ token: Token, _ word: StaticString) -> Bool {
      guard token.kind == .word, token.end - token.start == word.utf8CodeUnitCount else {
        return false
      }
      let start = word.utf8Start
      for offset in 0..<word.utf8CodeUnitCount
      where SQLite.lowercase(bytes[token.start + offset]) != SQLite.lowercase(start[offset]) {
        return false
      }
      return true
    }

    func isSymbol(_ token: Token, _ symbol: Unicode.Scalar) -> Bool {
      token.kind == .symbol && bytes[token.start] == UInt8(ascii: symbol)
    }
  }

  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var offset = 0

    mutating func next() -> Token? {
      skipSpace()
      guard offset < bytes.count else { return nil }
      let start = offset
      let kind = scan(bytes[offset])
      offset = min(max(offset, start + 1), bytes.count)
      return Token(kind: kind, start: start, end: offset)
    }

    private func peek(_ distance: Int = 1) -> UInt8 {
      offset + distance < bytes.count ? bytes[offset + distance] : 0
    }

    private mutating func skipSpace() {
      while offset < bytes.count {
        switch bytes[offset] {
        case 0x20, 0x09, 0x0A, 0x0C, 0x0D: offset += 1
        case UInt8(ascii: "-") where peek() == UInt8(ascii: "-"):
          while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
        case UInt8(ascii: "/") where peek() == UInt8(ascii: "*"): skipBlockComment()
        // A byte order mark is white space to SQLite.
        case 0xEF where peek() == 0xBB && peek(2) == 0xBF: offset += 3
        default: return
        }
      }
    }

    private mutating func skipBlockComment() {
      offset += 2
      while offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") {
          offset += 2
          return
        }
        offset += 1
      }
    }

    private mutating func scan(_ byte: UInt8) -> Token.Kind {
      switch byte {
      case UInt8(ascii: "'"):
        quoted(until: byte)
        return .string
      case UInt8(ascii: "\""), UInt8(ascii: "`"):
        quoted(until: byte)
        return .quotedName
      case UInt8(ascii: "["):
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "]") { offset += 1 }
        offset += 1
        return .quotedName
      case UInt8(ascii: "x") where peek() == 0x27, UInt8(ascii: "X") where peek() == 0x27:
        offset += 1
        quoted(until: 0x27)
        return .blob
      case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
      case UInt8(ascii: ".") where Self.isDigit(peek()): return number()
      case UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "$"),
        UInt8(ascii: "#"):
        offset += 1
        while offset < bytes.count, Self.isNamePart(bytes[offset]) { offset += 1 }
        return .parameter
      default:
        guard Self.isNamePart(byte) else { return .symbol }
        while offset < bytes.count, Self.isNamePart(bytes[offset]) { offset += 1 }
        return .word
      }
    }

    private mutating func quoted(until close: UInt8) {
      offset += 1
      while offset < bytes.count {
        if bytes[offset] == close {
          offset += 1
          guard offset < bytes.count, bytes[offset] == close else { return }
        }
        offset += 1
      }
    }

    private mutating func number() -> Token.Kind {
      while offset < bytes.count {
        let byte = bytes[offset]
        let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        let isExponent =
          isSign && offset > 0 && SQLite.lowercase(bytes[offset - 1]) == UInt8(ascii: "e")
          && Self.isDigit(peek())
        guard Self.isNamePart(byte) || byte == UInt8(ascii: ".") || isExponent else { break }
        offset += 1
      }
      return .number
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
      let lower = SQLite.lowercase(byte)
      return byte >= 0x80 || isDigit(byte) || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: "$") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
    }
  }
}
