/// A table's own options: STRICT, WITHOUT ROWID, a virtual table's module, partitioning, ...
public struct AlterTable: SchemaChange {
  /// The table whose options change.
  public var table: ObjectPath
  /// All its options (`Table.attributes`), as they must be for the operation to fit.
  public var before: [String: String]
  /// All its options then.
  public var after: [String: String]

  public init(table: ObjectPath, before: [String: String], after: [String: String]) {
    self.table = table
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard target.attributes == before else {
        throw FoldError.different(
          table, expected: Self.text(before), found: Self.text(target.attributes),
          operation: summary)
      }
      target.attributes = after
    }
  }

  public var inverse: Operation? {
    .alterTable(AlterTable(table: table, before: after, after: before))
  }
  public var kind: String { "alter table" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String {
    let words = AttributeWords.changes(before, after)
    return "\(kind) \(table.qualifiedName)"
      + (words.isEmpty ? "" : ": " + words.joined(separator: ", "))
  }

  private var changed: [String] {
    Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }
  }

  public var isAidOnly: Bool { changed.allSatisfy(Privileges.isAid) }

  private static func text(_ attributes: [String: String]) -> String {
    attributes.isEmpty
      ? "no options"
      : attributes.sorted { $0.key < $1.key }
        .map { $0.value.isEmpty ? $0.key : "\($0.key) \($0.value.oneLine)" }
        .joined(separator: ", ")
  }
}
