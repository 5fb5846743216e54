import SchemaModel

/// Answers what a workflow cannot decide by itself. A workflow without one takes nobody to be there,
/// and is refused where an answer is needed.
public protocol Respondent: Sendable {
  /// One of the question's choices; nil where none is made: the workflow is refused then, with
  /// nothing changed.
  /// - Throws: ends the workflow with this error, with nothing changed.
  func answer<Choice>(_ question: Question<Choice>) throws -> Choice?
}

/// A question with a few answers.
public struct Question<Choice: Sendable>: Sendable {
  /// One way to answer.
  public struct Answer: Sendable {
    /// What is chosen by it.
    public var choice: Choice
    /// Words that mean it, the shortest first: `y`, `yes`.
    public var words: [String]

    public init(_ choice: Choice, words: [String]) {
      self.choice = choice
      self.words = words
    }
  }

  /// What is so, and what is asked, in one line that names the words of the answers.
  public var text: String
  /// At least two, in the order in which they are offered.
  public var answers: [Answer]

  public init(_ text: String, answers: [Answer]) {
    self.text = text
    self.answers = answers
  }
}
