import SchemaModel

/// A line for people: text from anywhere, with colours around some of it.
///
/// Whatever stands in it is made visible when it is printed, and only what `Style` adds reaches a
/// terminal as it is: no text can bring colours, line breaks or a direction of its own.
public struct Line: ExpressibleByStringInterpolation, Sendable {
  fileprivate struct Piece: Sendable {
    var text: String
    /// The parameter of the terminal's SGR sequence; nil for plain text.
    var code: String?
  }

  private var pieces: [Piece]

  public init(_ text: String, code: String? = nil) { pieces = [Piece(text: text, code: code)] }
  public init(stringLiteral text: String) { self.init(text) }
  /// Of a text in the source with values set in.
  public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  /// What sets values and other lines into a line.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []

    /// Empty; the counts are the compiler's guess.
    public init(literalCapacity: Int, interpolationCount: Int) {}
    /// Plain text.
    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(Piece(text: literal)) }
    }
    /// Another line, with its colours.
    public mutating func appendInterpolation(_ line: Line) { pieces += line.pieces }
    /// A value as plain text.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      pieces.append(Piece(text: value.description))
    }
  }

  /// Whether nothing is shown.
  public var isEmpty: Bool { pieces.allSatisfy(\.text.isEmpty) }

  /// As it is printed, with the colours where they are wanted.
  public func rendered(isColored: Bool) -> String {
    pieces.map { piece in
      let text = VisibleText.line(piece.text)
      guard isColored, let code = piece.code, !text.isEmpty else { return text }
      return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }.joined()
  }

  /// The same in so many columns, with `…` at its end where that is not all.
  public func fitted(to width: Int) -> Line {
    let text = pieces.map { VisibleText.line($0.text) }.joined()
    guard text.columns > width else { return self }
    var left = width - 1
    var line = Line("")
    for piece in pieces {
      let shown = VisibleText.line(piece.text).prefix(columns: left)
      left -= shown.columns
      line.pieces.append(Piece(text: shown, code: piece.code))
      if left <= 0 { break }
    }
    line.pieces.append(Piece(text: "…"))
    return line
  }

  /// Fields with two blanks between them; empty ones are left out.
  public static func fields(_ fields: [Line]) -> Line {
    var line = Line("")
    for field in fields where !field.isEmpty {
      if !line.isEmpty { line.pieces.append(Piece(text: "  ")) }
      line.pieces += field.pieces
    }
    return line
  }

  /// The one after the other, with nothing between.
  public static func + (left: Line, right: Line) -> Line {
    var line = left
    line.pieces += right.pieces
    return line
  }
}
