internal import SchemaModel

extension PostgreSQL {
  /// A script cut into its statements, as psql cuts it: not within quotes, comments, parentheses,
  /// dollar quotes and `BEGIN ATOMIC ... END`.
  public struct Script: Sendable {
    /// One statement as it is written, without the semicolon that ends it and the comments before.
    public struct Statement: Hashable, Sendable {
      /// Without the semicolon and the comments before it; those within it stay.
      public var sql: String
      /// The line of its first word; 1 is the first.
      public var line: Int
      public var kind: Kind
      /// Whether it is refused inside a transaction block.
      public var takesNoTransaction = false
      /// Whether a statement that no transaction block may hold does all its work in the database
      /// that it runs in. Of others it says nothing.
      public var staysInDatabase = true
      /// The rows of a `COPY ... FROM stdin`, without the line `\.` that ends them.
      public var copyData: String?
    }

    /// What a statement does, by its first words.
    public enum Kind: Hashable, Sendable {
      /// CREATE, ALTER, DROP, COMMENT, GRANT and their like.
      case definition
      /// INSERT, UPDATE, DELETE, MERGE, TRUNCATE or COPY, also behind WITH.
      case data
      /// BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT or PREPARE TRANSACTION.
      case transaction
      /// SAVEPOINT, RELEASE or ROLLBACK TO.
      case savepoint
      /// SET, RESET or DISCARD.
      case session
      /// DO, CALL or EXECUTE: anything may come of it.
      case procedural
      /// SELECT and the rest; a function that it calls may change anything, too.
      case other
      /// `\i file`: no SQL. The server takes none of them; see `refusal`.
      case psqlCommand
    }

    /// A psql command that Strata does not carry out.
    public struct Refusal: Hashable, Sendable {
      /// The line of the backslash; 1 is the first.
      public var line: Int
      /// `\\i: it reads another file; ...`
      public var message: String
    }

    /// In their order; empty statements are left out.
    public let statements: [Statement]
    /// The first command that is refused; nil where the whole script can run.
    public let refusal: Refusal?

    public init(_ text: String) {
      var splitter = Splitter(text)
      splitter.split()
      statements = splitter.statements
      refusal = splitter.refusal
    }

    /// Whether the script begins or ends transactions itself.
    public var controlsTransactions: Bool { statements.contains { $0.kind == .transaction } }

    /// Whether a statement is refused inside a transaction block.
    public var hasNonTransactional: Bool { statements.contains(where: \.takesNoTransaction) }
  }

  private struct Splitter {
    private var scanner: Scanner
    private var tokens: [Token] = []
    private var parentheses = 0
    /// Open BEGIN ATOMIC and CASE within a routine's body.
    private var blocks = 0
    private var waitingCopies: [Int] = []
    private var line = 1
    private var lineOffset = 0
    private(set) var statements: [Script.Statement] = []
    private(set) var refusal: Script.Refusal?

    init(_ text: String) { scanner = Scanner(text) }

    mutating func split() {
      while let token = scanner.next() {
        switch token.kind {
        case .copyData:
          guard !waitingCopies.isEmpty else { continue }
          statements[waitingCopies.removeFirst()].copyData = Words.text(scanner.bytes, token)
        case .psqlCommand: psqlCommand(token)
        case .symbol: symbol(token)
        case .word:
          tokens.append(token)
          countBlocks()
        default: tokens.append(token)
        }
      }
      finish()
    }

    private mutating func symbol(_ token: Token) {
      switch scanner.bytes[token.start] {
      case UInt8(ascii: "("): parentheses += 1
      case UInt8(ascii: ")"): parentheses = max(0, parentheses - 1)
      case UInt8(ascii: ";") where parentheses == 0 && blocks == 0:
        finish()
        return
      default: break
      }
      tokens.append(token)
    }

    /// The same heuristic as psql's, but that a body begins with ATOMIC.
    private mutating func countBlocks() {
      guard parentheses == 0 else { return }
      let words = Words(bytes: scanner.bytes, tokens: tokens[...])
      let last = tokens.count - 1
      if blocks > 0 {
        if words.has("CASE", at: last) { blocks += 1 }
        if words.has("END", at: last) { blocks -= 1 }
      } else if words.has("ATOMIC", at: last), words.has("BEGIN", at: last - 1) {
        var words = words
        guard words.accept("CREATE") else { return }
        _ = words.accept("OR", "REPLACE")
        if words.has("FUNCTION") || words.has("PROCEDURE") { blocks = 1 }
      }
    }

    private mutating func finish() {
      defer {
        tokens = []
        parentheses = 0
        blocks = 0
      }
      guard let first = tokens.first, let last = tokens.last else { return }
      let words = Words(bytes: scanner.bytes, tokens: tokens[...])
      statements.append(
        Script.Statement(
          sql: Words.text(scanner.bytes, Token(kind: .symbol, start: first.start, end: last.end)),
          line: line(at: first.start), kind: words.kind,
          takesNoTransaction: words.takesNoTransaction,
          staysInDatabase: words.staysInDatabase))
      if words.readsStandardInput {
        scanner.pendingCopies += 1
        waitingCopies.append(statements.count - 1)
      }
      if let escapes = words.escapesInStrings { scanner.escapesInStrings = escapes }
    }

    private mutating func psqlCommand(_ token: Token) {
      let text = Words.text(scanner.bytes, token)
      guard let why = PsqlCommand.refusal(text) else { return }
      let line = line(at: token.start)
      statements.append(Script.Statement(sql: text, line: line, kind: .psqlCommand))
      if refusal == nil { refusal = Script.Refusal(line: line, message: why) }
    }

    private mutating func line(at target: Int) -> Int {
      // A statement around a command of psql's is told after it, and begins before it.
      while lineOffset > target {
        lineOffset -= 1
        if scanner.bytes[lineOffset] == 0x0A { line -= 1 }
      }
      while lineOffset < target, lineOffset < scanner.bytes.count {
        if scanner.bytes[lineOffset] == 0x0A { line += 1 }
        lineOffset += 1
      }
      return line
    }
  }
}
