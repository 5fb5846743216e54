import SchemaModel

/// Changes a schema the way developers do, one small step after another.
struct SchemaShaper: Sendable {
  static let words = [
    "account", "address", "amount", "author", "balance", "body", "category", "city", "code",
    "color", "comment", "contact", "count", "country", "currency", "date", "description",
    "discount", "email", "event", "flag", "group", "hash", "height", "image", "invoice", "item",
    "key", "label", "language", "level", "link", "locale", "message", "name", "note", "order",
    "owner", "parent", "payment", "phone", "price", "priority", "product", "profile", "project",
    "quantity", "rank", "reason", "region", "role", "score", "session", "shop", "size", "slug",
    "source", "state", "status", "stock", "subject", "tag", "tax", "team", "template", "title",
    "token", "total", "type", "url", "user", "value", "version", "weight", "width", "zone",
  ]
  private static let types = [
    "INTEGER", "VARCHAR(255)", "TEXT", "BOOLEAN", "DATETIME", "NUMERIC(10, 2)", "VARCHAR(64)",
    "JSON", "FLOAT", "BLOB",
  ]

  let prefix: String
  private var number = 0
  private var tables: [ObjectPath] = []
  /// The indexes, views and triggers that were made, oldest first.
  private var others: [ObjectPath] = []

  init(prefix: String = "") { self.prefix = prefix }

  /// Numbers names from here on, so that two shapers never meet.
  mutating func reserve(_ number: Int) { self.number = number * 1000 }

  mutating func change(
    _ schema: inout Schema, _ operations: inout [SchemaModel.Operation], count: Int,
    tableCount: Int, _ random: inout SeededRandom
  ) throws {
    while operations.count < count {
      var step: [SchemaModel.Operation] = []
      if tables.count < tableCount, tables.count < 4 || random.chance(60) {
        step = createTable(&random)
      } else {
        step = try changeOne(schema, &random)
      }
      try schema.fold(step)
      operations += step
    }
  }

  private mutating func name(_ random: inout SeededRandom) -> String {
    number += 1
    return "\(prefix)\(random.pick(Self.words) ?? "x")_\(number)"
  }

  private mutating func column(_ random: inout SeededRandom) -> Column {
    var column = Column(
      name: name(&random), type: random.pick(Self.types) ?? "TEXT",
      isNullable: !random.chance(40))
    if random.chance(15) { column.defaultExpression = "\(random.below(100))" }
    if random.chance(3) { column.collation = "NOCASE" }
    return column
  }

  private mutating func createTable(_ random: inout SeededRandom) -> [SchemaModel.Operation] {
    let path = ObjectPath.table(name(&random) + "s")
    var table = Table(
      columns: [Column(name: "id", type: "INTEGER", isNullable: false)],
      constraints: [Constraint(kind: .primaryKey, parts: [KeyPart("id")])])
    for _ in 0..<(4 + random.below(11)) { table.columns.append(column(&random)) }
    if let other = random.pick(tables), random.chance(50) {
      let column = Column(name: "\(prefix)ref_\(number)", type: "INTEGER")
      table.columns.append(column)
      table.constraints.append(
        Constraint(
          kind: .foreignKey, parts: [KeyPart(column.name)],
          reference: .init(table: other.name, columns: ["id"], onDelete: "CASCADE")))
    }
    table = Table(columns: table.columns, constraints: table.constraints)
    table.definition = Self.text(of: table, at: path)
    tables.append(path)
    return [.createObject(CreateObject(path: path, object: SchemaObject(.table(table))))]
  }

  private mutating func changeOne(
    _ schema: Schema, _ random: inout SeededRandom
  ) throws -> [SchemaModel.Operation] {
    guard let path = random.pick(tables), let object = schema.objects[path],
      let old = object.table
    else { return createTable(&random) }
    var operations: [SchemaModel.Operation] = []
    switch random.below(100) {
    case 0..<35:
      // A schema that never stops growing would not be one that people work with.
      operations =
        old.columns.count > 18
        ? dropColumn(old, path, &random)
        : [
          .addColumn(
            AddColumn(table: path, column: column(&random), position: old.columns.count))
        ]
    case 35..<50: operations = alterColumn(old, path, &random)
    case 50..<58: operations = renameColumn(old, path, &random)
    case 58..<68: operations = dropColumn(old, path, &random)
    case 68..<74: operations = changeConstraints(old, path, &random)
    case 74..<94 where others.count > tables.count / 2 && random.chance(50):
      return dropOther(schema, &random)
    case 74..<86: return [createIndex(old, path, &random)]
    case 86..<90: return [createView(old, path, &random)]
    case 90..<92: return [createTrigger(path, &random)]
    case 92..<94: return dropOther(schema, &random)
    case 94..<96: return renameTable(path, &random)
    default:
      return [.statement(Statement(sql: "UPDATE \(path.name) SET id = id WHERE id = ?"))]
    }
    return try withText(operations, of: old, at: path)
  }

  /// SQLite's text of a table follows every change of it.
  private func withText(
    _ operations: [SchemaModel.Operation], of old: Table, at path: ObjectPath
  ) throws -> [SchemaModel.Operation] {
    var changed = Schema([path: SchemaObject(.table(old))])
    try changed.fold(operations)
    guard let table = changed.objects[path]?.table else { return operations }
    let text = Self.text(of: table, at: path)
    guard text != old.definition else { return operations }
    let edit = TextEdit(from: old.definition, to: text)
    return operations + [.rewriteText(RewriteText(table: path, edit: edit))]
  }

  private mutating func renameTable(
    _ path: ObjectPath, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    let new = path.renamed(name(&random) + "s")
    tables.removeAll { $0 == path }
    tables.append(new)
    return [.renameObject(RenameObject(path: path, newPath: new))]
  }

  private mutating func dropOther(
    _ schema: Schema, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    guard let path = random.pick(others), let object = schema.objects[path] else { return [] }
    others.removeAll { $0 == path }
    return [.dropObject(DropObject(path: path, object: object))]
  }
}

// The single changes.
extension SchemaShaper {
  private static func isKey(_ name: String, _ table: Table) -> Bool {
    name == "id" || table.constraints.contains { $0.parts.contains { $0.text == name } }
  }

  private func free(_ table: Table, _ random: inout SeededRandom) -> Column? {
    random.pick(table.columns.filter { !Self.isKey($0.name, table) })
  }

  private mutating func alterColumn(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    guard let before = free(table, &random) else { return [] }
    var after = before
    if random.chance(50) {
      after.isNullable.toggle()
    } else {
      after.defaultExpression = "\(number)"
    }
    return [.alterColumn(AlterColumn(table: path, before: before, after: after))]
  }

  private mutating func renameColumn(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    guard let column = free(table, &random) else { return [] }
    return [
      .renameColumn(RenameColumn(table: path, name: column.name, newName: name(&random)))
    ]
  }

  private mutating func dropColumn(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    guard table.columns.count > 5, let column = free(table, &random),
      let position = table.columns.firstIndex(of: column)
    else { return [] }
    return [.dropColumn(DropColumn(table: path, column: column, position: position))]
  }

  private mutating func changeConstraints(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> [SchemaModel.Operation] {
    let named = table.constraints.filter { $0.name != nil }
    if named.count > 2, let constraint = random.pick(named) {
      return [.dropConstraint(DropConstraint(table: path, constraint: constraint))]
    }
    guard let column = free(table, &random) else { return [] }
    number += 1
    let constraint =
      random.chance(50)
      ? Constraint(name: "\(prefix)uq_\(number)", kind: .unique, parts: [KeyPart(column.name)])
      : Constraint(name: "\(prefix)ck_\(number)", kind: .check, expression: "id > \(number)")
    return [.addConstraint(AddConstraint(table: path, constraint: constraint))]
  }

  private mutating func createIndex(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> SchemaModel.Operation {
    let column = random.pick(table.columns)?.name ?? "id"
    let index = ObjectPath(.index, name: "ix_" + name(&random))
    others.append(index)
    let text = "CREATE INDEX \(index.name) ON \(path.name) (\(column))"
    return .createObject(
      CreateObject(
        path: index,
        object: SchemaObject(
          .index(Index(table: path.name, parts: [KeyPart(column)], definition: text)),
          dependencies: [path])))
  }

  private mutating func createView(
    _ table: Table, _ path: ObjectPath, _ random: inout SeededRandom
  ) -> SchemaModel.Operation {
    let view = ObjectPath(.view, name: "v_" + name(&random))
    others.append(view)
    let columns = table.columns.prefix(3).map(\.name)
    let text =
      "CREATE VIEW \(view.name) AS SELECT \(columns.joined(separator: ", ")) FROM \(path.name)"
    return .createObject(
      CreateObject(
        path: view,
        object: SchemaObject(
          .definition(Definition(text: text, members: columns)), dependencies: [path])))
  }

  private mutating func createTrigger(
    _ path: ObjectPath, _ random: inout SeededRandom
  ) -> SchemaModel.Operation {
    let trigger = ObjectPath(.trigger, name: "t_" + name(&random))
    others.append(trigger)
    let text =
      "CREATE TRIGGER \(trigger.name) AFTER INSERT ON \(path.name) BEGIN SELECT 1; END"
    return .createObject(
      CreateObject(
        path: trigger,
        object: SchemaObject(
          .definition(Definition(table: path.name, text: text)), dependencies: [path])))
  }

  static func text(of table: Table, at path: ObjectPath) -> String {
    let parts = table.columns.map(\.description) + table.constraints.map(\.body)
    return "CREATE TABLE \(path.name) (\n\t\(parts.joined(separator: ",\n\t"))\n)"
  }
}
