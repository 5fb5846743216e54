import ArgumentParser
import Importers
import SchemaHistory
import SchemaModel

struct Baseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract:
      "The script that creates a revision's schema, or the schema itself in an empty database.",
    discussion: """
      The script runs in one transaction. --data adds the rows that the migrations left behind. The \
      migration tool's own table comes with it, stamped with the revision, so that the tool goes on \
      from there; --no-stamp leaves it out.

      Example:
        strata baseline v1.0 -o baseline.sql
        strata baseline head --data --into sqlite:///app.db
        strata baseline head --format alembic -o versions/0001_baseline.py
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case sql, alembic }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var revision: String?
  @Option(help: "The form: sql, alembic.")
  var format: Format = .sql
  @Flag(help: "With the rows that the migrations left behind.")
  var data = false
  @Option(help: ArgumentHelp("Create it in this empty database.", valueName: "url"))
  var into: String?
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?
  @Flag(help: "Without the migration tool's own table.")
  var noStamp = false
  @Flag(help: "The rows as COPY, which is quicker than INSERT (PostgreSQL).")
  var copy = false
  @Flag(help: "Everything belongs to whoever runs it (PostgreSQL).")
  var noOwner = false
  @Flag(help: "Without grants and default privileges (PostgreSQL).")
  var noGrants = false

  func validate() throws {
    if into != nil, output != nil || format != .sql {
      throw ValidationError("--into creates the schema itself; leave --format and -o out")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    let id = try history.resolve(orHead: revision)
    var baseline = try BaselineScript(id, history, data: data)
    baseline.options = BaselineOptions(
      owners: !noOwner, grants: !noGrants, copiesRows: copy, isCommented: into == nil)
    baseline.warnOfUnrendered()
    let stamp = noStamp ? [] : baseline.product.stamp(id, try history.runners())
    if let into {
      let name = try baseline.product.create(
        try baseline.statements, into: into, stamp: stamp,
        judgedBy: baseline.recorded.revision.engine)
      Console.print("Created \(id) in \(name): \(baseline.contents)")
      return
    }
    let text =
      switch format {
      case .sql: try baseline.script(stamp: stamp)
      case .alembic: try baseline.alembic(note: "", labels: baseline.recorded.revision.labels).text
      }
    if let output {
      try Files.write(Array(text.utf8), to: output)
      Console.print("The baseline of \(id) is in \(output): \(baseline.contents)")
    } else {
      Console.write(text)
    }
  }
}

extension Baseline: PlainVerb {
  static func plain(_ words: ArraySlice<String>) -> Baseline? {
    guard
      let line = PlainCommandLine(
        words, options: ["--store", "--format", "--into", "-o", "--output"],
        flags: ["--data", "--no-stamp", "--copy", "--no-owner", "--no-grants"], arguments: 1),
      let format = line.choice("--format", orElse: Format.sql),
      line.value("-o") == nil || line.value("--output") == nil
    else { return nil }
    var verb = Baseline()
    verb.location = StoreOptions.plain(line)
    verb.revision = line.argument(0)
    verb.format = format
    verb.data = line.has("--data")
    verb.into = line.value("--into")
    verb.output = line.value("-o") ?? line.value("--output")
    verb.noStamp = line.has("--no-stamp")
    verb.copy = line.has("--copy")
    verb.noOwner = line.has("--no-owner")
    verb.noGrants = line.has("--no-grants")
    guard (try? verb.validate()) != nil else { return nil }
    return verb
  }
}
