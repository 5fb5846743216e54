/// What another version of the engine shows otherwise, without anybody having changed it: it is
/// recorded with the first revision that the version judged, before the revision's own operations.
extension Revision {
  /// Whether the operation at this place, the first is 0, is the engine's and not the revision's.
  public func isSpelling(at place: Int) -> Bool { place < spellingCount }

  /// How many operations are the revision's own.
  public var ownOperationCount: Int { max(0, operationCount - spellingCount) }

  /// An operation's line, with the engine's version where it is the engine's.
  public func summary(of operation: Operation, at place: Int) -> String {
    isSpelling(at: place)
      ? Self.spelling(operation.summary, engine: engine) : operation.summary
  }

  /// The line of an operation that is the engine's: `... (as PostgreSQL 17.2 shows it)`.
  public static func spelling(_ summary: String, engine: String?) -> String {
    "\(summary) (as \(engine ?? "another version") shows it)"
  }
}
