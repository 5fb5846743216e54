internal import SchemaModel

extension PostgreSQL {
  /// One token of PostgreSQL's SQL, as psql tells them apart: a kind and a range of bytes.
  package struct Token: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
      /// A keyword or a bare name.
      case word
      /// `"..."`
      case quotedName
      /// `'...'`, `E'...'` or `$tag$...$tag$`.
      case string
      case number
      /// `$1`
      case parameter
      /// A backslash, a name and what follows it up to the next backslash or the line's end: a
      /// command to psql, no SQL.
      case psqlCommand
      /// What stands between COPY ... FROM stdin and `\.`
      case copyData
      /// One byte of punctuation or of an operator, and every byte that is no SQL at all.
      case symbol
    }

    package var kind: Kind
    /// The offset of its first byte in the text.
    package var start: Int
    /// The offset behind its last byte.
    package var end: Int
  }

  /// Cuts text into tokens, one at a time. Any bytes have tokens, and what is not closed ends with
  /// the text.
  struct Scanner {
    let bytes: [UInt8]
    var offset = 0
    /// As `standard_conforming_strings = off` has it: a backslash escapes in every string.
    var escapesInStrings = false
    /// COPY statements on this line whose rows begin on the next one.
    var pendingCopies = 0

    init(_ text: String) {
      bytes = Array(text.utf8)
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func next() -> Token? {
      if let rows = skipSpace() { return rows }
      guard offset < bytes.count else { return nil }
      let start = offset
      let kind = scan(bytes[offset])
      offset = min(max(offset, start + 1), bytes.count)
      return Token(kind: kind, start: start, end: offset)
    }

    private func peek(_ distance: Int = 1) -> UInt8 {
      offset + distance < bytes.count ? bytes[offset + distance] : 0
    }

    /// Rows of a COPY where a line's end was stepped over that they follow.
    private mutating func skipSpace() -> Token? {
      while offset < bytes.count {
        switch bytes[offset] {
        case 0x0A:
          offset += 1
          if pendingCopies > 0 { return copyData() }
        case 0x20, 0x09, 0x0B, 0x0C, 0x0D: offset += 1
        case UInt8(ascii: "-") where peek() == UInt8(ascii: "-"): skipLine()
        case UInt8(ascii: "/") where peek() == UInt8(ascii: "*"): skipComment()
        default: return nil
        }
      }
      return nil
    }

    private mutating func skipLine() {
      while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
    }

    private mutating func skipComment() {
      var depth = 0
      repeat {
        if bytes[offset] == UInt8(ascii: "/"), peek() == UInt8(ascii: "*") {
          depth += 1
          offset += 2
        } else if bytes[offset] == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") {
          depth -= 1
          offset += 2
        } else {
          offset += 1
        }
      } while depth > 0 && offset < bytes.count
    }

    /// Up to the line `\.`, which is stepped over and no part of the rows.
    private mutating func copyData() -> Token {
      pendingCopies -= 1
      let start = offset
      while offset < bytes.count {
        let lineStart = offset
        skipLine()
        var line = bytes[lineStart..<offset]
        if line.last == 0x0D { line = line.dropLast() }
        if line.elementsEqual([UInt8(ascii: "\\"), UInt8(ascii: ".")]) {
          return Token(kind: .copyData, start: start, end: lineStart)
        }
        if offset < bytes.count { offset += 1 }
      }
      return Token(kind: .copyData, start: start, end: offset)
    }

    private mutating func scan(_ byte: UInt8) -> Token.Kind {
      switch byte {
      case UInt8(ascii: "'"):
        string(escapes: escapesInStrings)
        return .string
      case UInt8(ascii: "e") where peek() == 0x27, UInt8(ascii: "E") where peek() == 0x27:
        offset += 1
        string(escapes: true)
        return .string
      case UInt8(ascii: "\""):
        quoted(escapes: false)
        return .quotedName
      case UInt8(ascii: "$"): return dollar()
      case UInt8(ascii: "\\"):
        psqlCommand()
        return .psqlCommand
      case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
      case UInt8(ascii: ".") where Self.isDigit(peek()): return number()
      default:
        guard Self.isNameStart(byte) else { return .symbol }
        while offset < bytes.count, Self.isNamePart(bytes[offset]) { offset += 1 }
        return .word
      }
    }

    /// What a command takes as its arguments, as psql has it: up to the line's end, or to a backslash
    /// outside of quotes, which begins the next command. `\\` ends the arguments, and SQL goes on
    /// behind it. `\h` takes all of its line.
    private mutating func psqlCommand() {
      offset += 1
      let start = offset
      while offset < bytes.count, bytes[offset] > 0x20, bytes[offset] != UInt8(ascii: "\\") {
        offset += 1
      }
      let takesLine = bytes[start..<offset].elementsEqual("h".utf8)
      var quote: UInt8?
      while offset < bytes.count, bytes[offset] != 0x0A {
        let byte = bytes[offset]
        if let open = quote {
          if byte == open { quote = nil }
          // Within single quotes it escapes.
          if byte == UInt8(ascii: "\\"), open == 0x27, peek() != 0x0A { offset += 1 }
        } else if [0x27, UInt8(ascii: "\""), UInt8(ascii: "`")].contains(byte) {
          quote = byte
        } else if byte == UInt8(ascii: "\\"), !takesLine {
          if peek() == UInt8(ascii: "\\") { offset += 2 }
          return
        }
        offset += 1
      }
      offset = min(offset, bytes.count)
      if offset > start, bytes[offset - 1] == 0x0D { offset -= 1 }
    }

    /// A string with its continuations on later lines, which escape as its beginning does.
    private mutating func string(escapes: Bool) {
      quoted(escapes: escapes)
      guard escapes else { return }
      while true {
        let end = offset
        var hasNewline = false
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(bytes[offset]) {
          if bytes[offset] == 0x0A || bytes[offset] == 0x0D { hasNewline = true }
          offset += 1
        }
        guard hasNewline, offset < bytes.count, bytes[offset] == 0x27 else {
          offset = end
          return
        }
        quoted(escapes: true)
      }
    }

    private mutating func quoted(escapes: Bool) {
      let close = bytes[offset]
      offset += 1
      while offset < bytes.count {
        let byte = bytes[offset]
        offset += 1
        if byte == UInt8(ascii: "\\"), escapes {
          offset += 1
        } else if byte == close {
          guard offset < bytes.count, bytes[offset] == close else { return }
          offset += 1
        }
      }
      offset = min(offset, bytes.count)
    }

    private mutating func dollar() -> Token.Kind {
      var end = offset + 1
      if Self.isDigit(peek()) {
        while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 }
        offset = end
        return .parameter
      }
      while end < bytes.count, bytes[end] != UInt8(ascii: "$"), Self.isNamePart(bytes[end]) {
        end += 1
      }
      guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return .symbol }
      let tag = bytes[offset...end]
      offset = end + 1
      while offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "$"), bytes[offset...].starts(with: tag) {
          offset += tag.count
          return .string
        }
        offset += 1
      }
      return .string
    }

    private mutating func number() -> Token.Kind {
      while offset < bytes.count {
        let byte = bytes[offset]
        let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        let isExponent = isSign && bytes[offset - 1] | 0x20 == UInt8(ascii: "e")
        let isPart = Self.isNamePart(byte) && byte != UInt8(ascii: "$")
        guard isPart || byte == UInt8(ascii: ".") || (isExponent && Self.isDigit(peek())) else {
          break
        }
        offset += 1
      }
      return .number
    }

    static func isDigit(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
      byte >= 0x80 || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isNamePart(_ byte: UInt8) -> Bool {
      isNameStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
    }
  }
}
