public import SchemaHistory
public import SchemaModel

/// A recorded revision as JSON; `log` prints one a line, `show` adds its operations and source.
public enum RevisionDocument {
  /// The fields of a revision, in the order of docs/JSON.md.
  /// - Parameter logHead: the newest event of the history.
  public static func fields(
    _ recorded: RecordedRevision, heads: Set<RevisionID>, logHead: LogHead
  ) -> [(String, JSONValue)] {
    let revision = recorded.revision
    return [
      ("id", .text(revision.id.text)), ("sequence", .integer(recorded.sequence.value)),
      ("parents", .texts(revision.parents.map(\.text))),
      ("dependsOn", .texts(revision.dependsOn.map(\.text))),
      ("labels", .texts(revision.labels)), ("tags", .texts(recorded.tags)),
      ("head", .bool(heads.contains(revision.id))), ("archived", .bool(recorded.isArchived)),
      ("baseline", .bool(recorded.isBaseline)), ("author", .text(revision.author)),
      ("authored", .text(revision.authored?.description)), ("message", .text(revision.message)),
      ("recorded", .text(recorded.recorded.description)), ("recordedBy", .text(recorded.actor)),
      ("fingerprint", .text(revision.snapshot.description)),
      ("engine", .text(revision.engine)), ("tool", .text(revision.tool)),
      ("operationCount", .integer(revision.operationCount)),
      ("source", .text(revision.source?.path)), ("warnings", .texts(revision.warnings)),
      ("logHead", LogHeadDocument.value(logHead)),
    ]
  }

  /// The fields of a revision's operation.
  static func operation(
    _ recorded: RecordedOperation, of revision: Revision
  ) -> JSONValue {
    operation(recorded.operation, spelledBy: recorded.isSpelling ? revision.engine : nil)
  }

  /// The fields of an operation.
  /// - Parameter spelledBy: the version of the engine that shows it so, where nobody changed it.
  public static func operation(
    _ operation: SchemaModel.Operation, spelledBy engine: String? = nil
  ) -> JSONValue {
    OperationDocument.value(operation, spelledBy: engine)
  }
}
