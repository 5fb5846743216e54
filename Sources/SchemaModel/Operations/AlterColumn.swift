/// The same column, otherwise defined: type, nullability, default, collation, ...
public struct AlterColumn: SchemaChange {
  /// The table that it is in.
  public var table: ObjectPath
  /// The column as it must be for the operation to fit.
  public var before: Column
  /// The column as it is then, under the same name.
  public var after: Column

  public init(table: ObjectPath, before: Column, after: Column) {
    self.table = table
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    try state.updateTable(table, for: self) { target in
      guard let index = target.columns.firstIndex(where: { $0.name == before.name }) else {
        throw FoldError.missingPart("column \(before.name)", of: table, operation: summary)
      }
      guard target.columns[index] == before else {
        throw FoldError.different(
          table, expected: before.description, found: target.columns[index].description,
          operation: summary)
      }
      target.columns[index] = after
    }
  }

  public var inverse: Operation? {
    .alterColumn(AlterColumn(table: table, before: after, after: before))
  }
  public var kind: String { "alter column" }
  public var subjects: [ObjectPath] { [table] }
  public var summary: String {
    "\(kind) \(table.qualifiedName).\(before.name): "
      + changes.map { $0.oneLine }.joined(separator: ", ")
  }

  /// A grantor who follows the table's owner is no news.
  public var isAidOnly: Bool { changes.isEmpty }

  private var changes: [String] {
    var words: [String] = []
    func note(_ word: String, _ old: String?, _ new: String?, orElse standard: String = "none") {
      guard old != new else { return }
      words.append("\(word) \(old ?? standard) -> \(new ?? standard)")
    }
    note("type", before.type, after.type)
    switch (before.notNull, after.notNull) {
    case (nil, let new?): words.append("now \(new.clause(of: after.name))")
    case (_?, nil): words.append("now nullable")
    case (let old?, let new?): words += old.changes(to: new)
    case (nil, nil): break
    }
    note("default", before.defaultExpression, after.defaultExpression)
    note("collation", before.collation, after.collation, orElse: "default")
    note("generated", before.generation?.expression, after.generation?.expression)
    if let old = before.generation, let new = after.generation, old.isStored != new.isStored {
      words.append(new.isStored ? "now stored" : "now virtual")
    }
    note("identity", before.identity, after.identity)
    note("comment", before.comment, after.comment)
    return words
      + AttributeWords.changes(before.attributes, after.attributes, except: Column.isOfNotNull)
  }
}
