import SchemaModel

extension RandomDDL {
  static let rows: [Kind] = [
    Kind("insert", 12) { ddl in
      guard let (path, table) = ddl.table() else { return nil }
      let columns = table.columns.filter { $0.generation == nil && $0.identity == nil }
      let some = columns.filter { !$0.isNullable && $0.defaultExpression == nil || ddl.chance(60) }
      guard !some.isEmpty else { return "INSERT INTO \(ddl.q(path)) DEFAULT VALUES" }
      let rows = (0..<ddl.number(1...3)).map { _ in
        let values = some.map { column in
          column.isNullable && ddl.chance(15) ? "NULL" : ddl.value(of: column.type)
        }
        return "(\(values.joined(separator: ", ")))"
      }
      let list = some.map { ddl.q($0.name) }.joined(separator: ", ")
      return "INSERT INTO \(ddl.q(path)) (\(list)) VALUES \(rows.joined(separator: ", "))"
        + (ddl.chance(60) ? " ON CONFLICT DO NOTHING" : "")
    },
    Kind("update", 4) { ddl in
      guard let (table, column) = ddl.place(where: { $0.generation == nil }) else { return nil }
      return "UPDATE \(table) SET \(ddl.q(column.name)) = \(ddl.value(of: column.type))"
    },
    Kind("delete", 2) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      return "DELETE FROM \(table) WHERE \(ddl.q(column.name)) IS \(ddl.pick(["NULL", "NOT NULL"]))"
    },
    Kind("truncate", 1) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      return "TRUNCATE \(ddl.q(path))\(ddl.pick(["", " CASCADE", " RESTART IDENTITY CASCADE"]))"
    },
    Kind("insert by code", 2) { ddl in
      guard let (path, _) = ddl.table(where: { !$0.columns.isEmpty }) else { return nil }
      return "DO $code$ BEGIN INSERT INTO \(ddl.q(path)) DEFAULT VALUES; END $code$"
    },
    Kind("insert from select", 1) { ddl in
      guard let (path, table) = ddl.table(),
        let column = ddl.column(table, where: { $0.type == "integer" })
      else { return nil }
      return
        "INSERT INTO \(ddl.q(path)) (\(ddl.q(column.name))) SELECT n FROM generate_series(100, 103) n"
    },
    Kind("with that writes", 1) { ddl in
      guard let (table, column) = ddl.place(where: { $0.type == "text" }) else { return nil }
      return
        "WITH w AS (UPDATE \(table) SET \(ddl.q(column.name)) = 'w' RETURNING 1) SELECT count(*) FROM w"
    },
  ]
}
