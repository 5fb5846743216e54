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
}
