import ArgumentParser
import SchemaHistory
import SchemaModel
import StoreFormat

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "The schema at a revision: all of it, or one object.",
    discussion: """
      sql is the engine's own text in an order that can be executed; json has every field; dbml, \
      mermaid and dot are for drawing tools.

      Example:
        strata schema --at v1.0
        strata schema users --at head~3
        strata schema --format mermaid > schema.mmd
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case sql, json, dbml, mermaid, dot }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("One object; without it the whole schema.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var at: String?
  @Option(help: "The form: sql, json, dbml, mermaid, dot.")
  var format: Format = .sql

  func run() throws {
    let history = try location.openForReading()
    let id = try history.resolve(orHead: at)
    if let object {
      let name = try history.object(named: object, at: id)
      guard let found = try history.object(name.path, at: id) else {
        throw HistoryError.unknownObject(object, nearest: [])
      }
      Console.write(
        document:
          Self.text(
            name.path, found, column: name.column, id: id, format: format,
            words: try history.words()
          ).withFinalNewline)
    } else {
      let schema = try history.schema(at: id)
      Console.write(document: try text(schema, history.revision(id), history))
    }
  }

  private static func text(
    _ path: ObjectPath, _ object: SchemaObject, column: String?, id: RevisionID, format: Format,
    words: any DialectWords
  ) -> String {
    if let column, let definition = object.table?.column(named: column) {
      switch format {
      case .sql: return definition.description
      case .json:
        return JSONValue.object([
          ("revision", .text(id.text)), ("object", .text(path.description)),
          ("column", ObjectDocument.column(definition)),
        ]).document
      default: break
      }
    }
    switch format {
    case .sql: return words.text(path, object) ?? "-- \(path)"
    case .json:
      return JSONValue.object([
        ("revision", .text(id.text)), ("object", ObjectDocument.value(path, object)),
      ]).document
    case .dbml: return DBMLDocument.text(Schema([path: object]))
    case .mermaid: return MermaidDocument.text(Schema([path: object]))
    case .dot: return DotDocument.text(Schema([path: object]))
    }
  }

  private func text(
    _ schema: Schema, _ recorded: RecordedRevision, _ history: History
  ) throws -> String {
    switch format {
    case .sql:
      let words = try history.words()
      let statements = try words.baseline(
        schema, rows: SeedRows(), BaselineOptions(isCommented: true))
      return statements.map { words.terminated($0) + "\n" }.joined(separator: "\n")
    case .json:
      return JSONValue.object([
        ("revision", .text(recorded.revision.id.text)),
        ("dialect", .text(history.dialect.rawValue)),
        ("fingerprint", .text(recorded.revision.snapshot.description)),
        (
          "portableFingerprint",
          .text(try history.words().normalized(schema).fingerprint.description)
        ),
        ("engine", .text(recorded.revision.engine)),
        (
          "objects",
          .list(
            schema.paths.compactMap { path in
              schema.objects[path].map { ObjectDocument.value(path, $0) }
            })
        ),
      ]).document.withFinalNewline
    case .dbml: return DBMLDocument.text(schema)
    case .mermaid: return MermaidDocument.text(schema)
    case .dot: return DotDocument.text(schema)
    }
  }
}

extension SchemaCommand: PlainVerb {
  static func plain(_ words: ArraySlice<String>) -> SchemaCommand? {
    guard
      let line = PlainCommandLine(words, options: ["--store", "--at", "--format"], arguments: 1),
      let format = line.choice("--format", orElse: Format.sql)
    else { return nil }
    var verb = SchemaCommand()
    verb.location = StoreOptions.plain(line)
    verb.object = line.argument(0)
    verb.at = line.value("--at")
    verb.format = format
    return verb
  }
}
