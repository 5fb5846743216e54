internal import SchemaModel

extension PostgreSQL.Catalog {
  typealias Identity = PostgreSQL.Identity

  /// Makes objects of rows; the maps are what many objects need and no single row tells.
  final class Builder {
    struct SequenceOwner {
      var relation: UInt32
      var column: Int
      var isIdentity: Bool
    }

    let rows: PostgreSQL.CatalogRows
    let sessionRole: String
    /// The migration tools' own tables.
    private(set) var hidden: Set<UInt32> = []
    private(set) var constraints: [UInt32: [UInt32]] = [:]
    private(set) var domainConstraints: [UInt32: [UInt32]] = [:]
    private(set) var constraintOfIndex: [UInt32: UInt32] = [:]
    private(set) var sequenceOwners: [UInt32: SequenceOwner] = [:]
    private(set) var identitySequences: [UInt32: [Int: UInt32]] = [:]
    private(set) var viewRules: [UInt32: UInt32] = [:]
    /// A default's OID -> its table and the place of its column.
    private(set) var defaults: [UInt32: (relation: UInt32, index: Int)] = [:]
    /// A composite type's OID -> its relation.
    private(set) var composites: [UInt32: UInt32] = [:]
    private(set) lazy var publicationParts = makePublicationParts()
    /// Set before any object is made.
    var paths: [Identity: ObjectPath] = [:]
    var links: [Identity: [Identity]] = [:]

    init(_ rows: PostgreSQL.CatalogRows, sessionRole: String, keepsRunners: Bool) {
      self.rows = rows
      self.sessionRole = sessionRole
      for row in rows.constraints.values {
        if row.relation != 0 { constraints[row.relation, default: []].append(row.oid) }
        if row.domain != 0 { domainConstraints[row.domain, default: []].append(row.oid) }
        if row.ownIndex != 0 { constraintOfIndex[row.ownIndex] = row.oid }
      }
      for row in rows.relations.values {
        if row.kind == "c" { composites[row.rowType] = row.oid }
        if row.kind == "S" { readOwner(row.oid) }
        if !keepsRunners, row.isTable, PostgreSQL.runnerTables.contains(row.name) {
          hidden.insert(row.oid)
        }
      }
      for row in rows.rules.values where row.isView { viewRules[row.relation] = row.oid }
      for (relation, columns) in rows.columns {
        for (index, column) in columns.enumerated() where column.expressionOID != 0 {
          defaults[column.expressionOID] = (relation, index)
        }
      }
    }

    private func readOwner(_ sequence: UInt32) {
      let owner = rows.dependencies(of: Identity(.relation, sequence)).first {
        $0.part == 0 && $0.target.is(.relation) && $0.targetPart > 0
          && ($0.kind == "a" || $0.kind == "i")
      }
      guard let owner else { return }
      let isIdentity = owner.kind == "i"
      sequenceOwners[sequence] = SequenceOwner(
        relation: owner.target.oid, column: owner.targetPart, isIdentity: isIdentity)
      if isIdentity {
        identitySequences[owner.target.oid, default: [:]][owner.targetPart] = sequence
      }
    }

    private func makePublicationParts() -> [UInt32: [Identity]] {
      var parts: [UInt32: [Identity]] = [:]
      for list in rows.dependencies.values {
        for row in list where row.kind == "a" && row.target.is(.publication) {
          parts[row.target.oid, default: []].append(row.identity)
        }
      }
      return parts
    }

    func isHidden(_ relation: UInt32) -> Bool {
      if hidden.contains(relation) { return true }
      return sequenceOwners[relation].map { hidden.contains($0.relation) } ?? false
    }

    func constraints(of relation: UInt32) -> [PostgreSQL.ConstraintRow] {
      (constraints[relation] ?? []).compactMap { rows.constraints[$0] }
    }

    /// By name, in the order in which the server checks them.
    func constraints(ofDomain type: UInt32) -> [PostgreSQL.ConstraintRow] {
      (domainConstraints[type] ?? []).compactMap { rows.constraints[$0] }
        .sorted { $0.name < $1.name }
    }

    func comment(on identity: Identity, part: Int = 0) -> String? {
      rows.comment(on: identity, part: part)
    }

    /// Nil for the role that runs the migrations.
    func owner(_ name: String) -> String? { name == sessionRole ? nil : name }
  }
}
