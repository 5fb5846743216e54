public import SchemaModel

extension PostgreSQL.Catalog {
  /// Which object became which: an OID outlives every name, and a column's number does.
  public func lineage(since before: PostgreSQL.Catalog) -> Lineage {
    var lineage = Lineage()
    var newcomers: [ObjectPath] = []
    /// New place of a relation -> old place, for what is named within it.
    var moved: [Place: Place] = [:]
    for (identity, path) in identities.paths {
      guard let old = before.identities.paths[identity] else {
        newcomers.append(path)
        continue
      }
      if old != path {
        lineage.objects[path] = old
        if identity.is(.relation) { moved[Place(path)] = Place(old) }
      }
      if path.kind == .table { compareColumns(identity, path, before, &lineage) }
    }
    for path in newcomers {
      if path.kind == .table, before.schema.objects[path] != nil {
        lineage.replaced.insert(path)
      } else if let table = path.table,
        let place = moved[Place(namespace: path.namespace, name: table)]
      {
        let old = ObjectPath(
          path.kind, namespace: place.namespace, name: path.name, table: place.name)
        if before.schema.objects[old] != nil, !before.isAlive(old, in: self) {
          lineage.objects[path] = old
        }
      }
    }
    return lineage
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

  private func isAlive(_ path: ObjectPath, in after: PostgreSQL.Catalog) -> Bool {
    identities.paths.contains { $0.value == path && after.identities.paths[$0.key] != nil }
  }

  private func compareColumns(
    _ identity: Identity, _ path: ObjectPath, _ before: PostgreSQL.Catalog,
    _ lineage: inout Lineage
  ) {
    guard let new = identities.columns[identity], let old = before.identities.columns[identity],
      new != old
    else { return }
    var renames: [String: String] = [:]
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
