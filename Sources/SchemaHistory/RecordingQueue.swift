internal import Dispatch
internal import Foundation
public import SchemaModel

/// Records revisions one after the other beside its caller, one durable transaction each: while one
/// becomes durable, the next can be tried on an engine.
///
/// Until `finish()` has returned, the history is the queue's alone.
public final class RecordingQueue {
  private let work: Work
  private let queue = DispatchQueue(label: "strata.recording")

  /// What the thread that records holds; the caller looks only when nothing is under way.
  private final class Work: @unchecked Sendable {
    let history: History
    let actor: String
    var recorded: [RecordedRevision] = []
    var failure: (any Error)?
    let isIdle = DispatchSemaphore(value: 1)

    init(_ history: History, _ actor: String) {
      self.history = history
      self.actor = actor
    }

    func record(_ recording: Recording) {
      do {
        recorded += try history.record([recording], by: actor)
      } catch {
        failure = error
      }
      isIdle.signal()
    }
  }

  public init(_ history: History, by actor: String) { work = Work(history, actor) }

  /// Returns before the revision is durable, but not before the one before it is.
  /// - Throws: what an earlier recording failed with; after that, nothing more is recorded.
  public func record(_ recording: Recording) throws {
    try wait()
    work.isIdle.wait()
    queue.async { [work] in work.record(recording) }
  }

  /// Waits until everything is durable.
  /// - Throws: what a recording failed with.
  public func wait() throws {
    work.isIdle.wait()
    defer { work.isIdle.signal() }
    if let failure = work.failure { throw failure }
  }

  /// What was recorded, when all of it is durable.
  /// - Throws: what a recording failed with.
  public func finish() throws -> [RecordedRevision] {
    try wait()
    return work.recorded
  }
}
