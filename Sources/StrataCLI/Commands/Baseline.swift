import ArgumentParser
import Documents
import FileSystem
import SchemaModel
import Workflows

struct Baseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract:
      "The script that creates a revision's schema, or the schema itself in an empty database.",
    discussion: """
      The script runs in one transaction. --data adds the rows that the migrations left behind. The \
      migration tool's own table comes with it, stamped with the revision, so that the tool goes on \
      from there; --no-stamp leaves it out. The tool of a folder of SQL notes every migration, so --sql \
      names that folder.

      Rows that come out otherwise each time the migrations run (a secret made at random, the time \
      of the run) would be the same in every new database. With --alembic or --sql they are found by \
      running the migrations once more, else by what the rows and the recorded migrations tell. What \
      becomes of them is asked for; --data keep takes them in, --data skip leaves the rows of those \
      tables out.

      Example:
        strata baseline v1.0 -o baseline.sql
        strata baseline head --data --into sqlite:///app.db
        strata baseline head --sql db/migrations -o baseline.sql
        strata baseline head --format alembic -o versions/0001_baseline.py
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case sql, alembic }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The revision; head without it.", valueName: "rev"))
  var revision: String?
  @Option(help: "The form: sql, alembic.")
  var format: Format = .sql
  @Flag(help: "With the rows that the migrations left behind; also --data keep, skip or ask.")
  var data = false
  @Option(name: .customLong("data-choice"), help: .hidden)
  var choice: VaryingRows?
  @Option(
    name: .customLong("alembic"),
    help: ArgumentHelp("Run this Alembic folder again, to see which rows vary.", valueName: "dir"))
  var alembicFolder: String?
  @Option(
    name: .customLong("sql"),
    help: ArgumentHelp(
      "The folder of SQL: its tool's table is stamped, and it runs again to see which rows vary.",
      valueName: "dir"))
  var sqlFolder: String?
  @Option(help: ArgumentHelp("Create it in this empty database.", valueName: "url"))
  var into: String?
  @Option(
    name: [.customShort("o", allowingJoined: true), .customLong("output")],
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
  @OptionGroup var alembic: AlembicArguments
  @OptionGroup var sql: SQLArguments
  @OptionGroup var limits: RunArguments

  func validate() throws {
    if into != nil, output != nil || format != .sql {
      throw ValidationError("--into creates the schema itself; leave --format and -o out")
    }
    if alembicFolder != nil, sqlFolder != nil {
      throw ValidationError("--alembic and --sql exclude each other; a history has one folder")
    }
    if !data, alembicFolder != nil || choice != nil {
      throw ValidationError("without --data there are no rows to look at; add it")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    let source = try MigrationsSource(alembicFolder, alembic, sqlFolder, sql)
    let work = BaselineCreation(
      of: revision,
      form: into.map { .database($0) } ?? (format == .sql ? .script : .alembicMigration),
      holdsRows: data, varyingRows: choice, source: source, isStamped: !noStamp,
      options: BaselineOptions(
        owners: !noOwner, grants: !noGrants, copiesRows: copy, isCommented: into == nil))
    let result = try work.run(
      in: history,
      source == nil
        ? Console.context(limits.options) : limits.beginRun())
    if let database = result.database {
      Console.print("Created \(result.id) in \(database): \(result.contents)")
    } else if let text = result.text, let output {
      try Files.write(Array(text.utf8), to: output)
      Console.print("The baseline of \(result.id) is in \(output): \(result.contents)")
    } else if let text = result.text {
      Console.write(document: text)
    }
  }
}

extension Baseline {
  /// `--data keep` is a flag and its answer: a flag alone means that nothing is said.
  static func spelledOut(_ words: [String]) -> [String] {
    guard words.first == configuration.commandName else { return words }
    var result: [String] = []
    for word in words {
      if let choice = VaryingRows(rawValue: word), result.last == "--data" {
        result += ["--data-choice", choice.rawValue]
      } else if word.hasPrefix("--data=") {
        result += ["--data", "--data-choice", String(word.dropFirst("--data=".count))]
      } else {
        result.append(word)
      }
    }
    return result
  }
}

extension Baseline: PlainVerb {
  static func plain(_ words: ArraySlice<String>) -> Baseline? {
    guard
      let line = PlainCommandLine(
        words, options: ["--store", "--format", "--into", "-o", "--output", "--data-choice"],
        flags: ["--data", "--no-stamp", "--copy", "--no-owner", "--no-grants"], arguments: 1),
      let format = line.choice("--format", orElse: Format.sql),
      line.value("-o") == nil || line.value("--output") == nil,
      line.value("--data-choice").map({ VaryingRows(rawValue: $0) != nil }) ?? true
    else { return nil }
    var verb = Baseline()
    verb.location = StoreOptions.plain(line)
    verb.revision = line.argument(0)
    verb.format = format
    verb.data = line.has("--data")
    verb.choice = line.value("--data-choice").flatMap { VaryingRows(rawValue: $0) }
    verb.alembicFolder = nil
    verb.sqlFolder = nil
    verb.alembic = .plain
    verb.sql = .plain
    verb.limits = .plain
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
