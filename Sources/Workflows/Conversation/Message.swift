import FileSystem
import Importers
import SchemaHistory
import SchemaModel

/// The words of a failure: what is put into them stays on its line, and only a line break that is
/// written in the source of Strata is one.
public struct Message: ExpressibleByStringInterpolation, Sendable, CustomStringConvertible {
  /// One line, or the lines that were written as several.
  public private(set) var description: String

  public init(stringLiteral text: String) { description = text }
  /// Of a text in the source with values set in.
  public init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

  /// The lines of an error. Names inside it bring no lines of their own: most errors have one line,
  /// and those that quote an engine set the quotation in.
  public init(of error: any Error) {
    var text = String(describing: error)
    while text.hasSuffix("\n") { text.removeLast() }
    description =
      switch error {
      case FolderError.unparsable: text
      case is HistoryError, is FolderError, is FileError, is GraphError, is FoldError:
        VisibleText.line(text)
      default: text
      }
  }

  /// What sets values into a message: their own line breaks become visible.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    /// Empty; the counts are the compiler's guess.
    public init(literalCapacity: Int, interpolationCount: Int) {}
    /// Text of Strata's own, as it is.
    public mutating func appendLiteral(_ literal: String) { text += literal }
    /// Another message, with its lines.
    public mutating func appendInterpolation(_ message: Message) { text += message.description }
    /// An error's own lines.
    public mutating func appendInterpolation(_ error: any Error) {
      text += Message(of: error).description
    }
    /// The same for a type of them, which would else be a value like others.
    public mutating func appendInterpolation(_ error: some Error & CustomStringConvertible) {
      text += Message(of: error).description
    }
    /// A value on one line.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      text += VisibleText.line(value.description)
    }
  }

  /// The one after the other, with nothing between.
  public static func + (left: Message, right: Message) -> Message {
    var message = left
    message.description += right.description
    return message
  }
}
