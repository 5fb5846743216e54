import SchemaModel
import DialectPostgreSQL

// What came with 16, 17 and 18: each is said only to a server that knows it.
extension RandomDDL {
  /// The kinds of statement that a server of this major version knows. Those of 15 stay as they
  /// are, so that a seed gives the same history there.
  static func kinds(version: Int) -> [Kind] {
    kinds + news.filter { $0.version <= version }.map(\.kind)
  }

  static let news: [(version: Int, kind: Kind)] =
    of16.map { (16, $0) } + of17.map { (17, $0) } + of18.map { (18, $0) }

  private static let isText: @Sendable (Column) -> Bool = {
    ["text", "character varying"].contains($0.type) && $0.generation == nil
  }
  private static let isWhole: @Sendable (Column) -> Bool = {
    ["integer", "bigint"].contains($0.type) && $0.generation == nil
  }

  private mutating func named() -> String { chance(60) ? "CONSTRAINT \(q(name())) " : "" }

  private static let of16: [Kind] = [
    Kind("add column with storage", 2) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      let storage = ddl.pick(["EXTERNAL", "MAIN", "PLAIN", "DEFAULT"])
      return "ALTER TABLE \(ddl.q(path)) ADD \(ddl.q(ddl.name())) text STORAGE \(storage)"
    },
    Kind("storage default", 2) { ddl in
      guard let (table, column) = ddl.place(where: { $0.attributes["storage"] != nil }) else {
        return nil
      }
      return "ALTER TABLE \(table) ALTER \(ddl.q(column.name)) SET STORAGE DEFAULT"
    },
    Kind("add check is json", 2) { ddl in
      guard let (table, column) = ddl.place(where: isText) else { return nil }
      let kind = ddl.pick(["JSON", "JSON OBJECT WITH UNIQUE KEYS", "NOT JSON ARRAY"])
      return "ALTER TABLE \(table) ADD \(ddl.named())CHECK (\(ddl.q(column.name)) IS \(kind))"
    },
    Kind("create json view", 2) { ddl in
      guard let (name, columns) = ddl.relation() else { return nil }
      let column = ddl.q(ddl.pick(columns))
      let value = ddl.pick([
        "json_array(\(column) NULL ON NULL)", "json_object('k' : \(column) ABSENT ON NULL)",
        "json_arrayagg(\(column) RETURNING jsonb)", "any_value(\(column)::text)",
      ])
      return "CREATE VIEW \(ddl.newPath()) AS SELECT \(value) AS v FROM \(name)"
    },
    Kind("statistics without a name", 1) { ddl in
      guard let (path, table) = ddl.table(where: { $0.columns.count > 1 }) else { return nil }
      let columns = table.columns.prefix(2).map { ddl.q($0.name) }.joined(separator: ", ")
      return "CREATE STATISTICS ON \(columns) FROM \(ddl.q(path))"
    },
  ]

  private static let of17: [Kind] = [
    Kind("grant maintain", 3) { ddl in
      guard let (path, _) = ddl.object(.table, .materializedView) else { return nil }
      let option = ddl.chance(20) ? " WITH GRANT OPTION" : ""
      return "GRANT MAINTAIN ON \(ddl.q(path)) TO \(ddl.pick(roles))\(option)"
    },
    Kind("revoke maintain", 2) { ddl in
      guard let (path, _) = ddl.object(.table, .materializedView) else { return nil }
      return "REVOKE MAINTAIN ON \(ddl.q(path)) FROM \(ddl.pick(roles + ["CURRENT_USER"]))"
    },
    Kind("maintain by default", 1) { ddl in
      "ALTER DEFAULT PRIVILEGES GRANT MAINTAIN ON TABLES TO \(ddl.pick(roles))"
    },
    Kind("set expression", 3) { ddl in
      guard let (path, table) = ddl.table(where: { $0.columns.contains { $0.generation != nil } }),
        let column = ddl.column(table, where: { $0.generation != nil }),
        let other = ddl.column(table, where: { $0.type == column.type && $0.generation == nil })
      else { return nil }
      let set = "SET EXPRESSION AS (\(ddl.q(other.name)))"
      return "ALTER TABLE \(ddl.q(path)) ALTER \(ddl.q(column.name)) \(set)"
    },
    Kind("access method of a partitioned table", 2) { ddl in
      guard let (path, _) = ddl.table(where: { $0.attributes["partition by"] != nil }) else {
        return nil
      }
      return "ALTER TABLE \(ddl.q(path)) SET ACCESS METHOD \(ddl.pick(["heap", "heap", "DEFAULT"]))"
    },
    Kind("add identity to a partitioned table", 2) { ddl in
      guard let (path, _) = ddl.table(where: { $0.attributes["partition by"] != nil }) else {
        return nil
      }
      return
        "ALTER TABLE \(ddl.q(path)) ADD \(ddl.q(ddl.name())) bigint GENERATED ALWAYS AS IDENTITY"
    },
    Kind("exclusion of a partitioned table", 2) { ddl in
      guard let (path, _) = ddl.table(where: { $0.attributes["partition by"] != nil }) else {
        return nil
      }
      return "ALTER TABLE \(ddl.q(path)) ADD \(ddl.named())EXCLUDE USING btree (part WITH =)"
    },
    Kind("statistics default", 2) { ddl in
      guard let (table, column) = ddl.place(where: { $0.attributes["statistics"] != nil }) else {
        return nil
      }
      return "ALTER TABLE \(table) ALTER \(ddl.q(column.name)) SET STATISTICS DEFAULT"
    },
    Kind("builtin collation", 1) { ddl in
      let locale = ddl.pick(["'C'", "'C.UTF-8'"])
      return "CREATE COLLATION \(ddl.newPath()) (provider = builtin, locale = \(locale))"
    },
    Kind("create json_table view", 1) { ddl in
      guard let (table, column) = ddl.place(where: { $0.type == "jsonb" }) else { return nil }
      return """
        CREATE VIEW \(ddl.newPath()) AS SELECT j.* FROM \(table) t, \
        json_table(t.\(ddl.q(column.name)), '$[*]' COLUMNS (n FOR ORDINALITY, \
        x int PATH '$.x' DEFAULT 7 ON EMPTY, NESTED '$.l[*]' COLUMNS (y text PATH '$'))) j
        """
    },
  ]

  private static let of18: [Kind] = [
    Kind("add virtual column", 4) { ddl in
      guard let (table, column) = ddl.place(where: isWhole) else { return nil }
      let expression = ddl.expression(over: column)
      let type = column.type
      return "ALTER TABLE \(table) ADD \(ddl.q(ddl.name())) \(type) "
        + "GENERATED ALWAYS AS (\(expression)) VIRTUAL"
    },
    Kind("add check not enforced", 4) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let more = ddl.chance(20) ? " NO INHERIT" : ""
      return "ALTER TABLE \(table) ADD \(ddl.named())"
        + "CHECK (\(ddl.condition(over: column)))\(more) NOT ENFORCED"
    },
    Kind("add foreign key not enforced", 3) { ddl in
      guard let (target, table) = ddl.table(where: { $0.constraints.contains { isKey($0) } }),
        let key = table.constraints.first(where: isKey),
        let type = table.column(named: key.parts[0].text)?.type,
        let (child, column) = ddl.place(where: { $0.type == type && $0.generation == nil })
      else { return nil }
      let word = ddl.pick(["NOT ENFORCED", "NOT ENFORCED", "NOT VALID"])
      return "ALTER TABLE \(child) ADD \(ddl.named())FOREIGN KEY (\(ddl.q(column.name))) "
        + "REFERENCES \(ddl.q(target)) (\(ddl.q(key.parts[0].text))) \(word)"
    },
    Kind("enforce foreign key", 3) { ddl in
      guard
        let (path, table) = ddl.table(where: { $0.constraints.contains { $0.kind == .foreignKey } }
        ),
        let name = table.constraints.first(where: { $0.kind == .foreignKey })?.name
      else { return nil }
      return "ALTER TABLE \(ddl.q(path)) ALTER CONSTRAINT \(ddl.q(name)) "
        + ddl.pick(["ENFORCED", "NOT ENFORCED"])
    },
    Kind("create temporal tables", 2) { ddl in
      let (parent, child) = (ddl.newPath(), ddl.newPath())
      let key = ddl.pick(["PRIMARY KEY", "UNIQUE"])
      return """
        CREATE TABLE \(parent) (id int4range, at daterange, \(key) (id, at WITHOUT OVERLAPS));
        CREATE TABLE \(child) (a int4range, b daterange, \(ddl.named())FOREIGN KEY (a, PERIOD b) \
        REFERENCES \(parent) (id, PERIOD at))
        """
    },
    Kind("large objects by default", 1) { ddl in
      "ALTER DEFAULT PRIVILEGES \(ddl.pick(["GRANT SELECT", "GRANT ALL"])) ON LARGE OBJECTS TO "
        + ddl.pick(roles)
    },
    Kind("publication of computed columns", 1) { ddl in
      guard let (path, _) = ddl.table(where: { $0.attributes["persistence"] == nil }) else {
        return nil
      }
      return "CREATE PUBLICATION \(ddl.q(ddl.name())) FOR TABLE \(ddl.q(path)) "
        + "WITH (publish_generated_columns = \(ddl.pick(["stored", "none"])))"
    },
    Kind("add uuidv7 column", 1) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      return "ALTER TABLE \(ddl.q(path)) ADD \(ddl.q(ddl.name())) uuid DEFAULT uuidv7()"
    },
    Kind("vacuum options", 1) { ddl in
      guard let (path, _) = ddl.table(where: { $0.attributes["partition by"] == nil }) else {
        return nil
      }
      return "ALTER TABLE \(ddl.q(path)) SET (autovacuum_vacuum_max_threshold = -1)"
    },
  ]

  private static let isKey: @Sendable (Constraint) -> Bool = {
    [.primaryKey, .unique].contains($0.kind) && $0.parts.count == 1
  }
}
