import SchemaModel
import DialectPostgreSQL

extension RandomDDL {
  /// `ALTER TABLE t ADD ...`, over a column for which it makes sense.
  private static func add(
    _ name: String, _ weight: Int,
    where isWanted: @escaping @Sendable (Column) -> Bool = { _ in true },
    _ text: @escaping @Sendable (inout RandomDDL, Column) -> String
  ) -> Kind {
    Kind(name, weight) { ddl in
      guard let (table, column) = ddl.place(where: isWanted) else { return nil }
      let name = ddl.chance(60) ? "CONSTRAINT \(ddl.q(ddl.name())) " : ""
      return "ALTER TABLE \(table) ADD \(name)\(text(&ddl, column))"
    }
  }

  private static let isOrdered: @Sendable (Column) -> Bool = { ordered.contains($0.type) }

  /// A constraint, its table's path, and `ALTER TABLE t ... CONSTRAINT c` around `verb`.
  private static func change(
    _ name: String, _ weight: Int,
    where isWanted: @escaping @Sendable (Constraint) -> Bool = { _ in true },
    _ text: @escaping @Sendable (inout RandomDDL, String) -> String
  ) -> Kind {
    Kind(name, weight) { ddl in
      let hasAny: (Table) -> Bool = { $0.constraints.contains(where: isWanted) }
      guard let (path, table) = ddl.table(where: hasAny),
        let constraint = Optional(ddl.pick(table.constraints.filter(isWanted))),
        let name = constraint.name
      else { return nil }
      return "ALTER TABLE \(ddl.q(path)) \(text(&ddl, ddl.q(name)))"
    }
  }

  static let constraints: [Kind] = [
    add("add check", 4) { "CHECK (\($0.condition(over: $1)))" },
    add("add check not valid", 3) { "CHECK (\($0.condition(over: $1))) NOT VALID" },
    add("add check no inherit", 2) { "CHECK (\($0.condition(over: $1))) NO INHERIT" },
    add("add unique", 4, where: isOrdered) { ddl, column in
      "UNIQUE\(ddl.chance(20) ? " NULLS NOT DISTINCT" : "") (\(ddl.q(column.name)))"
        + (ddl.chance(25) ? " DEFERRABLE" : "")
    },
    add("add primary key", 4, where: isOrdered) { "PRIMARY KEY (\($0.q($1.name)))" },
    add("add exclusion", 2, where: isOrdered) { ddl, column in
      "EXCLUDE USING btree (\(ddl.q(column.name)) WITH =)"
        + ddl.pick(["", " WHERE (\(ddl.condition(over: column)))", " DEFERRABLE"])
    },
    add("add gist exclusion", 2, where: { $0.type.hasSuffix("range") }) {
      "EXCLUDE USING gist (\($0.q($1.name)) WITH &&)"
    },
    Kind("add foreign key", 7) { ddl in
      let hasKey: (Table) -> Bool = { $0.constraints.contains { $0.kind == .primaryKey } }
      guard let (path, table) = ddl.table(where: hasKey),
        let key = table.constraints.first(where: { $0.kind == .primaryKey })
      else { return nil }
      let types = key.parts.compactMap { part in table.columns.first { $0.name == part.text }?.type
      }
      let fits: (Table) -> Bool = { other in
        types.allSatisfy { type in other.columns.contains { $0.type == type } }
      }
      guard let (from, source) = ddl.table(where: fits) else { return nil }
      let columns = types.compactMap { type in
        source.columns.first { $0.type == type }.map { ddl.q($0.name) }
      }
      let name = ddl.chance(60) ? "CONSTRAINT \(ddl.q(ddl.name())) " : ""
      return
        "ALTER TABLE \(ddl.q(from)) ADD \(name)FOREIGN KEY (\(columns.joined(separator: ", ")))"
        + " REFERENCES \(ddl.q(path))\(ddl.referenceTail())\(ddl.chance(50) ? " NOT VALID" : "")"
    },
    Kind("add key using index", 3) { ddl in
      let fits: (SchemaObject) -> Bool = {
        guard let index = $0.index else { return false }
        return index.isUnique && index.predicate == nil
          && index.parts.allSatisfy { !$0.isExpression }
      }
      guard let (path, object) = ddl.object(.index, where: fits), let index = object.index
      else { return nil }
      let table = ddl.q(ObjectPath.table(index.table, namespace: path.namespace))
      // A primary key with such an index has no text that makes it; PostgreSQL 18 refuses it.
      let isKey = index.definition?.contains("NULLS NOT DISTINCT") == false && ddl.chance(50)
      return "ALTER TABLE \(table) ADD CONSTRAINT \(ddl.q(ddl.name())) "
        + "\(isKey ? "PRIMARY KEY" : "UNIQUE") USING INDEX \(ddl.q(path.name))"
    },
    change("validate constraint", 4, where: { $0.attributes["not valid"] != nil }) {
      "VALIDATE CONSTRAINT \($1)"
    },
    change("rename constraint", 4) { "RENAME CONSTRAINT \($1) TO \($0.q($0.name()))" },
    change("drop constraint", 4) { "DROP CONSTRAINT \($1)\($0.chance(60) ? " CASCADE" : "")" },
    change("alter constraint", 3, where: { $0.kind == .foreignKey }) { ddl, name in
      "ALTER CONSTRAINT \(name) "
        + ddl.pick(["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
    },
    change("cluster on constraint", 1, where: { $0.kind == .primaryKey }) { "CLUSTER ON \($1)" },
    change("replica identity of constraint", 1, where: { $0.kind == .primaryKey }) {
      "REPLICA IDENTITY USING INDEX \($1)"
    },
    Kind("comment on constraint", 3) { ddl in
      guard let (path, table) = ddl.table(where: { !$0.constraints.isEmpty }),
        let name = ddl.pick(table.constraints).name
      else { return nil }
      return "COMMENT ON CONSTRAINT \(ddl.q(name)) ON \(ddl.q(path)) IS \(ddl.comment())"
    },
    Kind("change constraint's index", 3) { ddl in
      let isKey: (Constraint) -> Bool = { $0.kind == .primaryKey || $0.kind == .unique }
      guard let (path, table) = ddl.table(where: { $0.constraints.contains(where: isKey) }),
        let name = ddl.pick(table.constraints.filter(isKey)).name
      else { return nil }
      let index = PostgreSQL.quote(name, in: path.namespace)
      return ddl.pick([
        "COMMENT ON INDEX \(index) IS \(ddl.comment())",
        "ALTER INDEX \(index) SET (fillfactor = 55)", "ALTER INDEX \(index) RESET (fillfactor)",
        "ALTER INDEX \(index) RENAME TO \(ddl.q(ddl.name()))",
      ])
    },
  ]
}
