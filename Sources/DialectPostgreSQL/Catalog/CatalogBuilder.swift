internal import SchemaModel

extension PostgreSQL.Catalog {
  typealias Identity = PostgreSQL.Identity

  /// Makes objects of rows.
  final class Builder {
    typealias SequenceOwner = PostgreSQL.CatalogIndex.SequenceOwner

    let rows: PostgreSQL.CatalogRows
    let sessionRole: String
    /// The migration tools' own tables.
    let hidden: Set<UInt32>
    /// Set before any object is made.
    var paths: [Identity: ObjectPath] = [:]
    var links: [Identity: [Identity]] = [:]

    var index: PostgreSQL.CatalogIndex { _read { yield rows.index } }

    init(_ rows: PostgreSQL.CatalogRows, sessionRole: String) {
      self.rows = rows
      self.sessionRole = sessionRole
      hidden = rows.index.runners
    }

    /// The column that owns a sequence; nil for what is no sequence, too.
    func sequenceOwner(_ relation: UInt32) -> SequenceOwner? {
      rows.relations[relation]?.kind == "S" ? index.owners[relation] : nil
    }

    func ownedSequences(of relation: UInt32) -> [(oid: UInt32, owner: SequenceOwner)] {
      (index.owned[relation] ?? []).sorted().compactMap { oid in
        sequenceOwner(oid).map { (oid, $0) }
      }
    }

    func identitySequence(of column: PostgreSQL.ColumnRow) -> UInt32? {
      ownedSequences(of: column.oid).first {
        $0.owner.isIdentity && $0.owner.column == column.number
      }?.oid
    }

    func isHidden(_ relation: UInt32) -> Bool {
      if hidden.contains(relation) { return true }
      return sequenceOwner(relation).map { hidden.contains($0.relation) } ?? false
    }

    /// Without those behind NOT NULL, which belong to their columns.
    func constraints(of relation: UInt32) -> [PostgreSQL.ConstraintRow] {
      (index.constraints[relation] ?? []).sorted().compactMap { rows.constraints[$0] }
        .filter { !$0.isNotNull }
    }

    /// By the name of their column; none where the server keeps NOT NULL with the column.
    func notNulls(of relation: UInt32) -> [ExactText: PostgreSQL.ConstraintRow] {
      var found: [ExactText: PostgreSQL.ConstraintRow] = [:]
      for oid in index.constraints[relation] ?? [] {
        guard let row = rows.constraints[oid], row.isNotNull, let column = row.columns.first
        else { continue }
        found[column] = row
      }
      return found
    }

    /// CHECKs by name, in the order in which the server checks them.
    func constraints(ofDomain type: UInt32) -> [PostgreSQL.ConstraintRow] {
      (index.domainConstraints[type] ?? []).compactMap { rows.constraints[$0] }
        .filter { !$0.isNotNull }.sorted { $0.name < $1.name }
    }

    /// The constraint behind a domain's NOT NULL, where the server has one.
    func notNull(ofDomain type: UInt32) -> PostgreSQL.ConstraintRow? {
      (index.domainConstraints[type] ?? []).compactMap { rows.constraints[$0] }
        .first { $0.isNotNull }
    }

    func comment(on identity: Identity, part: Int = 0) -> String? {
      rows.comment(on: identity, part: part)
    }

    /// Nil for the role that runs the migrations.
    func owner(_ name: String) -> String? { name == sessionRole ? nil : name }
  }
}
