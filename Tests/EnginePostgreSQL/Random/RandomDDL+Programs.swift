import SchemaModel

extension RandomDDL {
  private mutating func triggerFunction() -> String? {
    routine(where: { $0.attributes["returns"] == "trigger" })?.signature
  }

  /// What belongs to a table: its path, and the table's own.
  private mutating func dependent(
    _ kind: ObjectKind
  ) -> (path: ObjectPath, name: String, table: String)? {
    guard let (path, _) = object(kind), let table = path.table else { return nil }
    return (path, q(path.name), q(ObjectPath.table(table, namespace: path.namespace)))
  }

  static let programs: [Kind] = [
    Kind("create trigger", 5) { ddl in
      guard let function = ddl.triggerFunction(), let (table, column) = ddl.place() else {
        return nil
      }
      let name = ddl.q(column.name)
      let event = ddl.pick(["INSERT", "DELETE", "UPDATE", "UPDATE OF \(name)", "INSERT OR UPDATE"])
      let timing = ddl.pick(["BEFORE", "AFTER"])
      let isRow = ddl.chance(70)
      let each = isRow ? "ROW" : "STATEMENT"
      let condition =
        isRow && event.hasPrefix("UPDATE") && ddl.chance(40)
        ? " WHEN (old.\(name) IS DISTINCT FROM new.\(name))" : ""
      return "CREATE TRIGGER \(ddl.q(ddl.name())) \(timing) \(event) ON \(table) FOR EACH \(each)"
        + "\(condition) EXECUTE FUNCTION \(function)"
    },
    Kind("create constraint trigger", 2) { ddl in
      guard let function = ddl.triggerFunction(), let (path, _) = ddl.table() else { return nil }
      return "CREATE CONSTRAINT TRIGGER \(ddl.q(ddl.name())) AFTER INSERT ON \(ddl.q(path)) "
        + "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION \(function)"
    },
    Kind("create trigger with transition table", 1) { ddl in
      guard let function = ddl.triggerFunction(), let (path, _) = ddl.table() else { return nil }
      return "CREATE TRIGGER \(ddl.q(ddl.name())) AFTER UPDATE ON \(ddl.q(path)) REFERENCING "
        + "NEW TABLE AS n OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION \(function)"
    },
    Kind("create trigger on view", 2) { ddl in
      guard let function = ddl.triggerFunction(), let (path, _) = ddl.object(.view) else {
        return nil
      }
      return "CREATE TRIGGER \(ddl.q(ddl.name())) INSTEAD OF INSERT ON \(ddl.q(path)) FOR EACH ROW "
        + "EXECUTE FUNCTION \(function)"
    },
    Kind("set trigger's state", 4) { ddl in
      guard let (_, name, table) = ddl.dependent(.trigger) else { return nil }
      return "ALTER TABLE \(table) "
        + ddl.pick(["DISABLE", "ENABLE", "ENABLE ALWAYS", "ENABLE REPLICA"]) + " TRIGGER \(name)"
    },
    Kind("create rule", 3) { ddl in
      guard let (path, table) = ddl.table(), let column = ddl.column(table) else { return nil }
      let event = ddl.pick(["INSERT", "UPDATE", "DELETE"])
      let row = event == "DELETE" ? "old" : "new"
      let condition = ddl.chance(30) ? " WHERE \(row).\(ddl.q(column.name)) IS NULL" : ""
      return "CREATE RULE \(ddl.q(ddl.name())) AS ON \(event) TO \(ddl.q(path))\(condition) DO "
        + ddl.pick(["INSTEAD NOTHING", "ALSO NOTIFY changed", "ALSO (NOTIFY a; NOTIFY b)"])
    },
    Kind("set rule's state", 2) { ddl in
      guard let (_, name, table) = ddl.dependent(.rule) else { return nil }
      return
        "ALTER TABLE \(table) \(ddl.pick(["DISABLE", "ENABLE", "ENABLE REPLICA"])) RULE \(name)"
    },
    Kind("create policy", 3) { ddl in
      guard let (table, column) = ddl.place() else { return nil }
      let command = ddl.pick(["", " FOR SELECT", " AS RESTRICTIVE FOR UPDATE"])
      let roles = ddl.pick(["", " TO r1", " TO r1, \"R 2\"", " TO CURRENT_USER"])
      return "CREATE POLICY \(ddl.q(ddl.name())) ON \(table)\(command)\(roles) "
        + "USING (\(ddl.condition(over: column)))"
    },
    Kind("alter policy", 2) { ddl in
      guard let (_, name, table) = ddl.dependent(.policy) else { return nil }
      return
        "ALTER POLICY \(name) ON \(table) \(ddl.pick(["USING (true)", "TO \"R 2\"", "TO PUBLIC"]))"
    },
    Kind("create publication", 1) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      let what = ddl.pick(["TABLE \(ddl.q(path))", "TABLES IN SCHEMA \(ddl.q(path.namespace))"])
      let options = ddl.chance(30) ? " WITH (publish = 'insert')" : ""
      return "CREATE PUBLICATION \(ddl.q(ddl.name())) FOR \(what)\(options)"
    },
    Kind("alter publication", 2) { ddl in
      guard let (path, _) = ddl.object(.publication), let (table, _) = ddl.table() else {
        return nil
      }
      return "ALTER PUBLICATION \(ddl.q(path.name)) "
        + ddl.pick([
          "ADD TABLE \(ddl.q(table))", "DROP TABLE \(ddl.q(table))",
          "SET (publish = 'insert, delete')",
        ])
    },
    Kind("create event trigger", 1) { ddl in
      let function = ddl.newPath()
      return """
        CREATE FUNCTION \(function)() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE EVENT TRIGGER \(ddl.q(ddl.name())) ON ddl_command_end
          WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION \(function)()
        """
    },
    Kind("set event trigger's state", 1) { ddl in
      guard let (path, _) = ddl.object(.eventTrigger) else { return nil }
      return
        "ALTER EVENT TRIGGER \(ddl.q(path.name)) \(ddl.pick(["DISABLE", "ENABLE", "ENABLE ALWAYS"]))"
    },
    Kind("do block with dynamic sql", 4) { ddl in
      guard let (path, _) = ddl.table() else { return nil }
      let change = ddl.pick([
        "ALTER TABLE \(ddl.q(path)) ADD COLUMN \(ddl.columnText(ddl.name()))",
        "CREATE INDEX ON \(ddl.q(path)) ((1))", "COMMENT ON TABLE \(ddl.q(path)) IS 'by code'",
        "DROP TABLE \(ddl.q(path)) CASCADE", "CREATE TABLE \(ddl.newPath()) (i serial)",
      ])
      return "DO $code$ BEGIN EXECUTE $sql$\(change)$sql$; END $code$"
    },
    Kind("do block with a loop", 1) { ddl in
      """
      DO $code$ DECLARE r record; BEGIN
        FOR r IN SELECT oid::regclass AS t FROM pg_class WHERE relkind = 'r'
          AND relnamespace = 'public'::regnamespace ORDER BY relname LIMIT 3 LOOP
          EXECUTE format('ALTER TABLE %s ADD COLUMN looped_\(ddl.number(1...9)) int DEFAULT 3', r.t);
        END LOOP; END $code$
      """
    },
    Kind("execute immediately in a function", 1) { ddl in
      let name = "public.maker_\(ddl.number(1...99))"
      return """
        CREATE FUNCTION \(name)() RETURNS void LANGUAGE plpgsql AS
          'BEGIN EXECUTE ''CREATE TABLE made_by_code (i int)''; END';
        SELECT \(name)();
        DROP FUNCTION \(name)()
        """
    },
    Kind("temporary table", 1) { ddl in
      "CREATE TEMPORARY TABLE tmp_\(ddl.number(1...9)) (i serial) ON COMMIT DROP"
    },
  ]
}
