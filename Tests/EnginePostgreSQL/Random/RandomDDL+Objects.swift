import SchemaModel
import DialectPostgreSQL

extension RandomDDL {
  /// How statements name an object: `FUNCTION app.f(integer)`; nil for what has no such statement.
  func target(_ path: ObjectPath, _ object: SchemaObject) -> String? {
    let attributes = object.definition?.attributes ?? [:]
    switch path.kind {
    case .namespace: return "SCHEMA \(q(path.name))"
    case .extension: return "EXTENSION \(q(path.name))"
    case .table, .index, .view, .materializedView, .sequence, .domain, .statistics, .collation:
      return "\(path.kind.description.uppercased()) \(q(path))"
    case .enumeration, .compositeType, .rangeType: return "TYPE \(q(path))"
    case .routine:
      let kind = attributes["kind"]?.uppercased() ?? "FUNCTION"
      return attributes["signature"].map { "\(kind == "WINDOW" ? "FUNCTION" : kind) \($0)" }
    case .operator: return attributes["signature"].map { "OPERATOR \($0)" }
    case .cast: return "CAST (\(path.name))"
    case .trigger, .policy, .rule:
      guard let table = path.table else { return nil }
      let on = q(ObjectPath.table(table, namespace: path.namespace))
      return "\(path.kind.description.uppercased()) \(q(path.name)) ON \(on)"
    case .publication: return "PUBLICATION \(q(path.name))"
    case .eventTrigger: return "EVENT TRIGGER \(q(path.name))"
    case .textSearchDictionary: return "TEXT SEARCH DICTIONARY \(q(path))"
    case .textSearchConfiguration: return "TEXT SEARCH CONFIGURATION \(q(path))"
    case .defaultPrivileges, .setting, .opaque: return nil
    }
  }

  /// An object of any kind but these, each kind as likely as the next; notes the kind.
  private mutating func anything(
    but excluded: Set<ObjectKind>
  ) -> (path: ObjectPath, target: String)? {
    let kinds = Set(schema.objects.keys.map(\.kind)).subtracting(excluded)
      .sorted { $0.rawValue < $1.rawValue }
    guard !kinds.isEmpty, let (path, object) = object(pick(kinds)),
      let target = target(path, object)
    else { return nil }
    subject = path.kind.description
    return (path, target)
  }

  mutating func comment() -> String {
    pick([
      "'a comment'", "'it''s'", "E'two\\nlines'", "'emoji 🦊 ; -- \"x\"'", "E'back\\\\slash'",
      "NULL",
    ])
  }

  static let generic: [Kind] = [
    Kind("comment on", 12) { ddl in
      guard let (_, target) = ddl.anything(but: []) else { return nil }
      return "COMMENT ON \(target) IS \(ddl.comment())"
    },
    Kind("comment on column", 3) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      return "COMMENT ON COLUMN \(table).\(ddl.q(column.name)) IS \(ddl.comment())"
    },
    Kind("rename", 18) { ddl in
      guard let (_, target) = ddl.anything(but: [.extension, .operator, .cast, .namespace])
      else { return nil }
      return "ALTER \(target) RENAME TO \(ddl.q(ddl.name()))"
    },
    Kind("set schema of", 10) { ddl in
      let stay: Set<ObjectKind> = [
        .namespace, .cast, .index, .trigger, .policy, .rule, .publication, .eventTrigger,
      ]
      guard let (_, target) = ddl.anything(but: stay) else { return nil }
      return "ALTER \(target) SET SCHEMA \(ddl.q(ddl.namespace()))"
    },
    Kind("owner of", 8) { ddl in
      let none: Set<ObjectKind> = [.cast, .index, .trigger, .policy, .rule, .extension]
      guard let (_, target) = ddl.anything(but: none) else { return nil }
      return "ALTER \(target) OWNER TO \(ddl.pick(roles + ["CURRENT_USER"]))"
    },
    Kind("drop", 6) { ddl in
      guard let (_, target) = ddl.anything(but: [.namespace, .table]) else { return nil }
      return "DROP \(target)\(ddl.chance(50) ? " CASCADE" : "")"
    },
    Kind("drop table", 3) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      return "DROP TABLE \(ddl.q(path))\(ddl.chance(60) ? " CASCADE" : "")"
    },
    Kind("drop several tables", 1) { ddl in
      guard let (a, _) = ddl.table(), let (b, _) = ddl.table() else { return nil }
      return "DROP TABLE \(ddl.q(a)), \(ddl.q(b)) CASCADE"
    },
  ]

  static let namespaces: [Kind] = [
    Kind("create schema", 4) { ddl in
      let owner = ddl.chance(20) ? " AUTHORIZATION \(ddl.pick(roles))" : ""
      return "CREATE SCHEMA \(ddl.q(ddl.name()))\(owner)"
    },
    Kind("create schema with tables", 1) { ddl in
      "CREATE SCHEMA \(ddl.q(ddl.name())) CREATE TABLE t (id serial) CREATE VIEW v AS SELECT id FROM t"
    },
    Kind("rename schema", 3) { ddl in
      // pg_dump compares the privileges of what was `public` with those of a new database's.
      guard let (path, _) = ddl.object(.namespace), path.name != "public" else { return nil }
      return "ALTER SCHEMA \(ddl.q(path.name)) RENAME TO \(ddl.q(ddl.name()))"
    },
    Kind("drop schema", 2) { ddl in
      guard let (path, _) = ddl.object(.namespace) else { return nil }
      return "DROP SCHEMA \(ddl.q(path.name))\(ddl.chance(50) ? " CASCADE" : "")"
    },
    Kind("create extension", 2) { ddl in
      // What default privileges give to an extension's members is not recorded.
      if ddl.object(.defaultPrivileges) != nil { return nil }
      let name = ddl.pick(["hstore", "citext", "pg_trgm", "btree_gist", "ltree", "\"uuid-ossp\""])
      return "CREATE EXTENSION \(name) SCHEMA \(ddl.q(ddl.namespace()))"
    },
    Kind("use an extension's type", 2) { ddl in
      guard let (path, object) = ddl.object(.extension), let (table, _) = ddl.table(),
        let space = object.definition?.attributes["schema"],
        ["hstore", "citext", "ltree"].contains(path.name)
      else { return nil }
      let type = PostgreSQL.quote(path.name, in: space)
      return "ALTER TABLE \(ddl.q(table)) ADD COLUMN \(ddl.q(ddl.name())) \(type)"
    },
  ]

  static let privileges: [Kind] = [
    Kind("grant on relation", 5) { ddl in
      guard let (path, _) = ddl.object(.table, .view, .materializedView) else { return nil }
      return "GRANT \(ddl.pick(["ALL", "SELECT", "SELECT, INSERT", "TRUNCATE"])) ON \(ddl.q(path)) "
        + ddl.grantee()
    },
    Kind("grant on column", 2) { ddl in
      guard let (name, columns) = ddl.relation() else { return nil }
      let right = ddl.pick(["SELECT", "UPDATE", "ALL"])
      return "GRANT \(right) (\(ddl.q(ddl.pick(columns)))) ON \(name) \(ddl.grantee())"
    },
    Kind("grant on", 6) { ddl in
      let kinds: [ObjectKind] = [
        .namespace, .sequence, .routine, .domain, .enumeration, .rangeType, .compositeType,
      ]
      let others = Set(ObjectKind.allCases).subtracting(kinds)
      guard let (path, target) = ddl.anything(but: others) else { return nil }
      let words = target.split(separator: " ", maxSplits: 1)
      let isAggregate = words[0] == "AGGREGATE"
      let what = path.kind == .domain ? "DOMAIN" : isAggregate ? "FUNCTION" : String(words[0])
      return "GRANT ALL ON \(what) \(words[1]) \(ddl.grantee())"
    },
    Kind("revoke on relation", 3) { ddl in
      guard let (path, _) = ddl.object(.table, .view, .materializedView, .sequence) else {
        return nil
      }
      return "REVOKE \(ddl.pick(["ALL", "SELECT"])) ON \(ddl.q(path)) FROM "
        + "\(ddl.pick(roles + ["PUBLIC", "CURRENT_USER"])) CASCADE"
    },
    Kind("revoke on routine", 2) { ddl in
      guard let (signature, _) = ddl.routine() else { return nil }
      return
        "REVOKE ALL ON ROUTINE \(signature) FROM \(ddl.pick(roles + ["PUBLIC", "CURRENT_USER"])) CASCADE"
    },
    Kind("revoke on type", 1) { ddl in
      guard let (path, _) = ddl.object(.enumeration, .domain, .rangeType, .compositeType)
      else { return nil }
      return "REVOKE ALL ON TYPE \(ddl.q(path)) FROM \(ddl.pick(["PUBLIC", "CURRENT_USER"]))"
    },
    Kind("revoke on schema", 1) { ddl in
      "REVOKE ALL ON SCHEMA \(ddl.q(ddl.namespace())) FROM \(ddl.pick(roles + ["PUBLIC"]))"
    },
    Kind("default privileges", 2) { ddl in
      let space = ddl.chance(60) ? " IN SCHEMA \(ddl.q(ddl.namespace()))" : ""
      let role = ddl.chance(30) ? " FOR ROLE \(ddl.pick(roles))" : ""
      let kind = ddl.pick(["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES"])
      let change = ddl.chance(60) ? "GRANT ALL ON \(kind) TO" : "REVOKE ALL ON \(kind) FROM"
      return "ALTER DEFAULT PRIVILEGES\(role)\(space) \(change) \(ddl.pick(roles + ["PUBLIC"]))"
    },
  ]

  private mutating func grantee() -> String {
    let role = pick(Self.roles + ["PUBLIC", "CURRENT_USER"])
    return "TO \(role)" + (role != "PUBLIC" && chance(20) ? " WITH GRANT OPTION" : "")
  }
}
