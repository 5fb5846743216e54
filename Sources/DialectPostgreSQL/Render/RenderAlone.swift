internal import SchemaModel

// A table with what belongs to it, without the rest of its schema.
extension PostgreSQL.Render {
  /// The statements of objects that belong together, for where all else that they need is there.
  /// - Parameter parents: what they may need to know of tables that they inherit from.
  static func alone(_ schema: Schema, parents: Schema) throws -> [String] {
    let isHeir = schema.objects.values.contains { $0.table?.attributes["inherits"] != nil }
    var whole = schema
    if isHeir { whole.objects.merge(parents.objects) { own, _ in own } }
    whole = enclosed(whole)
    let plan = Plan(whole)
    let nodes = try order(plan.nodes).filter { schema.objects[$0.id.path] != nil }
    let refreshes = nodes.filter { $0.id.part == .object && plan.isFillable($0.id.path) }
      .map { "REFRESH MATERIALIZED VIEW \(qualified($0.id.path))" }
    let last = Plan(enclosed(schema)).finish(refreshes: refreshes)
    return nodes.flatMap(\.statements) + last.flatMap(\.1)
  }

  /// The same objects, which need nothing but each other.
  private static func enclosed(_ schema: Schema) -> Schema {
    func kept(_ needs: [ObjectPath]) -> [ObjectPath] {
      needs.filter { schema.objects[$0] != nil }
    }
    return Schema(
      schema.objects.mapValues { object in
        var object = object
        object.dependencies = kept(object.dependencies)
        object.partDependencies = object.partDependencies.mapValues(kept)
        return object
      })
  }

  static func isOwned(_ sequence: SchemaObject, by table: ObjectPath) -> Bool {
    guard let column = sequence.definition?.attributes["owned by"] else { return false }
    // No name without quotes holds a dot.
    return PostgreSQL.requoted(column).hasPrefix(qualified(table) + ".")
  }
}
