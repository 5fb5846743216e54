internal import SchemaModel

extension PostgreSQL.Catalog.Builder {
  typealias Identity = PostgreSQL.Identity

  /// Everything that may be an object.
  func allIdentities() -> Set<Identity> {
    var all: Set<Identity> = []
    func add(_ rows: [UInt32: some PostgreSQL.ObjectRow]) {
      for row in rows.values { all.insert(row.identity) }
    }
    add(rows.namespaces)
    add(rows.extensions)
    add(rows.types)
    add(rows.rules)
    add(rows.routines)
    add(rows.triggers)
    add(rows.policies)
    add(rows.statistics)
    add(rows.eventTriggers)
    add(rows.defaultPrivileges)
    add(rows.publications)
    add(rows.operators)
    add(rows.casts)
    add(rows.collations)
    add(rows.dictionaries)
    add(rows.configurations)
    for row in rows.relations.values { all.insert(row.identity) }
    for oid in rows.indexes.keys { all.insert(Identity(.relation, oid)) }
    for row in rows.opaque.values.joined() { all.insert(row.identity) }
    return all
  }

  /// What the rows say was touched, and what shows something of that.
  func identitiesToRebuild() -> Set<Identity> {
    var result = rows.touched
    for identity in rows.touched {
      if let owner = owner(of: identity)?.identity { result.insert(owner) }
      if identity.is(.relation), let owner = sequenceOwner(identity.oid) {
        result.insert(Identity(.relation, owner.relation))
      }
    }
    let relations = Set(result.lazy.filter { $0.is(.relation) }.map(\.oid))
    for relation in relations {
      result.formUnion(index.parts[relation] ?? [])
      for sequence in ownedSequences(of: relation) {
        result.insert(Identity(.relation, sequence.oid))
      }
    }
    return result
  }

  private func row(_ identity: Identity) -> (any PostgreSQL.ObjectRow)? {
    let oid = identity.oid
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .namespace: return rows.namespaces[oid]
    case .extension: return rows.extensions[oid]
    case .type: return rows.types[oid]
    case .rewrite: return rows.rules[oid]
    case .procedure: return rows.routines[oid]
    case .trigger: return rows.triggers[oid]
    case .policy: return rows.policies[oid]
    case .statistics: return rows.statistics[oid]
    case .eventTrigger: return rows.eventTriggers[oid]
    case .defaultPrivileges: return rows.defaultPrivileges[oid]
    case .publication: return rows.publications[oid]
    case .operator: return rows.operators[oid]
    case .cast: return rows.casts[oid]
    case .collation: return rows.collations[oid]
    case .textSearchDictionary: return rows.dictionaries[oid]
    case .textSearchConfiguration: return rows.configurations[oid]
    default: return nil
    }
  }

  private func relation(_ identity: Identity) -> PostgreSQL.RelationRow? {
    if identity.is(.relation) {
      return rows.relations[identity.oid].flatMap { $0.kind == "c" ? nil : $0 }
    }
    return identity.is(.type) ? index.composites[identity.oid].flatMap { rows.relations[$0] } : nil
  }

  private func opaque(_ identity: Identity) -> PostgreSQL.OpaqueRow? {
    rows.opaque[identity.oid]?.first { $0.catalog == identity.catalog }
  }

  /// Nil for what is no object of the model.
  func path(of identity: Identity) -> ObjectPath? {
    if let row = relation(identity) { return path(row) }
    if identity.is(.relation), let index = rows.indexes[identity.oid] { return path(index) }
    return row(identity)?.path(self) ?? opaque(identity)?.path
  }

  func object(_ identity: Identity) -> SchemaObject? {
    if let relation = relation(identity) { return object(relation) }
    if identity.is(.relation), let index = rows.indexes[identity.oid] { return object(index) }
    if let row = row(identity) { return row.object(self) }
    guard let opaque = opaque(identity) else { return nil }
    var object = SchemaObject(.definition(Definition(text: "", attributes: ["class": opaque.type])))
    annotate(&object, identity)
    return object
  }

  /// The path of what is named within its table; nil where the table is no part of the schema.
  func path(_ kind: ObjectKind, _ name: String, on relation: UInt32) -> ObjectPath? {
    guard let row = rows.relations[relation], !isHidden(relation) else { return nil }
    return ObjectPath(kind, namespace: row.namespace, name: name, table: row.name)
  }

  func definition<Row: PostgreSQL.ObjectRow>(
    _ row: Row, _ text: String, members: [String] = [], attributes: [String: String] = [:],
    owner: String? = nil, privileges: PostgreSQL.Privileges? = nil
  ) -> SchemaObject {
    var object = SchemaObject(
      .definition(
        Definition(
          table: row.relation == 0 ? nil : rows.relations[row.relation]?.name, text: text,
          members: members, attributes: attributes)))
    annotate(&object, row.identity, owner: owner, privileges: privileges)
    return object
  }

  /// What is said about an object from outside: comment, owner, privileges, dependencies.
  func annotate(
    _ object: inout SchemaObject, _ identity: Identity, owner: String? = nil,
    privileges: PostgreSQL.Privileges? = nil
  ) {
    object.comment = comment(on: identity)
    object.owner = owner.flatMap(self.owner)
    if let privileges, !privileges.isStandard, let list = privileges.list {
      object.grants = list.isEmpty ? ["none"] : list.map(entry)
      object.setAttribute(
        "default grants", privileges.standard.map(entry).joined(separator: "\n"))
    }
    let needs = dependencies(of: identity)
    object.dependencies = needs.whole.compactMap { paths[$0] }.sorted()
    for (part, targets) in needs.parts {
      let needed = targets.compactMap { paths[$0] }.sorted()
      if !needed.isEmpty { object.partDependencies[part] = needed }
    }
    links[identity] = Array(needs.parts.values.reduce(needs.whole) { $0.union($1) })
  }
}

extension SchemaObject {
  mutating func setAttribute(_ name: String, _ value: String) {
    switch content {
    case .table(var table):
      table.attributes[name] = value
      content = .table(table)
    case .index(var index):
      index.attributes[name] = value
      content = .index(index)
    case .definition(var definition):
      definition.attributes[name] = value
      content = .definition(definition)
    }
  }
}
