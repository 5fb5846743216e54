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
    let on = PostgreSQL.Render.qualified(path)
    let table = PostgreSQL.literal(on)
    // Its name is the server's choice, and then this one.
    let rename = """
      DECLARE given name;
      BEGIN
        SELECT k.conname INTO given FROM pg_catalog.pg_constraint k
          JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid
          WHERE k.conrelid = \(table)::pg_catalog.regclass
          AND p.conrelid = \(PostgreSQL.literal(PostgreSQL.Render.qualified(parent)))::pg_catalog.regclass
          AND p.conname = \(PostgreSQL.literal(above));
        IF given <> \(PostgreSQL.literal(name)) THEN
          EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
            \(table), given, \(PostgreSQL.literal(name)));
        END IF;
      END
      """
    add(
      NodeID(path: path, part: .constraint(name)),
      SortKey(phase: .constraints, group: on, rank: Int(constraint.kind.rawValue), name: name),
      ["DO " + PostgreSQL.literal(rename)] + extras(of: constraint, table: path),
      needs: [NodeID(path: path), NodeID(path: parent, part: .constraint(above))])
    return true
  }
}
