public import SchemaModel

/// Schema objects as JSON, with every field that the model has; docs/JSON.md lists them.
public enum ObjectDocument {
  /// The fields that name an object.
  public static func name(_ path: ObjectPath) -> [(String, JSONValue)] {
    [
      ("kind", .text(path.kind.description)), ("namespace", .text(path.namespace)),
      ("name", .text(path.name)), ("table", .text(path.table)),
    ]
  }

  /// The fields of an object in `strata schema --format json`.
  public static func value(_ path: ObjectPath, _ object: SchemaObject) -> JSONValue {
    .object(fields(path, object))
  }

  static func fields(_ path: ObjectPath, _ object: SchemaObject) -> [(String, JSONValue)] {
    var fields = name(path)
    switch object.content {
    case .table(let table):
      fields.append(("columns", .list(table.columns.map(column))))
      fields.append(("constraints", .list(table.constraints.map(constraint))))
      fields.append(("attributes", attributes(table.attributes)))
    case .index(let index):
      fields[3] = ("table", .text(index.table))
      fields.append(("unique", .bool(index.isUnique)))
      fields.append(("parts", .list(index.parts.map(part))))
      fields.append(("predicate", .text(index.predicate)))
      fields.append(("attributes", attributes(index.attributes)))
    case .definition(let definition):
      fields[3] = ("table", .text(definition.table))
      fields.append(("members", .texts(definition.members)))
      fields.append(("attributes", attributes(definition.attributes)))
    }
    return fields + [
      ("comment", .text(object.comment)), ("owner", .text(object.owner)),
      ("grants", .texts(object.grants)), ("sql", .text(object.text)),
    ]
  }

  /// The fields of a column.
  public static func column(_ column: Column) -> JSONValue { .object(fields(column)) }

  static func fields(_ column: Column) -> [(String, JSONValue)] {
    [
      ("name", .text(column.name)), ("type", .text(column.type)),
      ("nullable", .bool(column.isNullable)), ("default", .text(column.defaultExpression)),
      ("collation", .text(column.collation)), ("generated", .text(column.generation?.expression)),
      ("stored", column.generation.map { .bool($0.isStored) } ?? .null),
      ("identity", .text(column.identity)), ("comment", .text(column.comment)),
      ("attributes", attributes(column.attributes)),
    ]
  }

  /// The fields of a constraint.
  public static func constraint(_ constraint: Constraint) -> JSONValue {
    .object(fields(constraint))
  }

  static func fields(_ constraint: Constraint) -> [(String, JSONValue)] {
    var fields: [(String, JSONValue)] = [
      ("name", .text(constraint.name)), ("kind", .text(kind(constraint.kind))),
      ("parts", .list(constraint.parts.map(part))), ("expression", .text(constraint.expression)),
    ]
    if let reference = constraint.reference {
      fields.append(
        (
          "references",
          .object([
            ("namespace", .text(reference.namespace)), ("table", .text(reference.table)),
            ("columns", .texts(reference.columns)), ("onDelete", .text(reference.onDelete)),
            ("onUpdate", .text(reference.onUpdate)), ("match", .text(reference.match)),
          ])
        ))
    } else {
      fields.append(("references", .null))
    }
    fields.append(("attributes", attributes(constraint.attributes)))
    return fields
  }

  /// `primary key`, `check`, ...
  public static func kind(_ kind: Constraint.Kind) -> String {
    switch kind {
    case .primaryKey: "primary key"
    case .unique: "unique"
    case .foreignKey: "foreign key"
    case .check: "check"
    case .exclusion: "exclusion"
    }
  }

  private static func part(_ part: KeyPart) -> JSONValue {
    .object([
      ("text", .text(part.text)), ("expression", .bool(part.isExpression)),
      ("collation", .text(part.collation)), ("descending", .bool(part.isDescending)),
      ("suffix", .text(part.suffix)),
    ])
  }

  static func attributes(_ values: [String: String]) -> JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
  }
}
