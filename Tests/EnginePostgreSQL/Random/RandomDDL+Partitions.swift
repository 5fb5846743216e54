import SchemaModel

extension RandomDDL {
  static let partitions: [Kind] = [
    Kind("create partitioned table", 4) { ddl in
      let (texts, columns) = ddl.newColumns(ddl.number(1...4))
      let plain = texts.filter { !$0.contains("GENERATED") && !$0.contains(" UNIQUE") }
      let key = columns.contains { $0.name == "part" } ? "part2" : "part"
      let type = ddl.pick(["integer", "text"])
      let method = ddl.pick(["RANGE", "LIST", "HASH"])
      let primary = ddl.chance(50) ? ", PRIMARY KEY (\(key))" : ""
      let list = (["\(key) \(type)"] + plain).joined(separator: ", ")
      return "CREATE TABLE \(ddl.newPath()) (\(list)\(primary)) PARTITION BY \(method) (\(key))"
    },
    Kind("create partition", 7) { ddl in
      guard let (path, bound) = ddl.partitionPlace() else { return nil }
      let below = ddl.chance(15) ? " PARTITION BY HASH (part)" : ""
      return "CREATE TABLE \(ddl.newPath()) PARTITION OF \(path) \(bound)\(below)"
    },
    Kind("attach partition", 4) { ddl in
      guard let (path, bound) = ddl.partitionPlace() else { return nil }
      let name = ddl.newPath()
      return """
        CREATE TABLE \(name) (LIKE \(path)\(ddl.chance(50) ? " INCLUDING ALL" : ""));
        ALTER TABLE \(path) ATTACH PARTITION \(name) \(bound)
        """
    },
    Kind("detach partition", 3) { ddl in
      guard let (path, table) = ddl.table(where: { $0.attributes["partition of"] != nil }),
        let parent = table.attributes["partition of"]
      else { return nil }
      return "ALTER TABLE \(parent) DETACH PARTITION \(ddl.q(path))"
    },
    Kind("index on parent only", 2) { ddl in
      guard let (path, table) = ddl.table(where: { $0.attributes["partition by"] != nil }),
        let column = ddl.column(table)
      else { return nil }
      return "CREATE INDEX \(ddl.q(ddl.name())) ON ONLY \(ddl.q(path)) (\(ddl.q(column.name)))"
    },
    Kind("attach index", 3) { ddl in
      guard
        let (parent, object) = ddl.object(
          .index, where: { $0.index?.attributes["invalid"] != nil }),
        let index = object.index, let part = index.parts.first
      else { return nil }
      let above = ddl.q(ObjectPath.table(index.table, namespace: parent.namespace))
      guard let (child, _) = ddl.table(where: { $0.attributes["partition of"] == above })
      else { return nil }
      let name = ddl.name()
      return """
        CREATE INDEX \(ddl.q(name)) ON \(ddl.q(child)) (\(ddl.q(part.text)));
        ALTER INDEX \(ddl.q(parent)) ATTACH PARTITION \(ddl.q(child.namespace)).\(ddl.q(name))
        """
    },
  ]

  /// A partitioned table, and a bound that may be free.
  private mutating func partitionPlace() -> (path: String, bound: String)? {
    guard let (path, table) = table(where: { $0.attributes["partition by"] != nil }),
      let key = table.attributes["partition by"],
      let type = table.columns.first(where: { key.contains($0.name) })?.type
    else { return nil }
    if !key.hasPrefix("HASH"), chance(15) { return (q(path), "DEFAULT") }
    let step = number(0...9)
    switch (key.prefix(4), type) {
    case ("HASH", _):
      return (q(path), "FOR VALUES WITH (MODULUS 4, REMAINDER \(step % 4))")
    case ("LIST", "text"): return (q(path), "FOR VALUES IN ('v\(step)', 'w''\(step)')")
    case ("LIST", _):
      return (q(path), "FOR VALUES IN (\(step)\(chance(10) ? ", NULL" : ""))")
    case (_, "text"): return (q(path), "FOR VALUES FROM ('\(step)') TO ('\(step + 1)')")
    default:
      if chance(10) { return (q(path), "FOR VALUES FROM (MINVALUE) TO (0)") }
      return (q(path), "FOR VALUES FROM (\(step * 10)) TO (\(step * 10 + 10))")
    }
  }
}
