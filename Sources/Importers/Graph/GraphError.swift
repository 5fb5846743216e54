public import SchemaModel

/// Why migration files do not make a history: always bad input, nothing has been run.
public enum GraphError: ClassifiedError, Hashable, Sendable, CustomStringConvertible {
  case duplicate(RevisionID, files: [String])
  case missingParent(String, of: RevisionID, file: String, nearest: [RevisionID])
  case missingDependency(String, of: RevisionID, file: String, nearest: [RevisionID])
  case ambiguous(String, of: RevisionID, file: String, candidates: [RevisionID])
  case duplicateLabel(String, revisions: [RevisionID])
  /// The circle, each the child of the next; the last is the first again.
  case cycle([RevisionID])

  public var fault: FaultKind { .input }

  public var description: String {
    switch self {
    case .duplicate(let id, let files):
      "two revisions have the id \(id): \(files.joined(separator: " and ")); give one of them another id"
    case .missingParent(let parent, let id, let file, let nearest):
      "revision \(id) (\(file)) comes after \(parent), but no file has that id\(Self.hint(nearest))"
    case .missingDependency(let dependency, let id, let file, let nearest):
      "revision \(id) (\(file)) depends on \(dependency), but no file has that id or label\(Self.hint(nearest))"
    case .ambiguous(let name, let id, let file, let candidates):
      "revision \(id) (\(file)) names \(name), which may be \(Self.list(candidates)); write the id in full"
    case .duplicateLabel(let label, let revisions):
      "the branch label \(label) is on \(Self.list(revisions)); a label names one branch"
    case .cycle(let circle):
      "these revisions come after each other in a circle: "
        + circle.map(\.text).joined(separator: " -> ") + "; correct down_revision of one of them"
    }
  }

  private static func hint(_ nearest: [RevisionID]) -> String {
    nearest.isEmpty ? "" : "; nearest: \(nearest.map(\.text).joined(separator: ", "))"
  }

  private static func list(_ ids: [RevisionID]) -> String {
    ids.map(\.text).joined(separator: " or ")
  }
}
