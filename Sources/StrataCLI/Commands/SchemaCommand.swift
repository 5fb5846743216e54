import SchemaModel
public import ArgumentParser
public import Documents
import SchemaHistory
import Workflows

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "The schema at a revision: all of it, or one object.",
    discussion: """
      sql is the engine's own text in an order that can be executed; json has every field; dbml, \
      mermaid and dot are for drawing tools. A table or a view comes with what belongs to it: \
      indexes, triggers, ...

      Example:
        strata schema --at v1.0
        strata schema users --at head~3
        strata schema --format mermaid > schema.mmd
      """)

  typealias Format = SchemaDocument.Form

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("One object; without it the whole schema.", valueName: "object"))
  var object: String?
  @Option(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var at: String?
  @Option(help: "The form: sql, json, dbml, mermaid, dot.")
  var format: Format = .sql

  @Flag(help: "The same as --format json.")
  var json = false

  mutating func validate() throws {
    if json { format = .json }
  }

  func run() throws {
    let history = try location.openForReading()
    location.page()
    let text: String
    if let object {
      let id = try history.resolve(orHead: at)
      text = try SchemaDocument.text(objectNamed: object, at: id, of: history, format)
    } else {
      let point = try at.map { try history.point(named: $0) } ?? .revision(history.head())
      text = try SchemaDocument.text(at: point, of: history, format)
    }
    Console.write(document: text)
  }
}

extension SchemaDocument.Form: ExpressibleByArgument {}

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
    verb.json = false
    return verb
  }
}
