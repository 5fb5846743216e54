internal import SchemaModel

// Owners. All is made by the role that runs the baseline, and given away when it stands: a role that
// is no superuser may give a thing only to whom may make things in its schema, so schemas and their
// privileges come first.
extension PostgreSQL.Render.Plan {
  /// One object that is given away.
  struct Gift {
    var owner: String
    var namespace: String
    var statement: String
  }

  /// The statement that gives an object away at once.
  func owners(_ owner: String?, _ word: String, _ name: String) -> [String] {
    guard options.owners, let owner else { return [] }
    return ["ALTER \(word) \(name) OWNER TO \(PostgreSQL.quote(owner))"]
  }

  /// Has an object given away when all stands.
  mutating func give(_ owner: String?, _ word: String, _ name: String, in path: ObjectPath) {
    guard let owner, let statement = owners(owner, word, name).first else { return }
    if path.kind == .namespace {
      finish(.schemaOwners, [statement])
    } else {
      gifts.append(Gift(owner: owner, namespace: path.namespace, statement: statement))
    }
  }

  /// The statements that give all away. Who may not make things in a schema and owns some there all
  /// the same may for this while; not in `public`, where it is the database's word who may.
  func handOver() -> [String] {
    var statements: [String] = []
    var admitted: (schema: String, role: String)?
    func close() {
      guard let (schema, role) = admitted else { return }
      statements.append("REVOKE CREATE ON SCHEMA \(schema) FROM \(role)")
      admitted = nil
    }
    let sorted = gifts.enumerated().sorted {
      ($0.element.namespace, $0.element.owner, $0.offset)
        < ($1.element.namespace, $1.element.owner, $1.offset)
    }
    for (_, gift) in sorted {
      let schema = PostgreSQL.quote(gift.namespace)
      let role = PostgreSQL.quote(gift.owner)
      if let open = admitted, open != (schema, role) { close() }
      if admitted == nil, needsAdmission(gift) {
        statements.append("GRANT CREATE ON SCHEMA \(schema) TO \(role)")
        admitted = (schema, role)
      }
      statements.append(gift.statement)
    }
    close()
    return statements
  }

  private func needsAdmission(_ gift: Gift) -> Bool {
    let path = ObjectPath(.namespace, name: gift.namespace)
    guard gift.namespace != "public", let object = schema.objects[path] else { return false }
    let entries = object.grants.compactMap { Grant($0) }
    if object.grants.isEmpty || !options.grants { return object.owner != gift.owner }
    return !entries.contains { grant in
      [.everyone, .named(gift.owner)].contains(grant.role)
        && (grant.privileges + grant.grantable).contains("C")
    }
  }
}
