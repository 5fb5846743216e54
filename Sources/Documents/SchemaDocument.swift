public import DialectRegistry
public import SchemaHistory
public import SchemaModel
import StoreFormat
import Workflows

/// The schema at a revision, all of it or one object, in the forms that people and tools read.
public enum SchemaDocument {
  /// What is written: SQL, JSON, or the language of a drawing tool.
  public enum Form: String, CaseIterable, Sendable { case sql, json, dbml, mermaid, dot }

  /// The whole schema. SQL is the engine's own text, in an order that can be executed.
  /// - Throws: `HistoryError` where it cannot be read; `UnknownDialect` where its words are needed.
  public static func text(
    at id: RevisionID, of history: History, _ form: Form, _ dialects: Dialects = .standard
  ) throws -> String {
    try text(at: .revision(id), of: history, form, dialects)
  }

  /// The same of any place: nothing is in the empty schema.
  /// - Throws: `HistoryError` where it cannot be read; `UnknownDialect` where its words are needed.
  public static func text(
    at point: HistoryPoint, of history: History, _ form: Form, _ dialects: Dialects = .standard
  ) throws -> String {
    let schema = try history.schema(at: point)
    switch form {
    case .sql:
      let words = try history.words(dialects)
      let statements = try words.baseline(
        schema, rows: SeedRows(), BaselineOptions(isCommented: true))
      return statements.map { words.terminated($0) + "\n" }.joined(separator: "\n")
    case .json:
      return try value(schema, point, history, dialects).document.withFinalNewline
    case .dbml, .mermaid, .dot: return drawing(schema, form)
    }
  }

  /// One object, or one column of a table; a table or a view with all that belongs to it.
  /// - Throws: `HistoryError.unknownObject`, and where it cannot be read.
  public static func text(
    objectNamed text: String, at id: RevisionID, of history: History, _ form: Form,
    _ dialects: Dialects = .standard
  ) throws -> String {
    let name = try history.object(named: text, at: id)
    guard let found = try history.object(name.path, at: id) else {
      throw HistoryError.unknownObject(text, nearest: [])
    }
    if let column = name.column.flatMap({ found.table?.column(named: $0) }) {
      switch form {
      case .sql: return column.description.withFinalNewline
      case .json: return value(column, of: name.path, at: id).document.withFinalNewline
      default: break
      }
    }
    let words = try? history.words(dialects)
    let isRelation = [.table, .view, .materializedView].contains(name.path.kind)
    let dependents =
      isRelation
      ? try history.dependents(of: name.path, at: id) {
        words?.isOwned($0, by: name.path) ?? false
      } : Schema()
    switch form {
    case .sql:
      let words = try history.words(dialects)
      let text =
        isRelation
        ? words.text(
          name.path, found, dependents: dependents,
          parents: try parents(of: found, at: id, history)) : words.text(name.path, found)
      return (text ?? "-- \(name.path)").withFinalNewline
    case .json:
      return value(name.path, found, dependents: dependents, at: id).document.withFinalNewline
    case .dbml, .mermaid, .dot:
      var schema = dependents
      schema.objects[name.path] = found
      return drawing(schema, form)
    }
  }

  /// The tables that an object needs itself, and those that these need.
  private static func parents(
    of object: SchemaObject, at id: RevisionID, _ history: History
  ) throws -> Schema {
    var parents = Schema()
    var waiting = object.dependencies
    while let path = waiting.popLast() {
      guard path.kind == .table, parents.objects[path] == nil,
        let parent = try history.object(path, at: id)
      else { continue }
      parents.objects[path] = parent
      waiting += parent.dependencies
    }
    return parents
  }

  private static func drawing(_ schema: Schema, _ form: Form) -> String {
    switch form {
    case .mermaid: MermaidDocument.text(schema)
    case .dot: DotDocument.text(schema)
    default: DBMLDocument.text(schema)
    }
  }

  private static func value(
    _ schema: Schema, _ point: HistoryPoint, _ history: History, _ dialects: Dialects
  ) throws -> JSONValue {
    let revision = try point.revision.map { try history.revision($0).revision }
    let fingerprint = try revision?.snapshot ?? schema.fingerprint
    return .object([
      ("revision", .text("\(point)")),
      ("dialect", .text(history.dialect.rawValue)),
      ("fingerprint", .text("\(fingerprint)")),
      (
        "portableFingerprint",
        .text(try history.words(dialects).normalized(schema).fingerprint.description)
      ),
      ("engine", .text(revision?.engine)),
      ("objects", values(schema)),
    ])
  }

  /// The fields of `strata schema OBJECT --format json`.
  /// - Parameter dependents: what belongs to it, where it is a table or a view.
  public static func value(
    _ path: ObjectPath, _ object: SchemaObject, dependents: Schema = Schema(), at id: RevisionID
  ) -> JSONValue {
    .object([
      ("revision", .text(id.text)), ("object", ObjectDocument.value(path, object)),
      ("dependents", values(dependents)),
    ])
  }

  private static func values(_ schema: Schema) -> JSONValue {
    .list(
      schema.paths.compactMap { path in
        schema.objects[path].map { ObjectDocument.value(path, $0) }
      })
  }

  /// The fields of `strata schema TABLE.COLUMN --format json`.
  public static func value(
    _ column: Column, of table: ObjectPath, at id: RevisionID
  ) -> JSONValue {
    .object([
      ("revision", .text(id.text)), ("object", .text(table.description)),
      ("column", ObjectDocument.column(column)),
    ])
  }
}
