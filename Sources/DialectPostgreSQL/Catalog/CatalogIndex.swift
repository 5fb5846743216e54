internal import SchemaModel

extension PostgreSQL {
  /// What many objects need and no single row tells. It follows the rows one by one, so that a small
  /// change costs nothing in a large schema.
  struct CatalogIndex: Sendable {
    struct SequenceOwner: Hashable, Sendable {
      var relation: UInt32
      var column: Int
      var isIdentity: Bool
    }

    /// The constraints of a relation, and those of a domain.
    private(set) var constraints: [UInt32: Set<UInt32>] = [:]
    private(set) var domainConstraints: [UInt32: Set<UInt32>] = [:]
    private(set) var constraintOfIndex: [UInt32: UInt32] = [:]
    /// Indexes, rules, triggers, policies and statistics of a relation.
    private(set) var parts: [UInt32: Set<Identity>] = [:]
    private(set) var viewRules: [UInt32: UInt32] = [:]
    /// A default's OID -> its table and its column's number.
    private(set) var defaults: [UInt32: (relation: UInt32, column: Int)] = [:]
    /// A composite type's OID -> its relation.
    private(set) var composites: [UInt32: UInt32] = [:]
    /// The migration tools' own tables, and how they are called.
    private(set) var runnerTables: RunnerTables
    private(set) var runners: Set<UInt32> = []
    /// Who owns a relation, by its column; of interest for sequences only.
    private(set) var owners: [UInt32: SequenceOwner] = [:]
    /// The other way round.
    private(set) var owned: [UInt32: Set<UInt32>] = [:]
    /// What stands in `pg_depend` for the tables and schemas of a publication.
    private(set) var publicationParts: [UInt32: Set<Identity>] = [:]

    init(runnerTables: RunnerTables) { self.runnerTables = runnerTables }

    mutating func keepOut(runnerTable name: String) { _ = runnerTables.insert(name) }

    mutating func change(_ row: ConstraintRow, isThere: Bool) {
      if row.relation != 0 { constraints[row.relation, default: []].set(row.oid, isThere) }
      if row.domain != 0 { domainConstraints[row.domain, default: []].set(row.oid, isThere) }
      if row.ownIndex != 0 { constraintOfIndex.set(row.ownIndex, row.oid, isThere) }
    }

    mutating func change(_ row: RelationRow, isThere: Bool) {
      if row.kind == "c" { composites.set(row.rowType, row.oid, isThere) }
      if row.isTable, runnerTables.contains(row.name) { runners.set(row.oid, isThere) }
    }

    mutating func change(_ row: ColumnRow, isThere: Bool) {
      guard row.expressionOID != 0 else { return }
      if isThere {
        defaults[row.expressionOID] = (row.oid, row.number)
      } else if let known = defaults[row.expressionOID], known == (row.oid, row.number) {
        defaults[row.expressionOID] = nil
      }
    }

    mutating func change(_ row: IndexRow, isThere: Bool) {
      parts[row.relation, default: []].set(Identity(.relation, row.oid), isThere)
    }

    mutating func change(part row: some ObjectRow, isThere: Bool) {
      parts[row.relation, default: []].set(row.identity, isThere)
    }

    mutating func change(_ row: RuleRow, isThere: Bool) {
      change(part: row, isThere: isThere)
      if row.isView { viewRules.set(row.relation, row.oid, isThere) }
    }

    mutating func change(_ row: DependencyRow, isThere: Bool) {
      if row.kind == "a", row.target.is(.publication) {
        publicationParts[row.target.oid, default: []].set(row.identity, isThere)
      }
      guard row.identity.is(.relation), row.part == 0, row.target.is(.relation),
        row.targetPart > 0, row.kind == "a" || row.kind == "i"
      else { return }
      let owner = SequenceOwner(
        relation: row.target.oid, column: row.targetPart, isIdentity: row.kind == "i")
      owners.set(row.oid, owner, isThere)
      owned[owner.relation, default: []].set(row.oid, isThere)
    }
  }
}

extension Set {
  fileprivate mutating func set(_ element: Element, _ isThere: Bool) {
    if isThere { insert(element) } else { remove(element) }
  }
}

extension Dictionary where Value: Equatable {
  /// An old value goes only where no newer one has taken its place.
  fileprivate mutating func set(_ key: Key, _ value: Value, _ isThere: Bool) {
    if isThere { self[key] = value } else if self[key] == value { self[key] = nil }
  }
}
