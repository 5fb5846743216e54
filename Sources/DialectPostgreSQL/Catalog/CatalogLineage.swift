public import SchemaModel

extension Sequence<PostgreSQL.ObjectChange> {
  /// Which object became which: an OID outlives every name, and a column's number does.
  ///
  /// `before`: the schema that the changes began with.
  public func lineage(in before: Schema) -> Lineage {
    var lineage = Lineage()
    /// New place of a relation -> old place, for what is named within it.
    var moved: [Place: Place] = [:]
    var gone: Set<ObjectPath> = []
    for change in self {
      guard let old = change.old else { continue }
      guard let new = change.new else {
        gone.insert(old)
        continue
      }
      if old != new {
        lineage.objects[new] = old
        if change.identity.is(.relation) { moved[Place(new)] = Place(old) }
      }
      if new.kind == .table { change.compareColumns(new, &lineage) }
    }
    for change in self where change.old == nil {
      guard let path = change.new else { continue }
      if path.kind == .table, before.objects[path] != nil {
        lineage.replaced.insert(path)
      } else if let table = path.table,
        let place = moved[Place(namespace: path.namespace, name: table)]
      {
        let old = ObjectPath(
          path.kind, namespace: place.namespace, name: path.name, table: place.name)
        if before.objects[old] != nil, gone.contains(old) { lineage.objects[path] = old }
      }
    }
    return lineage
  }
}

private struct Place: Hashable {
  var namespace: String
  var name: String

  init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  init(_ path: ObjectPath) { self.init(namespace: path.namespace, name: path.name) }
}

extension PostgreSQL.ObjectChange {
  fileprivate func compareColumns(_ path: ObjectPath, _ lineage: inout Lineage) {
    guard let new = newColumns, let old = oldColumns, new != old else { return }
    var renames: [ExactText: ExactText] = [:]
    for (number, name) in new {
      if let former = old[number], former != name { renames[name] = former }
    }
    if !renames.isEmpty { lineage.columns[path] = renames }
    // A number that is new under a name whose old number went.
    let gone = Set(old.filter { new[$0.key] == nil }.values)
    let replaced = Set(new.filter { old[$0.key] == nil && gone.contains($0.value) }.values)
    if !replaced.isEmpty { lineage.replacedColumns[path] = replaced }
  }
}
