public import SchemaModel

extension PostgreSQL.Render {
  /// Tables whose columns a baseline makes in another order than they have: CREATE TABLE takes a parent's
  /// columns first, and a column that the parent got later stands behind the heir's own.
  public static func reordered(_ schema: Schema) -> [ObjectPath] {
    let heirs = schema.objects.filter { $0.value.table?.attributes["inherits"] != nil }
    guard !heirs.isEmpty else { return [] }
    let plan = Plan(schema, rows: SeedRows(), options: Options())
    return heirs.compactMap { path, object in
      guard let table = object.table else { return nil }
      var made: [String] = []
      let above = plan.parents(of: table).compactMap { schema.objects[$0]?.table }
      for column in above.flatMap(\.columns) + table.columns where !made.contains(column.name) {
        made.append(column.name)
      }
      return made == table.columns.map(\.name) ? nil : path
    }.sorted()
  }
}
