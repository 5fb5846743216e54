import SchemaModel

extension RandomDDL {
  /// `CREATE INDEX` over a column; the text after the table's name.
  private static func index(
    _ name: String, _ weight: Int, _ head: String = "INDEX",
    where isWanted: @escaping @Sendable (Column) -> Bool = { ordered.contains($0.type) },
    _ tail: @escaping @Sendable (inout RandomDDL, Column) -> String
  ) -> Kind {
    Kind(name, weight) { ddl in
      guard let (table, column) = ddl.place(where: isWanted) else { return nil }
      let index = ddl.chance(70) ? " \(ddl.q(ddl.name()))" : ""
      return "CREATE \(head)\(index) ON \(table) \(tail(&ddl, column))"
    }
  }

  static let indexes: [Kind] = [
    index("create index", 5) { ddl, column in
      let order = ddl.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"])
      let options = ddl.chance(20) ? " WITH (fillfactor = 60)" : ""
      return "(\(ddl.q(column.name))\(order))\(options)"
    },
    index("create unique index", 4, "UNIQUE INDEX") { ddl, column in
      "(\(ddl.q(column.name)))" + (ddl.chance(20) ? " NULLS NOT DISTINCT" : "")
    },
    index("create partial index", 3) { ddl, column in
      "(\(ddl.q(column.name))) WHERE \(ddl.condition(over: column))"
    },
    index("create expression index", 3) { ddl, column in
      "(\(ddl.q(column.name)), \(ddl.expression(over: column)))"
    },
    index("create hash index", 2) { ddl, column in "USING hash (\(ddl.q(column.name)))" },
    index("create brin index", 2) { ddl, column in
      "USING brin (\(ddl.q(column.name))) WITH (pages_per_range = 4)"
    },
    index(
      "create gin index", 2,
      where: { ["jsonb", "integer[]", "text[]", "tsvector"].contains($0.type) }
    ) {
      ddl, column in
      "USING gin (\(ddl.q(column.name))\(column.type == "jsonb" ? " jsonb_path_ops" : ""))"
    },
    index("create gist index", 2, where: { ["point", "int4range", "inet"].contains($0.type) }) {
      ddl, column in
      "USING gist (\(ddl.q(column.name))\(column.type == "inet" ? " inet_ops" : ""))"
    },
    index("create pattern index", 2, where: { $0.type == "text" }) { ddl, column in
      "(\(ddl.q(column.name)) COLLATE \"C\" text_pattern_ops)"
    },
    index("create index concurrently", 1, "INDEX CONCURRENTLY") { ddl, column in
      "(\(ddl.q(column.name)))"
    },
    Kind("create covering index", 3) { ddl in
      guard let (path, table) = ddl.table(where: { $0.columns.count > 1 }),
        let column = ddl.column(table, where: { ordered.contains($0.type) }),
        let other = ddl.column(table)
      else { return nil }
      return "CREATE INDEX ON \(ddl.q(path)) (\(ddl.q(column.name))) INCLUDE (\(ddl.q(other.name)))"
    },
    Kind("create index on materialized view", 3) { ddl in
      guard let (path, object) = ddl.object(.materializedView),
        let column = object.definition?.members.first
      else { return nil }
      return "CREATE \(ddl.pick(["", "UNIQUE "]))INDEX ON \(ddl.q(path)) (\(ddl.q(column)))"
    },
    Kind("alter index", 4) { ddl in
      guard let (path, object) = ddl.object(.index), let index = object.index else { return nil }
      let table = ddl.q(ObjectPath.table(index.table, namespace: path.namespace))
      let name = ddl.q(path)
      return ddl.pick([
        "ALTER INDEX \(name) SET (fillfactor = 77)", "ALTER INDEX \(name) RESET (fillfactor)",
        "ALTER INDEX \(name) ALTER COLUMN 2 SET STATISTICS 33",
        "ALTER TABLE \(table) CLUSTER ON \(ddl.q(path.name))",
        "ALTER TABLE \(table) REPLICA IDENTITY USING INDEX \(ddl.q(path.name))",
      ])
    },
    Kind("reindex", 1) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      return "REINDEX TABLE \(ddl.q(path))"
    },
  ]
}
