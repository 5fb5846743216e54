public import SchemaModel

/// An operation as JSON: which object, which part of it, what was there before and what is there
/// then. The same form wherever an operation stands; docs/JSON.md lists what `before` and `after`
/// hold for each kind.
public enum OperationDocument {
  /// The fields of an operation.
  /// - Parameter spelledBy: the version of the engine that shows it so, where nobody changed it.
  public static func value(
    _ operation: SchemaModel.Operation, spelledBy engine: String? = nil
  ) -> JSONValue {
    .object(
      [
        ("kind", .text(operation.kind)),
        ("subjects", .texts(operation.subjects.map(\.description))),
        ("summary", .text(operation.summary)), ("spelledBy", .text(engine)),
      ] + facts(operation))
  }

  /// What is known of an operation beside its summary; nulls where there is none.
  static func facts(_ operation: SchemaModel.Operation?) -> [(String, JSONValue)] {
    let facts = operation.map { Facts($0) } ?? Facts()
    return [
      ("object", facts.object.map { .object(ObjectDocument.name($0)) } ?? .null),
      ("part", facts.part), ("renamed", facts.renamed), ("before", object(facts.before)),
      ("after", object(facts.after)),
      ("changed", changed(facts.before, facts.after).map { .texts($0) } ?? .null),
    ]
  }

  fileprivate typealias Fields = [(String, JSONValue)]

  private static func object(_ fields: Fields?) -> JSONValue { fields.map { .object($0) } ?? .null }

  /// The names of the fields that differ; nil where there is only one side.
  private static func changed(_ before: Fields?, _ after: Fields?) -> [String]? {
    guard let before, let after else { return nil }
    return zip(before, after).filter { $0.1.line != $1.1.line }.map(\.1.0)
  }

  private struct Facts {
    var object: ObjectPath?
    var part = JSONValue.null
    var renamed = JSONValue.null
    var before: Fields?
    var after: Fields?

    init() {}

    init(_ operation: SchemaModel.Operation) {
      switch operation {
      case .createObject, .dropObject, .renameObject, .replaceObject, .annotateObject:
        ofObject(operation)
      case .addColumn, .dropColumn, .renameColumn, .alterColumn: ofColumn(operation)
      case .addConstraint, .dropConstraint, .alterConstraint: ofConstraint(operation)
      case .alterTable(let change):
        object = change.table
        before = [("attributes", ObjectDocument.attributes(change.before))]
        after = [("attributes", ObjectDocument.attributes(change.after))]
      case .reorderColumns(let change):
        object = change.table
        before = [("columns", .texts(change.before))]
        after = [("columns", .texts(change.after))]
      case .rewriteText(let change):
        object = change.table
        let offset = ("offset", JSONValue.integer(change.edit.offset))
        before = [offset, ("text", .text(change.edit.removed))]
        after = [offset, ("text", .text(change.edit.inserted))]
      case .statement(let statement):
        after = [("sql", .text(statement.sql)), ("count", .integer(statement.count))]
      }
    }

    private mutating func ofObject(_ operation: SchemaModel.Operation) {
      switch operation {
      case .createObject(let change):
        object = change.path
        after = ObjectDocument.fields(change.path, change.object)
      case .dropObject(let change):
        object = change.path
        before = ObjectDocument.fields(change.path, change.object)
      case .renameObject(let change):
        object = change.newPath
        rename(change.path.qualifiedName, to: change.newPath.qualifiedName)
        before = ObjectDocument.name(change.path)
        after = ObjectDocument.name(change.newPath)
      case .replaceObject(let change):
        object = change.path
        before = ObjectDocument.fields(change.path, change.before)
        after = ObjectDocument.fields(change.path, change.after)
      case .annotateObject(let change):
        object = change.path
        before = Self.fields(change.before)
        after = Self.fields(change.after)
      default: break
      }
    }

    private mutating func ofColumn(_ operation: SchemaModel.Operation) {
      switch operation {
      case .addColumn(let change):
        (object, after) = (change.table, ObjectDocument.fields(change.column))
        part = Self.part("column", change.column.name, at: change.position)
      case .dropColumn(let change):
        (object, before) = (change.table, ObjectDocument.fields(change.column))
        part = Self.part("column", change.column.name, at: change.position)
      case .renameColumn(let change):
        object = change.table
        part = Self.part("column", change.newName)
        rename(change.name, to: change.newName)
        before = [("name", .text(change.name))]
        after = [("name", .text(change.newName))]
      case .alterColumn(let change):
        object = change.table
        part = Self.part("column", change.after.name)
        before = ObjectDocument.fields(change.before)
        after = ObjectDocument.fields(change.after)
      default: break
      }
    }

    private mutating func ofConstraint(_ operation: SchemaModel.Operation) {
      switch operation {
      case .addConstraint(let change):
        (object, after) = (change.table, ObjectDocument.fields(change.constraint))
        part = Self.part("constraint", change.constraint.name)
      case .dropConstraint(let change):
        (object, before) = (change.table, ObjectDocument.fields(change.constraint))
        part = Self.part("constraint", change.constraint.name)
      case .alterConstraint(let change):
        object = change.table
        part = Self.part("constraint", change.after.name)
        if change.before.name != change.after.name {
          rename(change.before.name, to: change.after.name)
        }
        before = ObjectDocument.fields(change.before)
        after = ObjectDocument.fields(change.after)
      default: break
      }
    }

    private mutating func rename(_ name: String?, to newName: String?) {
      renamed = .object([("from", .text(name)), ("to", .text(newName))])
    }

    private static func part(
      _ kind: String, _ name: String?, at position: Int? = nil
    ) -> JSONValue {
      .object([
        ("kind", .text(kind)), ("name", .text(name)),
        ("position", position.map { .integer($0) } ?? .null),
      ])
    }

    private static func fields(_ notes: AnnotateObject.Notes) -> Fields {
      let parts = notes.partDependencies.sorted { $0.key < $1.key }
      return [
        ("comment", .text(notes.comment)), ("owner", .text(notes.owner)),
        ("grants", .texts(notes.grants)),
        ("dependencies", .texts(notes.dependencies.map(\.description))),
        (
          "partDependencies",
          .object(parts.map { ($0.key.text, .texts($0.value.map(\.description))) })
        ),
      ]
    }
  }
}
