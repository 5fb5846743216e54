import SchemaHistory
import SchemaModel
public import Workflows

/// A revision that was just recorded.
public enum RecordDocument {
  /// The fields of `strata record --json`.
  public static func value(_ result: RecordResult) -> JSONValue {
    let engine = result.recorded.revision.engine
    let operations =
      result.spellings.map { RevisionDocument.operation($0, spelledBy: engine) }
      + result.operations.map { RevisionDocument.operation($0) }
    return .object(
      RevisionDocument.fields(result.recorded, heads: Set(result.heads), logHead: result.logHead)
        + [
          ("operations", .list(operations))
        ])
  }

  /// Lines for people: the revision and its operations.
  public static func lines(_ result: RecordResult) -> [Line] {
    let recorded = result.recorded
    let parents = recorded.revision.parents.map(\.text).joined(separator: ", ")
    return [Line("Recorded \(recorded.id)" + (parents.isEmpty ? "" : " on \(parents)"))]
      + OperationLine.visible(result.operations).map { "  " + OperationLine($0).line }
  }
}
