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
    let schema = try history.schema(at: id)
    switch form {
    case .sql:
      let words = try history.words(dialects)
      let statements = try words.baseline(
        schema, rows: SeedRows(), BaselineOptions(isCommented: true))
      return statements.map { words.terminated($0) + "\n" }.joined(separator: "\n")
    case .json:
      return try value(schema, history.revision(id), history, dialects).document.withFinalNewline
    case .dbml: return DBMLDocument.text(schema)
    case .mermaid: return MermaidDocument.text(schema)
    case .dot: return DotDocument.text(schema)
    }
  }

  /// One object, or one column of a table.
  /// - Throws: `HistoryError.unknownObject`, and where it cannot be read.
  public static func text(
    objectNamed text: String, at id: RevisionID, of history: History, _ form: Form,
    _ dialects: Dialects = .standard
  ) throws -> String {
    let name = try history.object(named: text, at: id)
    guard let found = try history.object(name.path, at: id) else {
      throw HistoryError.unknownObject(text, nearest: [])
    }
    let column = name.column.flatMap { found.table?.column(named: $0) }
    return try self.text(name.path, found, column, id, history, form, dialects).withFinalNewline
  }

  private static func text(
    _ path: ObjectPath, _ object: SchemaObject, _ column: Column?, _ id: RevisionID,
    _ history: History, _ form: Form, _ dialects: Dialects
  ) throws -> String {
    if let column {
      switch form {
      case .sql: return column.description
      case .json: return value(column, of: path, at: id).document
      default: break
      }
    }
    switch form {
    case .sql: return try history.words(dialects).text(path, object) ?? "-- \(path)"
    case .json: return value(path, object, at: id).document
    case .dbml: return DBMLDocument.text(Schema([path: object]))
    case .mermaid: return MermaidDocument.text(Schema([path: object]))
    case .dot: return DotDocument.text(Schema([path: object]))
    }
  }

  private static func value(
    _ schema: Schema, _ recorded: RecordedRevision, _ history: History, _ dialects: Dialects
  ) throws -> JSONValue {
    .object([
      ("revision", .text(recorded.revision.id.text)),
      ("dialect", .text(history.dialect.rawValue)),
      ("fingerprint", .text(recorded.revision.snapshot.description)),
      (
        "portableFingerprint",
        .text(try history.words(dialects).normalized(schema).fingerprint.description)
      ),
      ("engine", .text(recorded.revision.engine)),
      (
        "objects",
        .list(
          schema.paths.compactMap { path in
            schema.objects[path].map { ObjectDocument.value(path, $0) }
          })
      ),
    ])
  }

  /// The fields of `strata schema OBJECT --format json`.
  public static func value(
    _ path: ObjectPath, _ object: SchemaObject, at id: RevisionID
  ) -> JSONValue {
    .object([("revision", .text(id.text)), ("object", ObjectDocument.value(path, object))])
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
