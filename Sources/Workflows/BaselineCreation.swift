import Importers
public import SchemaHistory
public import SchemaModel

/// Makes what creates a revision's schema: a script, an Alembic migration, or the schema itself in an
/// empty database.
public struct BaselineCreation: Sendable {
  /// What is made.
  public enum Form: Hashable, Sendable {
    /// One script that runs in one transaction.
    case script
    /// A migration that creates everything, for a versions folder.
    case alembicMigration
    /// The schema in the empty database of this URL.
    case database(String)
  }

  /// Any name of a revision; nil for the head.
  public var revision: String?
  /// What is made of it.
  public var form: Form
  /// Whether it holds the rows that the migrations left behind.
  public var holdsRows: Bool
  /// What becomes of rows that each run makes anew; nil to ask, where an answer is needed.
  public var varyingRows: VaryingRows?
  /// The folder that is run again to see which rows vary; without it the rows and the recorded
  /// migrations tell.
  public var source: MigrationsSource?
  /// Whether the migration tool's own table comes with it, stamped with the revision.
  public var isStamped: Bool
  /// Owners, grants, the form of rows, headings.
  public var options: BaselineOptions

  public init(
    of revision: String? = nil, form: Form = .script, holdsRows: Bool = false,
    varyingRows: VaryingRows? = nil, source: MigrationsSource? = nil, isStamped: Bool = true,
    options: BaselineOptions = BaselineOptions()
  ) {
    self.revision = revision
    self.form = form
    self.holdsRows = holdsRows
    self.varyingRows = varyingRows
    self.source = source
    self.isStamped = isStamped
    self.options = options
  }

  /// - Throws: `HistoryError` for an unknown revision; `WorkflowError.refused` for a database that is
  ///   not empty, and for rows that vary where nobody answers; `.input` for a URL of another product,
  ///   or a folder that does not hold all of the revision's migrations; `.engine` for a baseline that
  ///   does not run. The database is as it was then.
  public func run(
    in history: History, _ context: WorkflowContext = WorkflowContext()
  ) throws -> BaselineResult {
    let teller = Teller(context.listener)
    let id = try history.resolve(orHead: revision)
    var baseline = try BaselineScript(id, history, context.dialects, data: holdsRows)
    baseline.options = options
    if holdsRows {
      baseline.rows = try settledRows(baseline.rows, id, history, context, teller)
    }
    for warning in [baseline.unrenderedWarning, baseline.reorderedWarning] {
      if let warning { teller.warn(warning) }
    }
    var (made, stamp) = (try baseline.statements, [String]())
    if isStamped {
      (made, stamp) = baseline.words.stamped(made, id, try history.runners())
      stamp += try toolRows(id, history, baseline.words, teller)
    }
    var result = BaselineResult(id: id, contents: baseline.contents)
    switch form {
    case .script:
      baseline.rendered = made
      result.text = try baseline.script(stamp: stamp)
    case .alembicMigration:
      result.text = try baseline.alembic(
        note: "", labels: baseline.recorded.revision.labels, context.dialects
      ).text
    case .database(let url):
      do {
        result.database = try history.product(context, teller).create(
          made, into: url, stamp: stamp,
          judgedBy: baseline.recorded.revision.engine)
      } catch  where baseline.rows.rowCount > 0 && BrokenCheck.isSaid(by: error) {
        throw WorkflowError.refused(
          "\(BrokenCheck.words(error)). \(BrokenCheck.advice("leaving --data out"))")
      }
    }
    result.warnings = teller.warnings
    return result
  }

  /// What a SQL folder's tool finds in its own table: all that the baseline stands for.
  private func toolRows(
    _ id: RevisionID, _ history: History, _ words: any DialectWords, _ teller: Teller
  ) throws -> [String] {
    guard case .sql(let path, let settings)? = source else {
      if let table = try history.runners().map(\.name).first(where: Self.isOfFolder) {
        teller.warn(
          "\(table) is made empty: its tool would run all migrations again there. --sql DIR, with their "
            + "folder, notes them in it")
      }
      return []
    }
    let folder = try settings.folder(path, of: history)
    guard folder.layout.tool != nil else { return [] }
    let ids = try history.graph().ancestors(of: id).union([id])
    let files = try RecordedFiles(history)
    let changed = files.changed(folder.drafts.filter { ids.contains($0.id) })
    guard changed.isEmpty else {
      throw WorkflowError.refused(
        "expected in \(folder.path) what was recorded, found other bytes in \(changed.joined(separator: ", ")): "
          + "the tool's table would say that the database holds them. Import them or put them back, or "
          + "leave --sql out. Nothing was changed")
    }
    let held = folder.toolMigrations(of: ids)
    let absent = files.withoutFile(ids, in: folder)
    guard let last = held.last(where: { $0.migration.version != nil }) else {
      throw WorkflowError.input(
        "expected migrations of \(id) in \(folder.path), found none; name their folder, or leave --sql "
          + "out. Nothing was changed")
    }
    if !absent.isEmpty {
      teller.warn(
        "\(folder.path) has no file of \(absent.map(\.text).joined(separator: ", ")): the database holds "
          + "what they did, and the tool's table does not name them")
    }
    return ReturnedRows(
      words: words, layout: folder.layout, root: last.migration, others: held.map(\.migration),
      files: Dictionary(held.map { (ExactText($0.migration.path), $0.bytes) }) { $1 }, isNew: true
    ).statements
  }

  private static func isOfFolder(_ table: String) -> Bool {
    MigrationTool.allCases.contains { $0.tableName == table }
  }

  private func settledRows(
    _ rows: SeedRows, _ id: RevisionID, _ history: History, _ context: WorkflowContext,
    _ teller: Teller
  ) throws -> SeedRows {
    let project = rows.rowCount > 0 ? try AlembicProject(source, history, context) : nil
    defer { project?.bridge.close() }
    let run = RunAgain(source: source, project: project, teller: teller)
    var second: SecondRun?
    if let source, rows.rowCount > 0 {
      second = try run.run(id, history, history.product(context, teller))
      guard second != nil else {
        throw WorkflowError.input(
          "expected all migrations of \(id) in \(source.path), found fewer; "
            + "name their folder, or leave it out. Nothing was changed")
      }
    }
    return try (varyingRows ?? .ask).settle(
      rows, run.finding(second, rows, at: id, history, history.product(context, teller)),
      context.respondent, teller,
      otherwise: source != nil
        ? "" : "; --sql DIR or --alembic DIR runs the migrations again to see"
    ).rows
  }
}

/// What came of a baseline.
public struct BaselineResult: Sendable {
  /// The revision whose baseline it is.
  public var id: RevisionID
  /// `12 tables, 3 indexes, 40 rows`, for people.
  public var contents: String
  /// The script or the migration; nil where a database was made.
  public var text: String?
  /// The database's name, for people; nil where none was made.
  public var database: String?
  /// All that the listener was warned of.
  public var warnings: [String] = []

  init(id: RevisionID, contents: String) {
    self.id = id
    self.contents = contents
  }
}

extension History {
  /// The revision that `name` means; head where none is named.
  /// - Throws: `HistoryError`: unknown, ambiguous, several heads, no revisions.
  public func resolve(orHead name: String?) throws -> RevisionID {
    if let name { try resolve(name) } else { try head() }
  }
}
