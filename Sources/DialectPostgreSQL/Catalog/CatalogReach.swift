internal import SchemaModel

extension PostgreSQL {
  /// Which rows are to be read anew.
  public struct CatalogReach: Sendable {
    /// For each query of the catalog, the OIDs of the objects whose rows it is to give.
    public internal(set) var oids: [CatalogQuery: Set<UInt32>] = [:]
    /// The objects whose dependencies are.
    public internal(set) var dependencies: Set<Identity> = []
  }
}

extension PostgreSQL.CatalogRows {
  /// What a text can say of a relation.
  public struct RelationNames: Hashable, Sendable {
    var namespace: String
    var name: String
    var columns: [String] = []
  }

  /// The names of those of these objects that are relations.
  public func names(
    of identities: Set<PostgreSQL.Identity>
  ) -> [PostgreSQL.Identity: RelationNames] {
    var names: [PostgreSQL.Identity: RelationNames] = [:]
    for identity in identities where identity.is(.relation) {
      if let row = relations[identity.oid] {
        let columns = columns[identity.oid]?.map(\.name) ?? []
        names[identity] = RelationNames(namespace: row.namespace, name: row.name, columns: columns)
      } else if let row = indexes[identity.oid] {
        names[identity] = RelationNames(namespace: row.namespace, name: row.name)
      }
    }
    return names
  }

  /// The rows that may read differently after `changed` did by themselves.
  ///
  /// `kinds`: of the relations among them, as in `pg_class.relkind`, as far as they are known.
  public func reach(
    of changed: Set<PostgreSQL.Identity>, kinds: [UInt32: Character] = [:]
  ) -> PostgreSQL.CatalogReach {
    var all = changed
    for identity in changed {
      // What is changed through something internal: a table through its TOAST table.
      for row in dependencies(of: identity) where row.kind == "i" { all.insert(row.target) }
    }
    var reach = PostgreSQL.CatalogReach()
    for identity in all { add(identity, kinds, to: &reach.oids) }
    reach.dependencies = changed
    for identity in changed where identity.is(.relation) {
      // A default that goes takes its dependencies along.
      for column in columns[identity.oid] ?? [] where column.expressionOID != 0 {
        reach.dependencies.insert(PostgreSQL.Identity(.attributeDefault, column.expressionOID))
      }
    }
    return reach
  }

  /// The rows whose text names what changed, to be asked for when the changed rows themselves are
  /// here. One step is enough: a text names what `pg_depend` says it depends on, and what that
  /// names in turn has rows of its own.
  ///
  /// `before`: the names that the relations had. Not for changed names of namespaces and roles,
  /// which may stand in any text.
  public func reach(
    ofNamersOf changed: Set<PostgreSQL.Identity>,
    before: [PostgreSQL.Identity: RelationNames]
  ) -> PostgreSQL.CatalogReach {
    var concerned: Set<PostgreSQL.Identity> = []
    let after = names(of: changed)
    var all = changed
    for identity in changed {
      for row in dependencies(of: identity) where row.kind == "i" { all.insert(row.target) }
    }
    for identity in all where !identity.is(.namespace) && !identity.is(.extension) {
      let namers = dependents[identity] ?? []
      if namers.isEmpty { continue }
      guard let new = after[identity], var old = before[identity] else {
        // Nobody named what was not there, or is no relation of the user's, like a TOAST table.
        if identity.is(.relation), before[identity] == nil { continue }
        concerned.formUnion(namers)
        continue
      }
      if new == old { continue }
      let isExtended = new.columns.starts(with: old.columns)
      old.columns = new.columns
      if isExtended, new == old {
        // A query writes its columns' aliases out where a new column would be mistaken for one.
        concerned.formUnion(
          namers.lazy.filter { $0.is(.rewrite) || $0.is(.procedure) || $0.is(.policy) })
      } else {
        concerned.formUnion(namers)
      }
    }
    var reach = PostgreSQL.CatalogReach()
    for identity in concerned.subtracting(changed) { add(identity, [:], to: &reach.oids) }
    return reach
  }

  private func add(
    _ identity: PostgreSQL.Identity, _ kinds: [UInt32: Character],
    to reach: inout [PostgreSQL.CatalogQuery: Set<UInt32>]
  ) {
    let oid = identity.oid
    func add(relation oid: UInt32) {
      let kind = relations[oid]?.kind.first ?? (indexes[oid] != nil ? "i" : kinds[oid])
      let (isIndex, isToast) = (kind == "i" || kind == "I", kind == "t")
      if kind == nil || isIndex { reach[.indexes, default: []].insert(oid) }
      if isIndex || isToast { return }
      reach[.relations, default: []].insert(oid)
      if kind != "S" { reach[.columns, default: []].insert(oid) }
    }
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .relation: add(relation: oid)
    case .constraint:
      reach[.constraints, default: []].insert(oid)
      if let index = constraints[oid]?.ownIndex, index != 0 { add(relation: index) }
    case .attributeDefault, .rewrite, .type, .publicationRelation, .publicationNamespace:
      for row in dependencies(of: identity) where row.kind == "a" || row.kind == "i" {
        if row.target.is(.relation) { add(relation: row.target.oid) }
        if row.target.is(.publication) { reach[.publications, default: []].insert(row.target.oid) }
      }
      if identity.is(.rewrite) { reach[.rules, default: []].insert(oid) }
      guard identity.is(.type) else { break }
      reach[.types, default: []].insert(oid)
      // The relation that holds a composite type's fields depends on the type.
      for row in dependents[identity] ?? [] where row.is(.relation) { add(relation: row.oid) }
    default:
      if let query = Self.query(for: identity) { reach[query, default: []].insert(oid) }
    }
  }

  /// The query whose rows are the objects of a catalog.
  private static func query(for identity: PostgreSQL.Identity) -> PostgreSQL.CatalogQuery? {
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .namespace: .namespaces
    case .extension: .extensions
    case .procedure: .routines
    case .trigger: .triggers
    case .policy: .policies
    case .statistics: .statistics
    case .eventTrigger: .eventTriggers
    case .defaultPrivileges: .defaultPrivileges
    case .publication: .publications
    case .operator: .operators
    case .cast: .casts
    case .collation: .collations
    case .textSearchDictionary: .textSearchDictionaries
    case .textSearchConfiguration: .textSearchConfigurations
    default: nil
    }
  }

  /// Whether the model has no kind for this object, or for what may be said of it.
  public func isOpaque(_ identity: PostgreSQL.Identity) -> Bool {
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .accessMethod, .conversion, .foreignDataWrapper, .foreignServer, .language,
      .operatorClass, .operatorFamily, .textSearchParser, .textSearchTemplate, .transform,
      .userMapping:
      true
    default:
      // What is granted on an extension's own objects is not the extension's.
      opaque[identity.oid] != nil || dependencies(of: identity).contains { $0.kind == "e" }
    }
  }

  /// The names of all namespaces of the user that are known.
  public var namespaceNames: [UInt32: String] { namespaces.mapValues(\.name) }
}
