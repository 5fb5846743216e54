public import SchemaModel

extension SQLite.Render {
  /// What takes `schema` away again: triggers, views, indexes, then tables, those that refer to
  /// others first.
  public static func dropAll(_ schema: Schema) -> [String] {
    var statements: [String] = []
    for (kind, word) in [(ObjectKind.trigger, "TRIGGER"), (.view, "VIEW"), (.index, "INDEX")] {
      for path in schema.paths where path.kind == kind {
        statements.append("DROP \(word) \(SQLite.quote(path.name))")
      }
    }
    return statements
      + tablesInReferenceOrder(schema).reversed().map { "DROP TABLE \(SQLite.quote($0.name))" }
      + schema.paths.filter { $0.kind == .setting }.map { "PRAGMA \($0.name) = 0" }
  }

  /// The tables such that each follows those that it refers to, circles excepted.
  public static func tablesInReferenceOrder(_ schema: Schema) -> [ObjectPath] {
    let tables = schema.paths.filter { $0.kind == .table }
    let byName = Dictionary(
      tables.map { (ExactText(SQLite.folded($0.name)), $0) },
      uniquingKeysWith: { first, _ in first })
    var order: [ObjectPath] = []
    var seen: Set<ObjectPath> = []
    for table in tables {
      // A stack of its own: a chain of references may be longer than the thread's stack.
      var stack = [(path: table, isDone: false)]
      while let (path, isDone) = stack.popLast() {
        if isDone {
          order.append(path)
          continue
        }
        guard seen.insert(path).inserted else { continue }
        stack.append((path, true))
        let references = schema.objects[path]?.table?.constraints.compactMap(\.reference) ?? []
        for reference in references.reversed() {
          if let target = byName[SQLite.folded(reference.table)], !seen.contains(target) {
            stack.append((target, false))
          }
        }
      }
    }
    return order
  }
}
