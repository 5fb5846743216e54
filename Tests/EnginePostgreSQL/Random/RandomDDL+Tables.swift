import SchemaModel
import DialectPostgreSQL

extension RandomDDL {
  static let tables: [Kind] =
    [
      Kind("create table", 16) { $0.createTable("TABLE") },
      Kind("create unlogged table", 2) { $0.createTable("UNLOGGED TABLE") },
      Kind("create table like", 2) { ddl in
        guard let (source, _) = ddl.relation() else { return nil }
        return
          "CREATE TABLE \(ddl.newPath()) (LIKE \(source) INCLUDING \(ddl.pick(["ALL", "DEFAULTS", "INDEXES", "GENERATED"])))"
      },
      Kind("create table as", 2) { ddl in
        guard let (source, columns) = ddl.relation() else { return nil }
        return "CREATE TABLE \(ddl.newPath()) AS SELECT \(ddl.q(ddl.pick(columns))) FROM \(source)"
      },
      Kind("create typed table", 2) { ddl in
        guard let type = ddl.object(.compositeType) else { return nil }
        return "CREATE TABLE \(ddl.newPath()) OF \(ddl.q(type.path))"
      },
      Kind("create inherited table", 3) { ddl in
        guard let (parent, _) = ddl.table() else { return nil }
        var parents = [ddl.q(parent)]
        if ddl.chance(30), let (second, _) = ddl.table(), second != parent {
          parents.append(ddl.q(second))
        }
        let own = ddl.chance(60) ? ddl.columnText(ddl.name()) : ""
        return
          "CREATE TABLE \(ddl.newPath()) (\(own)) INHERITS (\(parents.joined(separator: ", ")))"
      },
      Kind("inherit", 2) { ddl in
        guard let (child, _) = ddl.table(), let (parent, table) = ddl.table() else { return nil }
        // The parent's columns first, so that it may fit.
        let adds = table.columns.prefix(3).map {
          "ADD COLUMN IF NOT EXISTS \(ddl.q($0.name)) \($0.type)\($0.isNullable ? "" : " NOT NULL")"
        }
        let alter = "ALTER TABLE \(ddl.q(child)) "
        let prefix = adds.isEmpty ? "" : alter + adds.joined(separator: ", ") + ";\n"
        return prefix + alter + "INHERIT \(ddl.q(parent))"
      },
      Kind("no inherit", 2) { ddl in
        guard let (child, table) = ddl.table(where: { $0.attributes["inherits"] != nil }),
          let parents = table.attributes["inherits"]
        else { return nil }
        return "ALTER TABLE \(ddl.q(child)) NO INHERIT \(ddl.pick(parents.split(separator: ", ")))"
      },
      Kind("not of", 1) { ddl in
        guard let (path, _) = ddl.table(where: { $0.attributes["of type"] != nil }) else {
          return nil
        }
        return "ALTER TABLE \(ddl.q(path)) NOT OF"
      },
      Kind("swap tables", 2) { ddl in
        guard let (a, _) = ddl.table(), let (b, _) = ddl.table(), a.namespace == b.namespace
        else { return nil }
        let space = ddl.q(a.namespace)
        return """
          ALTER TABLE \(ddl.q(a)) RENAME TO swap_; ALTER TABLE \(ddl.q(b)) RENAME TO \(ddl.q(a.name));
          ALTER TABLE \(space).swap_ RENAME TO \(ddl.q(b.name))
          """
      },
      Kind("replace table", 2) { ddl in
        guard let (path, _) = ddl.table() else { return nil }
        return "DROP TABLE \(ddl.q(path)) CASCADE;\n"
          + (ddl.createTable("TABLE", ddl.q(path)) ?? "")
      },
    ] + tableChanges + columnChanges

  /// `ALTER TABLE t ...`.
  private static func alter(
    _ name: String, _ weight: Int, _ change: @escaping @Sendable (inout RandomDDL, Table) -> String?
  ) -> Kind {
    Kind(name, weight) { ddl in
      guard let (path, table) = ddl.table(), let text = change(&ddl, table) else { return nil }
      return "ALTER TABLE \(ddl.q(path)) \(text)"
    }
  }

  private static let tableChanges: [Kind] = [
    alter("set table options", 3) { ddl, _ in
      ddl.pick([
        "SET (fillfactor = 70)", "SET (autovacuum_enabled = off)", "RESET (fillfactor)",
        "SET (toast.autovacuum_enabled = off)", "SET (toast_tuple_target = 200)",
      ])
    },
    alter("set persistence", 2) { ddl, _ in ddl.pick(["SET LOGGED", "SET UNLOGGED"]) },
    alter("replica identity", 2) { ddl, _ in
      "REPLICA IDENTITY \(ddl.pick(["FULL", "NOTHING", "DEFAULT"]))"
    },
    alter("row security", 3) { ddl, _ in
      ddl.pick(["ENABLE", "DISABLE", "FORCE", "NO FORCE"]) + " ROW LEVEL SECURITY"
    },
    alter("set without cluster", 1) { _, _ in "SET WITHOUT CLUSTER" },
    alter("set all triggers", 1) { ddl, _ in
      ddl.pick(["DISABLE TRIGGER USER", "ENABLE TRIGGER USER"])
    },
    alter("several changes at once", 3) { ddl, table in
      guard let column = ddl.column(table) else { return nil }
      return """
        ADD COLUMN \(ddl.columnText(ddl.name())),
          ALTER \(ddl.q(column.name)) DROP NOT NULL, ADD CHECK (\(ddl.condition(over: column)))
        """
    },
  ]

  mutating func createTable(_ what: String, _ path: String? = nil) -> String? {
    let (texts, columns) = newColumns(number(0...7))
    var parts = texts
    let keys = columns.filter { Self.ordered.contains($0.type) }
    if chance(60) {
      if chance(40) || keys.isEmpty {
        let name = columns.contains { $0.name == "key" } ? "key2" : "key"
        parts.append("\(q(name)) \(pick(["serial", "integer", "bigint"])) PRIMARY KEY")
      } else {
        let list = keys.prefix(2).map { q($0.name) }.joined(separator: ", ")
        parts.append(
          pick(["PRIMARY KEY (\(list))", "CONSTRAINT \(q(name())) PRIMARY KEY (\(list))"]))
      }
    }
    if let column = keys.last, chance(20) {
      parts.append(
        "CONSTRAINT \(q(name())) UNIQUE"
          + (chance(20) ? " NULLS NOT DISTINCT" : "") + " (\(q(column.name)))"
          + (chance(20) ? " INCLUDE (\(q(columns[0].name)))" : "")
          + (chance(20) ? " WITH (fillfactor = 60)" : "")
          + (chance(25) ? " DEFERRABLE INITIALLY DEFERRED" : ""))
    }
    if let column = columns.first, chance(25) {
      parts.append("CONSTRAINT \(q(name())) CHECK (\(condition(over: column)))")
    }
    if let reference = reference(), chance(25) {
      parts.append("\(q("\(name())_ref")) \(reference)")
    }
    if let column = columns.first(where: { $0.type == "integer" }), chance(10) {
      parts.append("EXCLUDE USING btree (\(q(column.name)) WITH =)")
    }
    let options = chance(10) ? " WITH (fillfactor = 80)" : ""
    return
      "CREATE \(what) \(path ?? newPath()) (\n  \(parts.joined(separator: ",\n  "))\n)\(options)"
  }

  /// `integer REFERENCES t (id) ...`.
  private mutating func reference() -> String? {
    let hasKey: (Table) -> Bool = { table in
      table.constraints.contains { $0.kind == .primaryKey && $0.parts.count == 1 }
    }
    guard let (path, table) = table(where: hasKey),
      let key = table.constraints.first(where: { $0.kind == .primaryKey })?.parts.first,
      let column = table.column(named: key.text)
    else { return nil }
    return "\(column.type) REFERENCES \(q(path))\(referenceTail())"
  }

  mutating func referenceTail() -> String {
    let actions = ["CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT"]
    return (chance(15) ? " MATCH FULL" : "")
      + (chance(40) ? " ON DELETE \(pick(actions))" : "")
      + (chance(20) ? " ON UPDATE \(pick(actions))" : "")
      + (chance(20) ? pick([" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]) : "")
  }
}
