import SchemaModel
import Storage
import StoreFormat

/// Replaying operations: exactly along a line, and as far as they go where branches meet.
enum Fold {
  /// The operations of all that `others` are made of and `trunk` is not, oldest first.
  static func operations(
    of others: some Sequence<RevisionID>, without trunk: some Sequence<RevisionID>,
    in graph: RevisionGraph, log: LogReader
  ) throws -> [Operation] {
    let missing = graph.ancestors(of: others).subtracting(graph.ancestors(of: trunk))
    var operations: [Operation] = []
    for revision in graph.ordered(missing) {
      guard let entry = try log.entry(revision.id), entry.truncation == nil else { continue }
      try log.operations(entry) { operations.append($1) }
    }
    return operations
  }

  /// Applies what fits. Where both sides of a merge did the same thing, or the text of one table,
  /// the second does not fit; what the engine then shows is recorded with the merge, so that the
  /// result is exact whatever was left out here.
  static func lenient(
    _ operations: [Operation], onto state: inout some SchemaState
  ) throws {
    for operation in operations {
      do { try operation.apply(to: &state) } catch is FoldError { continue }
    }
  }

  static func exact(
    _ operations: [Operation], of id: RevisionID, onto state: inout some SchemaState
  ) throws {
    for operation in operations {
      do {
        try operation.apply(to: &state)
      } catch let error as FoldError {
        throw HistoryError.doesNotFold(id, error)
      }
    }
  }
}
