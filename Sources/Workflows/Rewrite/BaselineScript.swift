import Importers
import SchemaHistory
import SchemaModel

/// What creates one revision's schema, in the forms that databases and migration tools take.
struct BaselineScript {
  let id: RevisionID
  let recorded: RecordedRevision
  let schema: Schema
  var rows: SeedRows
  let runners: [RunnerTable]
  /// Migration tools' tables that are part of the schema.
  let keptTables: Set<ExactText>
  let words: any DialectWords
  var options = BaselineOptions()
  /// The statements, where they were rendered already.
  var rendered: [String]?

  init(_ id: RevisionID, _ history: History, _ dialects: Dialects, data: Bool) throws {
    self.id = id
    words = try history.words(dialects)
    recorded = try history.revision(id)
    try history.checkSnapshot(of: id)
    schema = try history.schema(at: id)
    rows = data ? try history.rows(at: id) : SeedRows()
    runners = try history.runners()
    keptTables = try history.runnerTables().kept
  }

  init(
    _ recorded: RecordedRevision, schema: Schema, rows: SeedRows, runners: [RunnerTable],
    keptTables: Set<ExactText>, words: any DialectWords
  ) {
    id = recorded.id
    self.words = words
    self.recorded = recorded
    self.schema = schema
    self.rows = rows
    self.runners = runners
    self.keptTables = keptTables
  }

  var statements: [String] {
    get throws { try rendered ?? words.baseline(schema, rows: rows, options) }
  }

  var prelude: [String] { words.prelude(judgedBy: recorded.revision.engine) }

  var downStatements: [String] { words.dropAll(schema) }

  /// Which objects a database made of it will not have, in one line; nil where it has all.
  var unrenderedWarning: String? {
    let paths = words.unrendered(schema)
    guard !paths.isEmpty else { return nil }
    return
      "the baseline of \(id) leaves out what Strata does not model, and what needs that: "
      + paths.prefix(8).map(\.description).joined(separator: ", ")
      + (paths.count > 8 ? " and \(paths.count - 8) more" : "")
  }

  /// A cut is refused where the order of columns is another one.
  var reorderedWarning: String? {
    let paths = words.reordered(schema)
    guard !paths.isEmpty else { return nil }
    return "the baseline of \(id) makes the columns of "
      + paths.prefix(8).map(\.qualifiedName).joined(separator: ", ")
      + (paths.count > 8 ? " and \(paths.count - 8) more" : "")
      + " in another order than the migrations: a parent's stand first, also those that it got later. "
      + "INSERT without names of columns, and SELECT *, tell them apart"
  }

  /// `12 tables, 3 indexes, 40 rows`.
  var contents: String { BaselineContents.text(schema, rows) }

  /// One transaction, with a header that says what it is.
  func script(stamp: [String]) throws -> String {
    let head = [
      "-- Baseline of revision \(id), made by Strata \(History.version).",
      "-- fingerprint: \(recorded.revision.snapshot)", "-- holds: \(contents)",
    ]
    return words.script(prelude + (try statements) + stamp, head: head)
  }

  /// A migration that creates everything, for a versions folder.
  func alembic(
    note: String, labels: [String], _ dialects: Dialects, beside others: [DialectBlock] = []
  ) throws -> AlembicBaseline {
    let message = recorded.revision.message
    // What env.py places its table in is there, but not what migrations made of it: owner, rights, comment.
    let own = besideAlembic(keepsNamespaces: true)
    var baseline = AlembicBaseline(
      id: id, dialect: words.dialect, labels: labels,
      message: message.isEmpty ? "baseline" : message, created: recorded.revision.authored,
      note: note,
      upgrade: try own.statements.filter { !makesSchemaOfRunner($0) }.map { words.unlessThere($0) },
      downgrade: besideAlembic(keepsNamespaces: false).downStatements,
      session: words.session(judgedBy: recorded.revision.engine),
      lines: dialects.alembicLines)
    baseline.otherBlocks = others
    return baseline
  }

  private func makesSchemaOfRunner(_ statement: String) -> Bool {
    schema.paths.contains { path in
      guard path.kind == .namespace, isOfRunner(path) else { return false }
      let making = "CREATE SCHEMA \(words.quoted(path.name))"
      return statement == making || statement.hasPrefix(making + " ")
    }
  }

  /// Whether env.py places a tool's table there.
  private func isOfRunner(_ namespace: ObjectPath) -> Bool {
    runners.contains {
      $0.definition.hasPrefix("CREATE TABLE \(words.quoted(namespace.name)).")
    }
  }

  /// Without what is there before any migration runs: Alembic's own table, which a history may keep
  /// in its schema, and the schema in which env.py places that table.
  private func besideAlembic(keepsNamespaces: Bool) -> BaselineScript {
    var (schema, rows) = (self.schema, self.rows)
    for path in self.schema.paths {
      let isThere =
        switch path.kind {
        case .table:
          keptTables.contains(path.name)
            && self.schema.objects[path]?.table?.columns.map(\.name) == ["version_num"]
        case .namespace: !keepsNamespaces && isOfRunner(path)
        default: false
        }
      guard isThere else { continue }
      schema.objects[path] = nil
      rows.tables[path] = nil
    }
    var script = BaselineScript(
      recorded, schema: schema, rows: rows, runners: runners, keptTables: keptTables,
      words: words)
    script.options = options
    // Most often nothing of it is there already.
    if schema.objects.count == self.schema.objects.count { script.rendered = rendered }
    return script
  }
}
