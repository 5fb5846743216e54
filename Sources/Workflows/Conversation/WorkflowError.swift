/// Why a workflow ended before its end: what was expected, what was found, the next step. What was
/// changed until then is said in the words; most end with nothing changed.
///
/// A workflow throws the errors of the rooms below as well, as they are: `HistoryError`,
/// `FolderError`, `GraphError`, `ImportError`, `FileError` and the engines' own.
public struct WorkflowError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is: decides the exit code.
  public enum Kind: Hashable, Sendable {
    /// What was given cannot be read, or names nothing.
    case input
    /// The store, a segment or its chain is damaged.
    case damaged
    /// It would do harm, or nobody said what to do.
    case refused
    /// The engine, or a tool that is called, failed.
    case engine
  }

  /// Whose fault it is.
  public var kind: Kind
  /// Lines of Strata's own; what is quoted in them is made visible.
  public var description: String

  public init(_ kind: Kind, _ message: Message) {
    self.kind = kind
    description = message.description
  }

  /// Of what was given.
  public static func input(_ text: Message) -> WorkflowError { WorkflowError(.input, text) }
  /// Of the store.
  public static func damaged(_ text: Message) -> WorkflowError { WorkflowError(.damaged, text) }
  /// Of a harm that is not done.
  public static func refused(_ text: Message) -> WorkflowError { WorkflowError(.refused, text) }
  /// Of an engine or a tool.
  public static func engine(_ text: Message) -> WorkflowError { WorkflowError(.engine, text) }
}
