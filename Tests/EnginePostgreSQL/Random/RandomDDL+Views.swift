import SchemaModel

extension RandomDDL {
  /// A query over what is there, and how many columns it has.
  mutating func query() -> (sql: String, count: Int)? {
    guard let (name, columns) = relation() else {
      return ("SELECT 1 AS one, 'x'::text AS two", 2)
    }
    let some = columns.filter { _ in chance(60) }
    let list = (some.isEmpty ? [columns[0]] : some).map { "s." + q($0) }
    let names = list.joined(separator: ", ")
    switch number(0...7) {
    case 0: return ("SELECT count(*) AS n FROM \(name) s", 1)
    case 1:
      if let (other, columns) = relation() {
        return (
          "SELECT \(list[0]), o.\(q(columns[0])) AS other FROM \(name) s LEFT JOIN \(other) o ON true",
          2
        )
      }
    case 2: return ("SELECT DISTINCT \(list[0])::text AS c FROM \(name) s ORDER BY 1", 1)
    case 3:
      return (
        "WITH w AS (SELECT \(names) FROM \(name) s) SELECT w.*, row_number() OVER () AS rn FROM w",
        list.count + 1
      )
    case 4:
      return (
        "SELECT \(list[0])::text AS u FROM \(name) s UNION ALL SELECT CASE WHEN true THEN 'x' END",
        1
      )
    case 5: return ("SELECT s AS whole, \(list[0]) FROM \(name) s WHERE \(list[0]) IS NOT NULL", 2)
    default: break
    }
    return ("SELECT \(names) FROM \(name) s", list.count)
  }

  static let views: [Kind] = [
    Kind("create view", 8) { ddl in
      guard let (query, count) = ddl.query() else { return nil }
      let names = (0..<count).map { "v\($0)" }.joined(separator: ", ")
      let list = ddl.chance(30) ? " (\(names))" : ""
      let options = ddl.chance(15) ? " WITH (security_barrier)" : ""
      return "CREATE VIEW \(ddl.newPath())\(list)\(options) AS \(query)"
    },
    Kind("create view with check option", 2) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let name = ddl.q(column.name)
      return
        "CREATE VIEW \(ddl.newPath()) AS SELECT \(name) FROM \(table) WHERE \(name) IS NOT NULL "
        + "WITH \(ddl.pick(["LOCAL", "CASCADED"])) CHECK OPTION"
    },
    Kind("create recursive view", 1) { ddl in
      let name = "rec_\(ddl.number(1...99))"
      return "CREATE RECURSIVE VIEW public.\(name) (n) AS VALUES (1) UNION ALL SELECT n + 1 "
        + "FROM \(name) WHERE n < 5"
    },
    Kind("replace view", 4) { ddl in
      guard let (path, object) = ddl.object(.view), let members = object.definition?.members,
        let text = object.definition?.text, let start = text.firstRange(of: " AS\n")
      else { return nil }
      let query = text[start.upperBound...]
      let names = (members + ["more_\(ddl.number(1...99))"]).map { ddl.q($0) }
      return "CREATE OR REPLACE VIEW \(ddl.q(path)) (\(names.joined(separator: ", "))) AS "
        + "SELECT q.*, 1 AS one FROM (\(query)) q"
    },
    Kind("alter view", 4) { ddl in
      guard let (path, object) = ddl.object(.view), let column = object.definition?.members.first
      else { return nil }
      let alter = "ALTER VIEW \(ddl.q(path))"
      return ddl.pick([
        "\(alter) SET (security_invoker = on)", "\(alter) RESET (security_barrier)",
        "\(alter) ALTER COLUMN \(ddl.q(column)) SET DEFAULT NULL",
        "\(alter) ALTER COLUMN \(ddl.q(column)) DROP DEFAULT",
      ])
    },
    Kind("rename view column", 3) { ddl in
      guard let (path, object) = ddl.object(.view, .materializedView),
        let members = object.definition?.members, !members.isEmpty
      else { return nil }
      let what = path.kind.description.uppercased()
      return
        "ALTER \(what) \(ddl.q(path)) RENAME COLUMN \(ddl.q(ddl.pick(members))) TO \(ddl.q(ddl.name()))"
    },
    Kind("create materialized view", 5) { ddl in
      guard let (query, _) = ddl.query() else { return nil }
      let tail = ddl.chance(30) ? " WITH NO DATA" : ""
      let options = ddl.chance(10) ? " WITH (fillfactor = 70)" : ""
      return "CREATE MATERIALIZED VIEW \(ddl.newPath())\(options) AS \(query)\(tail)"
    },
    Kind("refresh materialized view", 2) { ddl in
      guard let (path, _) = ddl.object(.materializedView) else { return nil }
      return "REFRESH MATERIALIZED VIEW \(ddl.q(path))"
    },
    Kind("alter materialized view", 2) { ddl in
      guard let (path, object) = ddl.object(.materializedView),
        let column = object.definition?.members.first
      else { return nil }
      let alter = "ALTER MATERIALIZED VIEW \(ddl.q(path))"
      return ddl.pick([
        "\(alter) SET (fillfactor = 60)",
        "\(alter) ALTER COLUMN \(ddl.q(column)) SET STATISTICS 10",
        "\(alter) ALTER COLUMN \(ddl.q(column)) SET STORAGE PLAIN",
      ])
    },
  ]
}
