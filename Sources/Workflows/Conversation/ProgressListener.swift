import SchemaModel

/// Hears of a workflow while it runs. It is called on the thread that runs the workflow, and must
/// not call back into it.
///
/// Nothing depends on being heard: every warning stands in the workflow's result as well. What it
/// hears before a workflow fails is said nowhere else.
public protocol ProgressListener: Sendable {
  /// How far a part of the work is.
  func heard(_ progress: WorkProgress)
  /// The part that was heard of last is over, or stopped: what showed it can go.
  func heardEnd()
  /// Something odd that stops nothing: one line without a mark of its own.
  func heard(warning: String)
  /// Something that was done, or holds, and may not have been expected: one line.
  func heard(notice: String)
}

/// How far a part of a workflow is.
public struct WorkProgress: Hashable, Sendable {
  /// The part, in a word or two: `import`, `run again`, `prove`.
  public var title: String
  /// Steps of `total` that are behind.
  public var done: Int
  /// Steps that there are.
  public var total: Int
  /// What was just done: a revision's id, for one. May be empty.
  public var detail: String

  public init(title: String, done: Int, total: Int, detail: String = "") {
    self.title = title
    self.done = done
    self.total = total
    self.detail = detail
  }
}

/// What a workflow says on its way, for its listener and for its result.
final class Teller {
  private let listener: (any ProgressListener)?
  private(set) var warnings: [String] = []

  init(_ listener: (any ProgressListener)?) { self.listener = listener }

  func warn(_ text: String) {
    warnings.append(text)
    listener?.heard(warning: text)
  }

  func note(_ text: String) { listener?.heard(notice: text) }

  func show(_ title: String, _ done: Int, of total: Int, _ detail: String = "") {
    listener?.heard(WorkProgress(title: title, done: done, total: total, detail: detail))
  }

  func endProgress() { listener?.heardEnd() }
}
