public import SchemaModel

/// Makes schemas that use every field of every kind of object, odd spellings included.
public struct RandomSchema {
  public var generator: SeededGenerator

  public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  public mutating func schema(tableCount: Int) -> Schema {
    var schema = Schema()
    for _ in 0..<tableCount {
      let path = ObjectPath.table(
        name("table"), namespace: generator.pick(["", "", "public", "ß x"]))
      schema.objects[path] = SchemaObject(.table(table()), comment: optional("note"))
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let (path, object) = companion(of: path)
        schema.objects[path] = object
      }
    }
    return schema
  }

  /// A schema that shares much with another: some objects gone, some new, some otherwise.
  public mutating func variation(of schema: Schema) -> Schema {
    var result = schema
    for path in schema.paths {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0: result.objects[path] = nil
      case 1, 2: result.objects[path] = schema.objects[path].map { altered($0) }
      default: break
      }
    }
    for (path, object) in self.schema(tableCount: 2).objects where result.objects[path] == nil {
      result.objects[path] = object
    }
    return result
  }

  public mutating func altered(_ object: SchemaObject) -> SchemaObject {
    var result = object
    switch object.content {
    case .table(var table):
      let next = self.table()
      if generator.chance(50), !table.columns.isEmpty { table.columns.removeLast() }
      if generator.chance(50) { table.columns.shuffle(using: &generator) }
      for column in next.columns where table.column(named: column.name) == nil {
        table.columns.append(column)
      }
      result.content = .table(
        Table(
          columns: table.columns.map { generator.chance(30) ? column(named: $0.name) : $0 },
          constraints: generator.chance(50) ? next.constraints : table.constraints,
          definition: generator.chance(50) ? next.definition : table.definition,
          attributes: generator.chance(20) ? next.attributes : table.attributes))
    case .index(var index):
      index.isUnique.toggle()
      index.predicate = optional("predicate")
      result.content = .index(index)
    case .definition(var definition):
      definition.text = name("text")
      result.content = .definition(definition)
    }
    if generator.chance(20) { result.comment = optional("note") }
    if generator.chance(20) { result.grants = [name("grant")] }
    if generator.chance(10) {
      result.partDependencies = [ExactText(name("column a")): [.table("t")]]
    }
    return result
  }

  public mutating func table() -> Table {
    var names: Set<String> = []
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      names.insert(name("column", variety: 12))
    }
    let columns = names.sorted().map { column(named: $0) }
    let constraints = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      constraint(columns: columns.map(\.name))
    }
    return Table(
      columns: columns, constraints: constraints, definition: text(),
      attributes: attributes())
  }

  public mutating func column(named name: String) -> Column {
    Column(
      name: name, type: generator.pick(["", "INTEGER", "VARCHAR(50)", "NUMERIC(10, 2)"]),
      isNullable: generator.chance(50), defaultExpression: optional("'x'"),
      collation: optional("NOCASE"),
      generation: generator.chance(10)
        ? Column.Generation(expression: self.name("a + "), isStored: generator.chance(50)) : nil,
      identity: optional("GENERATED ALWAYS AS IDENTITY"), comment: optional("column's note"),
      attributes: attributes())
  }

  public mutating func constraint(columns: [String]) -> Constraint {
    let kind = generator.pick([
      Constraint.Kind.primaryKey, .unique, .foreignKey, .check, .exclusion,
    ])
    let reference = Constraint.Reference(
      namespace: generator.pick(["", "public"]), table: name("table"),
      columns: generator.chance(50) ? ["id", "ключ"] : [], onDelete: optional("CASCADE"),
      onUpdate: optional("SET NULL"), match: optional("FULL"))
    return Constraint(
      name: optional("constraint"), kind: kind,
      parts: kind == .check ? [] : columns.prefix(2).map { part($0) },
      expression: kind == .check || kind == .exclusion ? name("x > ") : nil,
      reference: kind == .foreignKey ? reference : nil, attributes: attributes())
  }

  private mutating func part(_ text: String) -> KeyPart {
    KeyPart(
      text, isExpression: generator.chance(10), collation: optional("BINARY"),
      isDescending: generator.chance(20), suffix: optional("NULLS FIRST"))
  }

  /// An index, a view, a trigger, ... of a table.
  private mutating func companion(of table: ObjectPath) -> (ObjectPath, SchemaObject) {
    let kind = generator.pick([ObjectKind.index, .index, .view, .trigger, .policy, .enumeration])
    let path = ObjectPath(
      kind, namespace: table.namespace, name: name(kind.description),
      table: kind == .policy ? table.name : nil)
    if kind == .index {
      let index = Index(
        table: table.name, parts: [part(name("column", variety: 12)), part("lower(x)")],
        isUnique: generator.chance(30), predicate: optional("x IS NOT NULL"),
        definition: optional("CREATE INDEX"), attributes: attributes())
      return (path, SchemaObject(.index(index)))
    }
    let definition = Definition(
      table: kind == .trigger || kind == .policy ? table.name : nil, text: name("CREATE "),
      members: generator.chance(50) ? ["a", "", "b"] : [], attributes: attributes())
    return (
      path,
      SchemaObject(
        .definition(definition), comment: optional("note"), owner: optional("owner"),
        grants: generator.chance(20) ? ["SELECT TO public", ""] : [], dependencies: [table],
        partDependencies: generator.chance(20) ? ["column a": [table], "constraint ß": []] : [:])
    )
  }

  public mutating func name(_ stem: String, variety: Int = 1000) -> String {
    let odd = generator.pick(["", "", "", "é", " \"q\"", "\n", "表"])
    return "\(stem)\(Int.random(in: 0..<variety, using: &generator))\(odd)"
  }

  /// Nil, empty, or a text: three different things on disk.
  private mutating func optional(_ text: String) -> String? {
    generator.pick([nil, nil, nil, "", text, name(text)])
  }

  /// A table's text; an engine that keeps any keeps no empty one.
  private mutating func text() -> String? {
    generator.chance(30) ? nil : "CREATE TABLE … (\(name("column")) \(name("more")))"
  }

  private mutating func attributes() -> [String: String] {
    guard generator.chance(30) else { return [:] }
    return ["strict": "", name("attribute"): name("value"), "": "nameless"]
  }
}
