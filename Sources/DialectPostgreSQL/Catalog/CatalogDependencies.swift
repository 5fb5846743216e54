internal import SchemaModel

// Dependencies as `pg_depend` has them are between rows; a baseline orders objects. So what belongs
// to an object speaks for it, and what stands for an object is answered by it.
extension PostgreSQL.Catalog.Builder {
  /// The object of the model that something in the server belongs to, and the part of it.
  func owner(of identity: Identity, depth: Int = 0) -> (identity: Identity, part: String?)? {
    if paths[identity] != nil { return (identity, nil) }
    // Internal dependencies lead at most from a multirange's array to a range.
    guard depth < 5 else { return nil }
    switch PostgreSQL.SystemCatalog(rawValue: identity.catalog) {
    case .attributeDefault:
      guard let place = index.defaults[identity.oid],
        let column = rows.columns[place.relation]?.first(where: { $0.number == place.column })
      else { return nil }
      let part = column.generated.isEmpty ? "column \(column.name)" : nil
      return (Identity(.relation, place.relation), part)
    case .constraint:
      guard let row = rows.constraints[identity.oid] else { break }
      let isInline = row.relation == 0 && row.isValid
      return (row.owner, isInline ? nil : "constraint \(row.name)")
    case .relation:
      if let constraint = index.constraintOfIndex[identity.oid] {
        return owner(of: Identity(.constraint, constraint), depth: depth + 1)
      }
      if let owner = sequenceOwner(identity.oid), owner.isIdentity {
        return (Identity(.relation, owner.relation), nil)
      }
      if let row = rows.relations[identity.oid], row.kind == "c" {
        return (row.identity, nil)
      }
    case .rewrite:
      if let row = rows.rules[identity.oid], row.isView {
        return (Identity(.relation, row.relation), nil)
      }
    default: break
    }
    return stand(in: identity, depth)
  }

  /// What the server made together with something else: an array type, a row type, a member of an
  /// extension, a place in a publication.
  private func stand(in identity: Identity, _ depth: Int) -> (identity: Identity, part: String?)? {
    let list = rows.dependencies(of: identity)
    if let row = list.first(where: { $0.kind == "e" }) ?? list.first(where: { $0.kind == "i" }) {
      return owner(of: row.target, depth: depth + 1)
    }
    if identity.is(.publicationRelation) || identity.is(.publicationNamespace),
      let row = list.first(where: { $0.target.is(.publication) })
    {
      return (row.target, nil)
    }
    return nil
  }

  /// What must exist before an object, and what before its parts.
  func dependencies(of identity: Identity) -> (
    whole: Set<Identity>, parts: [ExactText: Set<Identity>]
  ) {
    var whole: Set<Identity> = []
    var parts: [ExactText: Set<Identity>] = [:]
    for source in sources(of: identity) {
      for row in rows.dependencies(of: source.identity) where isNeed(row, of: identity) {
        guard let target = owner(of: row.target)?.identity, target != identity,
          let path = paths[target]
        else { continue }
        // Every database has it already.
        if path.kind == .namespace, path.name == "public" { continue }
        if let part = source.part {
          parts[part, default: []].insert(target)
        } else {
          whole.insert(target)
        }
      }
    }
    for part in parts.keys { parts[part]?.subtract(whole) }
    return (whole, parts.filter { !$0.value.isEmpty })
  }

  /// The rows of the server whose dependencies are an object's.
  private func sources(of identity: Identity) -> [(identity: Identity, part: String?)] {
    var sources: [(identity: Identity, part: String?)] = [(identity, nil)]
    func add(constraint row: PostgreSQL.ConstraintRow) {
      let identity = Identity(.constraint, row.oid)
      guard let owner = owner(of: identity) else { return }
      sources.append((identity, owner.part))
      if row.ownIndex != 0 { sources.append((Identity(.relation, row.ownIndex), owner.part)) }
    }
    if identity.is(.relation) {
      for column in rows.columns[identity.oid] ?? [] where column.expressionOID != 0 {
        let source = Identity(.attributeDefault, column.expressionOID)
        sources.append((source, column.generated.isEmpty ? "column \(column.name)" : nil))
      }
      for row in constraints(of: identity.oid) where !row.isClonedReference {
        add(constraint: row)
      }
      if let rule = index.viewRules[identity.oid] {
        sources.append((Identity(.rewrite, rule), nil))
      }
    } else if identity.is(.type) {
      if let relation = index.composites[identity.oid] {
        sources.append((Identity(.relation, relation), nil))
      }
      for row in constraints(ofDomain: identity.oid) { add(constraint: row) }
    } else if identity.is(.publication) {
      sources += (index.publicationParts[identity.oid] ?? []).map { ($0, nil) }
    }
    return sources
  }

  /// Whether a dependency says what must come first. A sequence is owned, and a partition or an
  /// index attached, only after both are there.
  private func isNeed(_ row: PostgreSQL.DependencyRow, of identity: Identity) -> Bool {
    if row.kind == "e" { return false }
    guard row.target.is(.relation), row.identity.is(.relation) else {
      return !(row.kind == "P" && row.target.is(.trigger))
    }
    if let relation = rows.relations[row.oid] {
      if relation.kind == "S" { return row.kind == "n" }
      return !(relation.isPartition && relation.parents.contains(row.target.oid))
    }
    return row.kind != "P"
  }
}
