import SchemaModel

/// How a name of a revision is written: a name, and steps back from what it names, as git has them.
struct RevisionExpression {
  enum Step {
    /// `~N`: so often to the first parent.
    case back(Int)
    /// `^N`: to the parent of that number, from 1; 0 stays.
    case parent(Int)
  }

  let name: String
  let steps: [Step]

  /// Nil for a name without steps.
  init?(_ text: String) {
    var start = text.startIndex
    while let mark = text[start...].firstIndex(where: { $0 == "~" || $0 == "^" }) {
      if mark != text.startIndex, let steps = Self.steps(text[mark...]) {
        name = String(text[..<mark])
        self.steps = steps
        return
      }
      start = text.index(after: mark)
    }
    return nil
  }

  /// Whether an id that ends so would be read as another revision's name with steps.
  static func hasSteps(_ text: String) -> Bool { RevisionExpression(text) != nil }

  private static func steps(_ text: Substring) -> [Step]? {
    var rest = text
    var steps: [Step] = []
    while let mark = rest.popFirst() {
      guard mark == "~" || mark == "^" else { return nil }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest[digits.endIndex...]
      guard let count = digits.isEmpty ? 1 : Int(digits) else { return nil }
      steps.append(mark == "~" ? .back(count) : .parent(count))
    }
    return steps
  }
}

/// `A..B`, which is from A to B; without A from the empty schema, without B to the head.
public struct RevisionRange: Sendable {
  /// Nil for the empty schema.
  public let from: String?
  /// Nil for the head.
  public let to: String?

  /// Nil for a text that is none.
  public init?(_ text: String) {
    // Of bytes: a combining mark behind a dot makes another character of it.
    guard let dots = text.utf8.indices.first(where: { text.utf8[$0...].starts(with: "..".utf8) })
    else { return nil }
    let (from, to) = (text[..<dots], text.utf8[dots...].dropFirst(2))
    self.from = from.isEmpty ? nil : String(from)
    self.to = to.isEmpty ? nil : String(Substring(to))
  }
}
