public import SchemaModel

/// Names for revisions.
public enum TagDocument {
  /// The list of `strata tag --json`.
  public static func value(_ tags: [(name: String, revision: RevisionID)]) -> JSONValue {
    .list(tags.map { .object([("name", .text($0.name)), ("revision", .text($0.revision.text))]) })
  }

  /// A line for each, in columns.
  public static func lines(_ tags: [(name: String, revision: RevisionID)]) -> [String] {
    TextTable(header: ["", ""], rows: tags.map { [$0.name, $0.revision.text] }).lines(rule: false)
  }
}
