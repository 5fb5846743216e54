extension Event.Fact {
  /// One readable line.
  public var summary: String {
    switch self {
    case .opened(let opening): "history opened for \(opening.dialect) by \(opening.writer)"
    case .revisionRecorded(let revision):
      "revision \(revision.id): \(revision.message.split(separator: "\n").first ?? "")"
    case .operation(let operation, _): operation.summary
    case .tagged(let name, let id): "tag \(name) = \(id)"
    case .tagDeleted(let name): "tag \(name) deleted"
    case .truncated(let truncation):
      "truncated at \(truncation.root): \(truncation.segment.revisionCount) revisions archived in "
        + truncation.segment.name + (truncation.reason.isEmpty ? "" : " (\(truncation.reason))")
    case .restored(let restoration): "restored \(restoration.segment.name)"
    case .runnerNoted(let runner): "bookkeeping table \(runner.name) noted"
    case .signed(let signature):
      "events from \(signature.first) on signed by \(Hexadecimal.text(signature.key.prefix(6)))"
    }
  }
}
