import SchemaModel

/// A line for people: text from anywhere, with colours around some of it.
///
/// Whatever stands in it is made visible when it is printed, and only what `Style` adds reaches a
/// terminal as it is: no text can bring colours, line breaks or a direction of its own.
struct Line: ExpressibleByStringInterpolation, Sendable {
  fileprivate struct Piece: Sendable {
    var text: String
    /// The parameter of the terminal's SGR sequence; nil for plain text.
    var code: String?
  }

  private var pieces: [Piece]

  init(_ text: String, code: String? = nil) { pieces = [Piece(text: text, code: code)] }
  init(stringLiteral text: String) { self.init(text) }
  init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(Piece(text: literal)) }
    }
    mutating func appendInterpolation(_ line: Line) { pieces += line.pieces }
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      pieces.append(Piece(text: value.description))
    }
  }

  var isEmpty: Bool { pieces.allSatisfy(\.text.isEmpty) }

  /// As it is printed.
  func rendered(isColored: Bool) -> String {
    pieces.map { piece in
      let text = VisibleText.line(piece.text)
      guard isColored, let code = piece.code, !text.isEmpty else { return text }
      return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }.joined()
  }

  /// Fields with two blanks between them; empty ones are left out.
  static func fields(_ fields: [Line]) -> Line {
    var line = Line("")
    for field in fields where !field.isEmpty {
      if !line.isEmpty { line.pieces.append(Piece(text: "  ")) }
      line.pieces += field.pieces
    }
    return line
  }

  static func + (left: Line, right: Line) -> Line {
    var line = left
    line.pieces += right.pieces
    return line
  }
}

/// The words of a failure: what is put into them stays on its line, and only a line break that is
/// written in the source of Strata is one.
struct Message: ExpressibleByStringInterpolation, Sendable, CustomStringConvertible {
  private(set) var description: String

  init(stringLiteral text: String) { description = text }
  init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

  /// An error whose own lines are Strata's, and which sets in what it quotes.
  init(of error: any Error) { description = Exit.message(error) }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ message: Message) { text += message.description }
    mutating func appendInterpolation(_ error: any Error) { text += Exit.message(error) }
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      text += VisibleText.line(value.description)
    }
  }

  static func + (left: Message, right: Message) -> Message {
    var message = left
    message.description += right.description
    return message
  }
}
