import SchemaModel
import DialectPostgreSQL

extension RandomDDL {
  static let labels = [
    "sad", "ok", "happy", "it's", "a,b", "naïve 🦊", "back\\slash", "", "new\nline",
  ]

  static let types: [Kind] = enumerations + domains + composites + ranges + [collation]

  private static let enumerations: [Kind] = [
    Kind("create enum", 4) { ddl in
      let labels = labels.filter { _ in ddl.chance(35) }.map(PostgreSQL.literal)
      return "CREATE TYPE \(ddl.newPath()) AS ENUM (\(labels.joined(separator: ", ")))"
    },
    Kind("add enum value", 4) { ddl in
      guard let (path, object) = ddl.object(.enumeration) else { return nil }
      let members = object.definition?.members ?? []
      var text = "ALTER TYPE \(ddl.q(path)) ADD VALUE "
      text += PostgreSQL.literal(ddl.chance(40) ? ddl.pick(labels) : "v\(ddl.number(1...99))")
      if ddl.chance(50), !members.isEmpty {
        text += ddl.pick([" BEFORE ", " AFTER "]) + PostgreSQL.literal(ddl.pick(members))
      }
      return text
    },
    Kind("rename enum value", 3) { ddl in
      guard let (path, object) = ddl.object(.enumeration),
        let members = object.definition?.members, !members.isEmpty
      else { return nil }
      return "ALTER TYPE \(ddl.q(path)) RENAME VALUE \(PostgreSQL.literal(ddl.pick(members))) TO "
        + PostgreSQL.literal("r\(ddl.number(1...99))")
    },
  ]

  private static let domains: [Kind] = [
    Kind("create domain", 4) { ddl in
      let base = ddl.pick(["integer", "text", "numeric(10,2)", "varchar(20)", "integer[]"])
      var text = "CREATE DOMAIN \(ddl.newPath()) AS \(base)"
      if base == "text", ddl.chance(30) { text += " COLLATE \"C\"" }
      if ddl.chance(30) { text += " DEFAULT \(base == "text" ? "'d'" : "NULL")" }
      if ddl.chance(20) { text += " NOT NULL" }
      if ddl.chance(40) { text += " CHECK (VALUE IS NOT NULL OR true)" }
      if ddl.chance(20) { text += " CONSTRAINT \(ddl.q(ddl.name())) CHECK (VALUE::text <> 'q')" }
      return text
    },
    Kind("create domain over another type", 1) { ddl in
      guard let (path, _) = ddl.object(.domain, .enumeration, .compositeType) else { return nil }
      return "CREATE DOMAIN \(ddl.newPath()) AS \(ddl.q(path))"
    },
    Kind("alter domain", 6) { ddl in
      guard let (path, object) = ddl.object(.domain) else { return nil }
      let notValid = (object.definition?.attributes ?? [:]).keys.sorted()
        .filter { $0.hasPrefix("not valid ") }.map { String($0.dropFirst("not valid ".count)) }
      let name = ddl.q(ddl.name())
      let changes =
        [
          "SET DEFAULT '1'", "DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL",
          "ADD CONSTRAINT \(name) CHECK (VALUE::text <> 'z')",
          "ADD CONSTRAINT \(name) CHECK (VALUE::text <> 'w') NOT VALID",
          "ADD CHECK (VALUE IS NOT NULL) NOT VALID",
        ]
        + notValid.flatMap { name in
          [
            "VALIDATE CONSTRAINT \(ddl.q(name))", "DROP CONSTRAINT \(ddl.q(name))",
            "RENAME CONSTRAINT \(ddl.q(name)) TO \(ddl.q(name + "1"))",
          ]
        }
      return "ALTER DOMAIN \(ddl.q(path)) \(ddl.pick(changes))"
    },
    Kind("comment on domain constraint", 1) { ddl in
      let hasAny: (SchemaObject) -> Bool = {
        $0.definition?.attributes.keys.contains { $0.hasPrefix("not valid ") } ?? false
      }
      guard let (path, object) = ddl.object(.domain, where: hasAny),
        let key = object.definition?.attributes.keys.sorted().first(where: {
          $0.hasPrefix("not valid ")
        })
      else { return nil }
      let name = ddl.q(String(key.dropFirst("not valid ".count)))
      return "COMMENT ON CONSTRAINT \(name) ON DOMAIN \(ddl.q(path)) IS \(ddl.comment())"
    },
  ]

  private static let composites: [Kind] = [
    Kind("create composite type", 4) { ddl in
      let fields = (0..<ddl.number(0...4)).map { number in
        "\(ddl.q("f\(number)")) \(ddl.type())"
      }
      let odd = fields + ["\(ddl.q(ddl.name())) text COLLATE \"C\""]
      let list = (ddl.chance(50) ? odd : fields).joined(separator: ", ")
      return "CREATE TYPE \(ddl.newPath()) AS (\(list))"
    },
    Kind("alter composite type", 6) { ddl in
      guard let (path, object) = ddl.object(.compositeType) else { return nil }
      var changes = ["ADD ATTRIBUTE \(ddl.q(ddl.name())) \(ddl.type())"]
      if let field = object.definition?.members.last.map({ ddl.q($0) }) {
        changes += [
          "RENAME ATTRIBUTE \(field) TO \(ddl.q(ddl.name()))", "DROP ATTRIBUTE \(field)",
          "ALTER ATTRIBUTE \(field) TYPE \(ddl.type())",
        ]
      }
      let cascade = ddl.chance(50) ? " CASCADE" : ""
      return "ALTER TYPE \(ddl.q(path)) \(ddl.pick(changes))\(cascade)"
    },
    Kind("comment on field", 2) { ddl in
      guard let (path, object) = ddl.object(.compositeType, .view, .materializedView),
        let field = object.definition?.members.last
      else { return nil }
      return "COMMENT ON COLUMN \(ddl.q(path)).\(ddl.q(field)) IS \(ddl.comment())"
    },
  ]

  private static let ranges: [Kind] = [
    Kind("create range type", 3) { ddl in
      let options = ddl.pick([
        "subtype = float8, subtype_diff = float8mi", "subtype = text, collation = \"C\"",
        "subtype = date", "subtype = integer, multirange_type_name = \(ddl.newPath())",
      ])
      return "CREATE TYPE \(ddl.newPath()) AS RANGE (\(options))"
    }
  ]

  private static let collation = Kind("create collation", 1) { ddl in
    "CREATE COLLATION \(ddl.newPath()) "
      + ddl.pick(["FROM \"C\"", "(provider = icu, locale = 'und', deterministic = false)"])
  }

  static let sequences: [Kind] = [
    Kind("create sequence", 4) { ddl in
      let options = ddl.pick([
        "", " AS smallint", " START 100 INCREMENT 10", " INCREMENT -1 CYCLE",
        " MINVALUE -5 MAXVALUE 500 CACHE 20",
      ])
      let kind = ddl.chance(15) ? "UNLOGGED SEQUENCE" : "SEQUENCE"
      return "CREATE \(kind) \(ddl.newPath())\(options)"
    },
    Kind("alter sequence", 4) { ddl in
      guard let (path, _) = ddl.object(.sequence) else { return nil }
      return "ALTER SEQUENCE \(ddl.q(path)) "
        + ddl.pick([
          "INCREMENT BY 7", "RESTART", "RESTART WITH 30", "CYCLE", "AS bigint", "NO MAXVALUE",
          "SET UNLOGGED", "SET LOGGED", "CACHE 5 START WITH 2",
        ])
    },
    Kind("own sequence", 4) { ddl in
      guard let (path, _) = ddl.object(.sequence) else { return nil }
      let inSame: (Table) -> Bool = { !$0.columns.isEmpty }
      guard let (owner, table) = ddl.table(where: inSame), owner.namespace == path.namespace,
        let column = ddl.column(table)
      else { return nil }
      return "ALTER SEQUENCE \(ddl.q(path)) OWNED BY \(ddl.q(owner)).\(ddl.q(column.name))"
    },
    Kind("free sequence", 2) { ddl in
      guard let (path, _) = ddl.object(.sequence) else { return nil }
      return "ALTER SEQUENCE \(ddl.q(path)) OWNED BY NONE"
    },
    Kind("set sequence", 3) { ddl in
      guard let (path, _) = ddl.object(.sequence) else { return nil }
      let name = PostgreSQL.literal(ddl.q(path))
      return ddl.pick([
        "SELECT nextval(\(name))", "SELECT setval(\(name), 40, false)",
        "SELECT setval(\(name), 41)",
      ])
    },
    Kind("set identity's sequence", 2) { ddl in
      guard let (table, column) = ddl.place(where: { $0.identity != nil }) else { return nil }
      return "SELECT setval(pg_get_serial_sequence(\(PostgreSQL.literal(table)), "
        + "\(PostgreSQL.literal(column.name))), \(ddl.number(1...50)))"
    },
  ]
}
