internal import FileSystem
public import SchemaModel

/// Why a workflow ended before its end: what was expected, what was found, the next step. What was
/// changed until then is said in the words; most end with nothing changed.
///
/// A workflow throws the errors of the rooms below as well, as they are: `HistoryError`,
/// `FolderError`, `GraphError`, `ImportError`, `FileError` and the engines' own. `FaultKind(of:)` has
/// one answer for all.
public struct WorkflowError: ClassifiedError, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is.
  public var fault: FaultKind
  /// Lines of Strata's own; what is quoted in them is made visible.
  public var description: String

  /// With words whose quotations are made visible.
  public init(_ fault: FaultKind, _ message: Message) {
    self.fault = fault
    description = message.description
  }

  /// Of what was given.
  public static func input(_ text: Message) -> WorkflowError { WorkflowError(.input, text) }
  /// Of the store.
  public static func damaged(_ text: Message) -> WorkflowError { WorkflowError(.damaged, text) }
  /// Of a harm that is not done.
  public static func refused(_ text: Message) -> WorkflowError { WorkflowError(.refused, text) }
  /// Of a name that is no path: empty, or with a NUL.
  static func notAPath(_ name: String) -> WorkflowError {
    .input("expected the name of a file or a folder, found '\(name)'; nothing was changed")
  }
  /// Of an engine or a tool.
  public static func engine(_ text: Message) -> WorkflowError { WorkflowError(.engine, text) }
}

extension FaultKind {
  /// Whose fault an error is that a workflow or a question threw. What says nothing of itself is the
  /// engine's: something that was called failed.
  public init(of error: any Error) {
    switch error {
    case let error as any ClassifiedError: self = error.fault
    case let error as FileError:
      self = error.isOfThePlace ? .input : .refused
    default: self = .engine
    }
  }
}
