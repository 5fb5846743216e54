import SchemaModel

/// One database in use.
struct Stage<Scratch: ScratchDatabase> {
  var scratch: Scratch
  /// The revisions that ran in it.
  var applied: NumberSet
  /// What the engine showed before `pending` ran.
  var lastCapture: Capture
  var pending: [ExecutedStatement] = []
  /// What the revisions that ran last reached for beside the database.
  var warnings: [String] = []
  /// Whether the migration tool has made there what it makes before any migration.
  var isPrepared = false

  /// What the engine shows now.
  mutating func settledCapture() throws -> Capture {
    if !pending.isEmpty {
      lastCapture = try scratch.capture(after: lastCapture, statements: pending)
      pending = []
    }
    return lastCapture
  }

  /// What the engine shows after a revision. What cannot be read back is its doing, and its file's.
  func capture(after before: Capture, of draft: RevisionDraft) throws -> Capture {
    do {
      return try scratch.capture(after: before, statements: pending)
    } catch let error as any AdvisedError {
      guard let hint = error.nextStep else { throw error }
      throw ImportError.revisionFailed(
        RevisionFailure(
          id: draft.id, file: draft.source?.path ?? "?", reason: "\(error)", hint: hint))
    }
  }
}
