public import SchemaModel

extension PostgreSQL.Render {
  /// What takes away all that a baseline of `schema` makes, what needs others first; nothing is
  /// dropped by CASCADE, so that what others have built on it stops it.
  public static func dropAll(_ schema: Schema) -> [String] {
    let plan = Plan(schema, isForDropping: true)
    let nodes =
      (try? order(plan.nodes)) ?? plan.nodes.values.sorted { ($0.key, $0.id) < ($1.key, $1.id) }
    return dropOutside(schema) + nodes.reversed().flatMap { drop($0.id, plan) }
  }

  /// What hangs on no table: event triggers, publications, default privileges.
  private static func dropOutside(_ schema: Schema) -> [String] {
    var statements: [String] = []
    for path in schema.paths.reversed() {
      guard let object = schema.objects[path], let definition = object.definition else { continue }
      switch path.kind {
      case .eventTrigger, .publication:
        if let target = target(path, object, in: schema) {
          statements.append("DROP \(target.word) \(target.name)")
        }
      case .defaultPrivileges:
        func entries(_ lines: [String]) -> [Grant] { lines.compactMap { Grant($0) } }
        let standard = (definition.attributes["default"] ?? "").split(separator: "\n")
        statements += grants(
          entries(standard.map { String($0) }), given: entries(object.grants),
          on: definition.attributes["on"] ?? "TABLES", owner: .current,
          prefix: definition.text + " ")
      default: break
      }
    }
    return statements
  }

  private static func drop(_ id: NodeID, _ plan: Plan) -> [String] {
    guard let object = plan.schema.objects[id.path] else { return [] }
    let name = qualified(id.path)
    switch id.part {
    case .rows, .attachment, .indexAttachment: return []
    case .ownership: return ["ALTER SEQUENCE \(name) OWNED BY NONE"]
    case .columnDefault(let column):
      let word = id.path.kind == .view ? "VIEW" : "TABLE"
      return ["ALTER \(word) \(name) ALTER COLUMN \(PostgreSQL.quote(column)) DROP DEFAULT"]
    case .constraint(let constraint):
      guard isInTheWay(constraint, of: id.path, object, plan) else { return [] }
      let word = id.path.kind == .domain ? "DOMAIN" : "TABLE"
      return ["ALTER \(word) \(name) DROP CONSTRAINT \(PostgreSQL.quote(constraint))"]
    case .object: return dropObject(id.path, object, plan)
    }
  }

  private static func dropObject(
    _ path: ObjectPath, _ object: SchemaObject, _ plan: Plan
  ) -> [String] {
    switch path.kind {
    case .index, .trigger, .policy, .rule, .statistics:
      // It goes with its table, unless what it uses would have to go before.
      let owner = plan.owner(of: path, object)
      let known = plan.schema.objects[owner]?.dependencies ?? []
      let others = object.dependencies.filter {
        $0 != owner && ![.namespace, .extension].contains($0.kind) && !known.contains($0)
      }
      if others.isEmpty || object.index?.attributes["attached to"] != nil { return [] }
    case .sequence:
      guard plan.ownerOfSequence(object) == nil || plan.sharedSequences.contains(path) else {
        return []
      }
    case .setting:
      return path.name == "schema public" ? ["CREATE SCHEMA public"] : []
    default: break
    }
    guard let target = target(path, object, in: plan.schema) else { return [] }
    return ["DROP \(target.word) \(target.name)"]
  }

  /// Whether a constraint holds something back that must go before its table.
  private static func isInTheWay(
    _ name: String, of path: ObjectPath, _ object: SchemaObject, _ plan: Plan
  ) -> Bool {
    let constraint = object.table?.constraints.first { $0.name == name }
    guard constraint?.attributes["inherited"] == nil else { return false }
    if let reference = constraint?.reference {
      // A partitioned table's key to itself is one to each of its partitions.
      return ObjectPath.table(reference.table, namespace: reference.namespace) != path
        || object.table?.attributes["partition by"] != nil
    }
    return !(object.partDependencies["constraint \(name)"] ?? []).allSatisfy {
      [.namespace, .extension].contains($0.kind) || object.dependencies.contains($0)
    }
  }
}

extension PostgreSQL.Render.Plan {
  /// Sequences that other tables use too leave their owner before it goes.
  mutating func addOwnership() {
    for path in sharedSequences {
      guard let owner = schema.objects[path].flatMap(ownerOfSequence) else { continue }
      add(
        NodeID(path: path, part: .ownership),
        SortKey(phase: .statistics, name: PostgreSQL.Render.qualified(path)), [],
        needs: [NodeID(path: path), NodeID(path: owner)])
    }
  }

  /// Sequences with an owner that others need too: they do not simply go with their column.
  static func sharedSequences(
    _ schema: Schema, ownerOfSequence: (SchemaObject) -> ObjectPath?
  ) -> Set<ObjectPath> {
    var owners: [ObjectPath: ObjectPath] = [:]
    for (path, object) in schema.objects where path.kind == .sequence {
      owners[path] = ownerOfSequence(object)
    }
    var shared: Set<ObjectPath> = []
    for (user, object) in schema.objects {
      for needs in [object.dependencies] + object.partDependencies.values {
        for path in needs where owners[path] != nil && owners[path] != user { shared.insert(path) }
      }
    }
    return shared
  }

  /// The table before the last dot of `app.users.id`.
  func ownerOfSequence(_ object: SchemaObject) -> ObjectPath? {
    guard let column = object.definition?.attributes["owned by"] else { return nil }
    let bytes = SQLBytes(column)
    var dot: Int?
    var index = 0
    while index < bytes.bytes.count {
      if bytes.bytes[index] == UInt8(ascii: ".") { dot = index }
      index = bytes.unitEnd(from: index)
    }
    return dot.flatMap { tables[String(decoding: bytes.bytes[..<$0], as: UTF8.self)] }
  }
}
