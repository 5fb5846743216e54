internal import SchemaModel

/// Exclusion constraints of partitioned tables, which there are from 17 on.
///
/// A server of 17 attaches no index of such a constraint to its parent's, so that not even a dump of
/// its own comes back. Where all partitions have the constraint, the parent's is made as a whole, and
/// theirs get their names afterwards.
extension PostgreSQL.Render.Plan {
  /// Whether all below a table have this exclusion constraint of its from it.
  func handsDown(_ name: String, _ path: ObjectPath) -> Bool {
    guard schema.objects[path]?.table?.attributes["partition by"] != nil else { return false }
    let index = PostgreSQL.quote(name, in: path.namespace)
    return parents.allSatisfy { child, parent in
      guard parent == path else { return true }
      guard let table = schema.objects[child]?.table,
        let own = table.constraints.first(where: { isAttached($0, to: index) })
      else { return false }
      return table.attributes["partition by"] == nil || handsDown(own.name ?? "", child)
    }
  }

  private func isAttached(_ constraint: Constraint, to index: String) -> Bool {
    guard constraint.kind == .exclusion,
      let parent = constraint.attributes["index attached to"]
    else { return false }
    return PostgreSQL.requoted(parent) == index
  }

  /// Adds what is left to do for an exclusion constraint that comes with the parent's.
  /// - Returns: false where it does not.
  mutating func addHandedDown(_ constraint: Constraint, _ path: ObjectPath) -> Bool {
    guard let parent = parents[path], let name = constraint.name,
      let above = schema.objects[parent]?.table?.constraints.first(where: { other in
        isAttached(constraint, to: PostgreSQL.quote(other.name ?? "", in: parent.namespace))
      })?.name, handsDown(above, parent)
    else { return false }
    add(
      NodeID(path: path, part: .constraint(name)),
      SortKey(
        phase: .constraints, group: PostgreSQL.Render.qualified(path),
        rank: Int(constraint.kind.rawValue), name: name),
      extras(of: constraint, table: path),
      needs: [NodeID(path: path), NodeID(path: parent, part: .constraint(above))])
    return true
  }

  /// Gives those below an exclusion constraint their names, once it is made as a whole: they have what
  /// was free then. At once, so that nothing that is made later finds its own name taken; and by
  /// names of nobody's, since one's may be what another has been given.
  func renamingBelow(_ name: String, _ path: ObjectPath) -> [String] {
    let rows = below(name, path).map { table, name in
      "(\(PostgreSQL.literal(table))::pg_catalog.regclass, \(PostgreSQL.literal(name)))"
    }
    if rows.isEmpty { return [] }
    let text = """
      DECLARE one record;
      BEGIN
        FOR is_last IN 0..1 LOOP
          FOR one IN
            WITH RECURSIVE tree(oid) AS (
              SELECT k.oid FROM pg_catalog.pg_constraint k
              WHERE k.conrelid = \(PostgreSQL.literal(PostgreSQL.Render.qualified(path)))::pg_catalog.regclass
              AND k.conname = \(PostgreSQL.literal(name))
              UNION ALL
              SELECT k.oid FROM pg_catalog.pg_constraint k JOIN tree t ON k.conparentid = t.oid)
            SELECT k.oid, k.conrelid::pg_catalog.regclass AS place, k.conname, w.name AS wanted
            FROM tree JOIN pg_catalog.pg_constraint k ON k.oid = tree.oid
            JOIN (VALUES \(rows.joined(separator: ",\n            "))) AS w(place, name)
              ON w.place = k.conrelid
            WHERE k.conname <> w.name
          LOOP
            EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', one.place, one.conname,
              CASE is_last WHEN 1 THEN one.wanted ELSE 'strata renames ' || one.oid END);
          END LOOP;
        END LOOP;
      END
      """
    return ["DO " + PostgreSQL.literal(text)]
  }

  /// The tables below that have the constraint from this one, qualified, and what it is called there.
  private func below(_ name: String, _ path: ObjectPath) -> [(table: String, name: String)] {
    let index = PostgreSQL.quote(name, in: path.namespace)
    return parents.filter { $0.value == path }.keys.sorted().flatMap { child in
      let own = schema.objects[child]?.table?.constraints.first { isAttached($0, to: index) }?.name
      guard let own else { return [(table: String, name: String)]() }
      return [(PostgreSQL.Render.qualified(child), own)] + below(own, child)
    }
  }
}
