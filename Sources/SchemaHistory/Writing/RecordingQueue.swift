internal import Dispatch
internal import SchemaModel
internal import Synchronization

/// Records revisions in their order beside its caller: while some become durable, the next can be
/// tried on an engine. Those that come close after each other share a durable transaction.
///
/// Until `finish()` has returned, the history is the queue's alone.
public final class RecordingQueue {
  /// So many do not wait for another one.
  static let batchCount = 8
  /// Nor does one wait longer than this.
  static let waitMilliseconds = 50

  private let work: Work
  private let queue = DispatchQueue(label: "strata.recording")
  /// Ends the wait for more. A timer of the queue's own would need a descriptor, and end the process where
  /// there is none left.
  private let hurry = DispatchSemaphore(value: 0)

  private final class Work: @unchecked Sendable {
    private let history: History
    private let actor: String
    private struct State {
      var waiting: [Recording] = []
      var failure: (any Error)?
    }
    private let state = Mutex(State())
    /// Touched on the queue only.
    private(set) var recorded: [RecordedRevision] = []

    init(_ history: History, _ actor: String) {
      self.history = history
      self.actor = actor
    }

    /// - Returns: how many wait now.
    func add(_ recording: Recording) throws -> Int {
      try state.withLock { state in
        if let failure = state.failure { throw failure }
        state.waiting.append(recording)
        return state.waiting.count
      }
    }

    /// On the queue: records what waits.
    func drain() {
      let batch = state.withLock { state in
        defer { state.waiting = [] }
        return state.failure == nil ? state.waiting : []
      }
      if batch.isEmpty { return }
      do {
        do {
          recorded += try history.record(batch, by: actor)
        } catch  where batch.count > 1 {
          // One that cannot be recorded does not take along those before it.
          for recording in batch { recorded += try history.record([recording], by: actor) }
        }
      } catch {
        state.withLock { $0.failure = error }
      }
    }

    func throwFailure() throws {
      if let failure = state.withLock({ $0.failure }) { throw failure }
    }
  }

  /// Records into a history, which nobody else may use until `wait` has returned.
  public init(_ history: History, by actor: String) { work = Work(history, actor) }

  /// Returns before the revision is durable.
  /// - Throws: what an earlier recording failed with; after that, nothing more is recorded.
  public func record(_ recording: Recording) throws {
    let count = try work.add(recording)
    if count >= 2 * Self.batchCount {
      // A capture holds a whole schema: no more than this many are kept.
      queue.sync { work.drain() }
    } else if count == Self.batchCount {
      hurry.signal()
    } else if count == 1 {
      queue.async { [work, hurry] in
        _ = hurry.wait(timeout: .now() + .milliseconds(Self.waitMilliseconds))
        work.drain()
      }
    }
  }

  /// Waits until everything is durable.
  /// - Throws: what a recording failed with.
  public func wait() throws {
    hurry.signal()
    queue.sync { work.drain() }
    try work.throwFailure()
  }

  /// What was recorded, when all of it is durable.
  /// - Throws: what a recording failed with.
  public func finish() throws -> [RecordedRevision] {
    try wait()
    return queue.sync { work.recorded }
  }
}
