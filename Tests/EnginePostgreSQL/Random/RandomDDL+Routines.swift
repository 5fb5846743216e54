import SchemaModel

extension RandomDDL {
  /// A routine's path and its signature, as statements name it.
  mutating func routine(
    where isWanted: (Definition) -> Bool = { _ in true }
  ) -> (signature: String, definition: Definition)? {
    guard
      let (_, object) = object(.routine, where: { $0.definition.map(isWanted) ?? false }),
      let definition = object.definition, let signature = definition.attributes["signature"]
    else { return nil }
    return (signature, definition)
  }

  static let routines: [Kind] = [
    Kind("create sql function", 5) { ddl in
      let type = ddl.type()
      let arguments = ddl.pick(["", "a integer", "a integer, b text DEFAULT 'z'", "a \(type)"])
      let volatility = ddl.pick([
        "IMMUTABLE", "STABLE", "VOLATILE STRICT", "IMMUTABLE PARALLEL SAFE",
      ])
      return
        "CREATE OR REPLACE FUNCTION \(ddl.newPath())(\(arguments)) RETURNS \(type) LANGUAGE sql "
        + "\(volatility) AS 'SELECT NULL::\(type.replacing("'", with: "''"))'"
    },
    Kind("create plpgsql function", 4) { ddl in
      let options = ddl.pick(["", " SECURITY DEFINER SET search_path = public", " COST 5 STABLE"])
      let returns = ddl.pick(["integer", "TABLE (x integer, y text)", "SETOF text"])
      let last = returns == "integer" ? "RETURN 1" : "RETURN"
      return "CREATE FUNCTION \(ddl.newPath())(VARIADIC a integer[] DEFAULT '{}') "
        + "RETURNS \(returns) LANGUAGE plpgsql\(options) AS $f$\nBEGIN\n  \(last); -- 'x' \\ $$\nEND $f$"
    },
    Kind("create function with a parsed body", 3) { ddl in
      guard let (name, columns) = ddl.relation() else { return nil }
      return "CREATE FUNCTION \(ddl.newPath())(i integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC "
        + "SELECT count(s.\(ddl.q(columns[0]))) FROM \(name) s; END"
    },
    Kind("create function over rows", 2) { ddl in
      guard let (name, _) = ddl.relation() else { return nil }
      return
        "CREATE FUNCTION \(ddl.newPath())(r \(name)) RETURNS SETOF \(name) LANGUAGE sql STABLE "
        + "AS 'SELECT NULL::\(name.replacing("'", with: "''"))'"
    },
    Kind("create trigger function", 3) { ddl in
      "CREATE FUNCTION \(ddl.newPath())() RETURNS trigger LANGUAGE plpgsql AS "
        + "'BEGIN RETURN coalesce(new, old); END'"
    },
    Kind("create procedure", 2) { ddl in
      "CREATE PROCEDURE \(ddl.newPath())(INOUT x integer) LANGUAGE plpgsql AS 'BEGIN x := 1; END'"
    },
    Kind("create aggregate", 2) { ddl in
      let options = ddl.pick([
        "sfunc = int4pl, stype = integer, initcond = '0'",
        "sfunc = int4larger, stype = integer, combinefunc = int4larger, parallel = safe",
        "sfunc = array_append, stype = integer[], initcond = '{}'",
      ])
      let base = options.contains("array") ? "ORDER BY integer" : "integer"
      return
        "CREATE AGGREGATE \(ddl.newPath())(\(base.hasPrefix("ORDER") ? "integer" : base)) (\(options))"
    },
    Kind("create operator", 2) { ddl in
      let name = ddl.pick(["+++", "@@+", "<%%", "=#=", "!~!"])
      return
        "CREATE OPERATOR \(ddl.q(ddl.namespace())).\(name) (LEFTARG = integer, RIGHTARG = integer"
        + ", FUNCTION = int4pl\(ddl.chance(30) ? ", COMMUTATOR = \(name)" : ""))"
    },
    Kind("create unary operator", 1) { ddl in
      "CREATE OPERATOR \(ddl.q(ddl.namespace())).\(ddl.pick(["!+", "@#@"])) "
        + "(RIGHTARG = integer, FUNCTION = int4abs)"
    },
    Kind("create cast", 2) { ddl in
      guard let (path, _) = ddl.object(.compositeType, .enumeration, .rangeType) else { return nil }
      return "CREATE CAST (\(ddl.q(path)) AS \(ddl.pick(["text", "varchar", "json"]))) WITH INOUT"
        + ddl.pick(["", " AS ASSIGNMENT", " AS IMPLICIT"])
    },
    Kind("replace function", 3) { ddl in
      guard let (_, definition) = ddl.routine(where: { $0.attributes["language"] == "plpgsql" })
      else { return nil }
      return definition.text.replacing("BEGIN", with: "BEGIN -- \(ddl.number(1...99))\n ")
    },
    Kind("alter function", 3) { ddl in
      guard let (signature, _) = ddl.routine(where: { $0.attributes["kind"] == "function" })
      else { return nil }
      return "ALTER FUNCTION \(signature) "
        + ddl.pick([
          "IMMUTABLE", "COST 77", "SECURITY DEFINER", "STRICT", "PARALLEL SAFE", "LEAKPROOF",
          "SET search_path = pg_catalog, public", "RESET ALL", "SET work_mem = '8MB'",
        ])
    },
    Kind("create statistics", 2) { ddl in
      guard let (path, table) = ddl.table(where: { $0.columns.count > 1 }) else { return nil }
      let plain = table.columns.filter { ordered.contains($0.type) }
      guard plain.count > 1 else { return nil }
      let last = ddl.chance(40) ? ddl.expression(over: plain[1]) : ddl.q(plain[1].name)
      let kinds = ddl.pick(["", " (dependencies)", " (ndistinct, mcv)"])
      return "CREATE STATISTICS \(ddl.newPath())\(kinds) ON \(ddl.q(plain[0].name)), \(last) FROM "
        + ddl.q(path)
    },
    Kind("alter statistics", 1) { ddl in
      guard let (path, _) = ddl.object(.statistics) else { return nil }
      return "ALTER STATISTICS \(ddl.q(path)) SET STATISTICS \(ddl.pick([10, 99, -1]))"
    },
    Kind("create text search objects", 1) { ddl in
      let name = ddl.newPath()
      return ddl.pick([
        "CREATE TEXT SEARCH DICTIONARY \(name) (template = simple, stopwords = english)",
        "CREATE TEXT SEARCH CONFIGURATION \(name) (copy = english)",
        "CREATE TEXT SEARCH CONFIGURATION \(name) (parser = default)",
      ])
    },
  ]
}
