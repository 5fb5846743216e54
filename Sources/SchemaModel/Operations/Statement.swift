/// SQL with no effect on the schema: a data migration.
public struct Statement: SchemaChange {
  /// The statement as it was run, without the values of its parameters.
  public var sql: String
  /// How many times in a row it was run.
  public var count: Int

  public init(sql: String, count: Int = 1) {
    self.sql = sql
    self.count = count
  }

  public func apply<State: SchemaState>(to state: inout State) throws {}

  public var inverse: Operation? { nil }
  public var kind: String { "statement" }
  public var subjects: [ObjectPath] { [] }
  public var summary: String {
    let line = sql.oneLine
    let shown = line.count > 120 ? line.prefix(117) + "..." : line[...]
    return "\(kind) \(shown)" + (count > 1 ? " (\(count) times)" : "")
  }
}
