public import DialectRegistry
public import SchemaModel

/// What a workflow is surrounded by: where it runs migrations, what is remembered, who hears of it and
/// who answers.
public struct WorkflowContext: Sendable {
  /// The dialects that there are.
  public var dialects: Dialects
  /// How scratch databases are to be had, and how long a revision may take in one.
  public var scratch: ScratchOptions
  /// Where it is remembered what the user named for a store; nothing is, by itself.
  public var memory: UserMemory.Place
  /// Nil where nobody hears of it.
  public var listener: (any ProgressListener)?
  /// Nil where nobody can be asked.
  public var respondent: (any Respondent)?

  public init(
    dialects: Dialects = .standard, scratch: ScratchOptions = ScratchOptions(),
    memory: UserMemory.Place = .none,
    listener: (any ProgressListener)? = nil, respondent: (any Respondent)? = nil
  ) {
    self.dialects = dialects
    self.scratch = scratch
    self.memory = memory
    self.listener = listener
    self.respondent = respondent
  }
}
