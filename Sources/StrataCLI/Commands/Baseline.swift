import ArgumentParser
import FileSystem
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

      Rows that come out otherwise each time the migrations run (a secret made at random, the time \
      of the run) would be the same in every new database. With --alembic or --sql they are found by \
      running the migrations once more, else by what the rows and the recorded migrations tell. What \
      becomes of them is asked for; --data keep takes them in, --data skip leaves the rows of those \
      tables out.

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
    help: ArgumentHelp("Run this folder of SQL again, to see which rows vary.", valueName: "dir"))
  var sqlFolder: String?
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
    if !data, alembicFolder != nil || sqlFolder != nil || choice != nil {
      throw ValidationError("without --data there are no rows to look at; add it")
    }
  }

  func run() throws {
    let history = try location.openForReading()
    let id = try history.resolve(orHead: revision)
    var baseline = try BaselineScript(id, history, data: data)
    baseline.options = BaselineOptions(
      owners: !noOwner, grants: !noGrants, copiesRows: copy, isCommented: into == nil)
    if data { baseline.rows = try settledRows(baseline.rows, id, history) }
    baseline.warnOfUnrendered()
    let stamp = noStamp ? [] : baseline.words.stamp(id, try history.runners())
    if let into {
      let name = try history.product().create(
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

  private func settledRows(
    _ rows: SeedRows, _ id: RevisionID, _ history: History
  ) throws -> SeedRows {
    let run = RunAgain(
      alembicFolder: alembicFolder, sqlFolder: sqlFolder, alembic: alembic, sql: sql,
      limits: limits)
    var second: SecondRun?
    if run.hasFolder, rows.rowCount > 0 {
      try TemporaryFolder.beginRun()
      second = try run.run(id, history, history.product(limits.options))
      guard second != nil else {
        throw Failure.input(
          "expected all migrations of \(id) in \(alembicFolder ?? sqlFolder ?? ""), found fewer; "
            + "name their folder, or leave it out. Nothing was changed")
      }
    }
    let finding = try run.finding(second, rows, at: id, history)
    return try (choice ?? .ask).settle(
      rows, finding,
      otherwise: run.hasFolder
        ? "" : "; --sql DIR or --alembic DIR runs the migrations again to see"
    ).rows
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
