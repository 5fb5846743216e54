import Importers
import SchemaHistory
import SchemaModel
import StoreFormat

/// The checks before a cut: nothing is changed until they hold. Each returns the line that is
/// recorded with the truncation.
struct Proof {
  let plan: TruncationPlan
  let history: History
  let product: any Product
  let teller: Teller
  /// What the baseline holds; nil where it holds no rows at all.
  let settled: VaryingRows.Settled?
  /// The statements of the root's baseline, with these rows.
  let rendered: [String]
  /// Whether a migrations folder is named.
  let hasFolder: Bool
  /// What the archived migrations make when they run once more.
  let again: SecondRun?
  /// Whether the tool runs the folder by its files' names, which may be another order than the recorded.
  let isOrderedByNames: Bool
  /// The rows that the folder as it is makes of a revision; nil where that cannot be told.
  let wholeRows: (RevisionID) throws -> SeedRows?
  /// Revisions that the rewritten folder has no file of, and need not have.
  var absent: Set<RevisionID> = []

  /// The root's baseline in an empty database gives the root's fingerprint, and its rows.
  func baseline() throws -> String { try baseline(product) }

  private func baseline(_ product: some Product) throws -> String {
    try refuseLoop(again?.timesMax ?? 1)
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    let rows = settled?.rows ?? SeedRows()
    let (made, stamp) = product.words.stamped(rendered, plan.root, try history.runners())
    let statements =
      product.words.prelude(judgedBy: plan.rootRevision.revision.engine) + made
      // The migration tool's own table, as its run leaves it.
      + (again?.dump == nil || again?.isGrounded == true ? [] : stamp)
    let executed: [ExecutedStatement]
    do {
      executed = try scratch.run(
        script: statements.map { product.words.terminated($0) + "\n" }.joined())
    } catch  where again?.isGrounded == true && hasFolder {
      // A foreign key to a table of env.py's, a trigger with its function: then the rewritten folder
      // alone, run by the tool, can prove it.
      return "baseline of \(plan.root): not by itself, since it needs what env.py makes first "
        + "(\(VisibleText.line(String("\(error)".prefix { $0 != "\n" }))))"
    } catch  where rows.rowCount > 0 && BrokenCheck.isSaid(by: error) {
      throw disproved("\(BrokenCheck.words(error)). \(BrokenCheck.advice("--no-data"))")
    }
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: executed)
    let shown = try shownOfRoot(capture)
    if capture.rows != rows {
      let tables = Self.list(Self.differing(capture.rows, rows).sorted().map(\.description))
      throw disproved(
        "the baseline of \(plan.root) does not give the recorded rows; different: \(tables)")
    }
    return "baseline of \(plan.root) in an empty database\(shown)"
      + (try dumpClause(scratch, product))
      + (rows.rowCount > 0 ? ", \(Plural.text(rows.rowCount, "row"))" : "")
      + (settled?.clause ?? "")
  }

  /// The baseline gives the recorded schema; where another version of the engine judged that, what
  /// this version shows of the migrations' own database.
  private func shownOfRoot(_ capture: Capture) throws -> String {
    let what: Message = "the baseline of \(plan.root)"
    let judge = plan.rootRevision.revision.engine
    let fingerprint = ": fingerprint \(plan.rootRevision.revision.snapshot.short)"
    guard product.words.isOther(judge, than: capture.engine), capture.schema != plan.schema else {
      try compare(capture.schema, plan.schema, what, judgedBy: judge, now: capture.engine)
      return fingerprint
    }
    guard let found = again?.found else {
      try compare(capture.schema, plan.schema, what, judgedBy: judge, now: capture.engine)
      return fingerprint
    }
    let engine = capture.engine ?? "this version"
    try compare(
      capture.schema, found.schema, "\(what), recorded on \(judge ?? "another version"),",
      expected: "the schema that the migrations make on \(engine)")
    return
      " of \(engine): the schema that the migrations make there (\(judge ?? "another version") "
      + "recorded it)"
  }

  /// By the tool's text two databases are told apart that the fingerprint takes for one; so its lack
  /// is said.
  private func dumpClause<P: Product>(_ scratch: P.E.Scratch, _ product: P) throws -> String {
    guard let tool = product.words.dumpTool else { return "" }
    guard let expected = again?.dump else {
      let reason =
        if let obstacle = again?.dumpObstacle {
          obstacle
        } else if hasFolder {
          "the folder does not hold all migrations that are cut off"
        } else {
          "no folder is named whose migrations could run again"
        }
      return ", not compared by \(tool): \(reason)"
    }
    // By what env.py makes the two differ; `alembic upgrade` on the rewritten folder makes that, too.
    if again?.isGrounded == true { return "" }
    try compareDumps(scratch, product, tool, expected)
    return ", the same to the byte under \(tool)"
  }

  func compareDumps<P: Product>(
    _ scratch: P.E.Scratch, _ product: P, _ tool: String, _ expected: String
  ) throws {
    guard let found = try product.dump(scratch) else {
      throw disproved("\(tool) gave no text of a database made of the baseline of \(plan.root)")
    }
    guard found == expected else {
      let names = product.words.differing(expected, found)
      throw disproved(
        "\(tool) tells a database made of the baseline of \(plan.root) from one that the "
          + "migrations made; different: \(Self.list(names))")
    }
  }

  /// Nothing is made of a store that is damaged anywhere: it would be proved against itself.
  static func expectSound(_ history: History, _ teller: Teller) throws {
    var report = try History.verify(at: history.directory, comparesProjection: false) {
      teller.show("verify", $1, of: $2, $0)
    }
    // What was archived before takes no part in it.
    report.findings.removeAll { $0.place.hasPrefix("segment ") }
    try refuse(report, teller)
  }

  private static func refuse(_ report: VerifyReport, _ teller: Teller) throws {
    teller.endProgress()
    if let damage = report.findings.first(where: { $0.severity == .damage }) {
      throw WorkflowError.damaged(
        "expected a sound history to truncate, found: \(damage.place): \(damage.message); "
          + "nothing was changed. Run `strata verify --full`")
    }
  }

  /// Replaying what is kept on the root's snapshot gives every kept snapshot.
  func replay() throws -> String {
    try Self.refuse(
      try history.verify(full: true, comparesProjection: false) {
        teller.show("prove", $1, of: $2, $0)
      },
      teller)
    return "\(Plural.text(plan.kept.count, "kept revision")) replayed on the snapshot of "
      + "\(plan.root): every fingerprint as recorded"
  }

  /// The rewritten folder, run from empty by the migration tool itself, gives each head's
  /// fingerprint.
  /// - Parameter isLine: whether it is one line, which the tool may run in another order than it was
  ///   recorded in (files that were merged late, repeatables): only its end can be compared then.
  func folder(
    _ drafts: [RevisionDraft], isLine: Bool = false,
    runner: (MigrationGraph) throws -> some MigrationRunner, tool: String
  ) throws -> String {
    var heads = Dictionary(plan.heads.map { ($0, $0) }) { $1 }
    let known = Set(plan.kept + [plan.root])
    if isLine, plan.heads.count == 1, let last = drafts.last(where: { known.contains($0.id) }) {
      heads = [last.id: plan.heads[0]]
    }
    return try folder(drafts, heads, product, runner: runner, tool: tool)
  }

  /// - Parameter heads: what is compared after a revision, by its id.
  private func folder(
    _ drafts: [RevisionDraft], _ heads: [RevisionID: RevisionID], _ product: some Product,
    runner: (MigrationGraph) throws -> some MigrationRunner, tool: String
  ) throws -> String {
    let graph = try completeGraph(drafts)
    let gone = plan.kept.filter { absent.contains($0) && !plan.lost.contains($0) }
    let place =
      gone.isEmpty
      ? "on the rewritten folder,"
      : "on the rewritten folder, without what \(gone.map(\.text).joined(separator: ", ")) did,"
    var fresh = HistoryImport(
      engine: try product.engine(), runner: try runner(graph), graph: graph)
    fresh.progress = { teller.show("prove", $0.done, of: $0.total, $0.id.text) }
    var proved: [RevisionID] = []
    // What they reached for beside the scratch database.
    var told: Set<String> = []
    var otherRows: [RevisionID: OtherRows] = [:]
    do {
      try fresh.run { captured in
        told.formUnion(captured.draft.warnings)
        guard let head = heads[captured.draft.id] else { return }
        try compare(
          captured.capture.schema, try history.schema(at: head),
          "\(tool) \(place) at \(head),",
          judgedBy: try history.revision(head).revision.engine, now: captured.capture.engine)
        if let others = try otherRowsThanRecorded(captured.capture, head) {
          otherRows[head] = others
        }
        proved.append(head)
      }
    } catch let error as ImportError {
      throw disproved("\(tool) does not run on the rewritten folder: \(Self.words(error))")
    }
    teller.endProgress()
    for warning in told.sorted() { teller.warn(warning) }
    return try line(tool, proved, otherRows, drafts)
  }

  /// The revisions of the rewritten folder, all that the cut leaves among them.
  func completeGraph(_ drafts: [RevisionDraft]) throws -> MigrationGraph {
    let graph = try MigrationGraph(drafts)
    let expected = Set(plan.kept + [plan.root]).subtracting(absent)
    if let missing = expected.subtracting(graph.order).sorted().first {
      throw disproved(
        "the rewritten folder holds no file of revision \(missing), which others follow (bring the "
          + "file back, or cut behind it)")
    }
    return graph
  }

  /// What failed, without the advice to somebody who imports.
  static func words(_ error: ImportError) -> Message {
    guard case .revisionFailed(let failure) = error else { return Message(of: error) }
    if let environment = failure.environment {
      return "\(environment): \(failure.reasonLine)\(failure.hint.map { " (\($0))" } ?? "")"
    }
    return "revision \(failure.id) (\(failure.file)): \(failure.reasonLine)"
  }

  static func differing(_ found: SeedRows, _ expected: SeedRows) -> [ObjectPath] {
    Set(found.tables.keys).union(expected.tables.keys)
      .filter { found.tables[$0] != expected.tables[$0] }
  }

  /// - Parameters:
  ///   - judge: the version that recorded what is expected; nil where that does not matter.
  ///   - engine: the version that shows what was found.
  func compare(
    _ found: Schema, _ expected: Schema, _ what: Message,
    expected words: Message = "the recorded schema",
    judgedBy judge: String? = nil, now engine: String? = nil
  ) throws {
    let found = found.tellingNotNulls(as: expected)
    guard try found.fingerprint != expected.fingerprint else { return }
    let differing = Set(found.paths).union(expected.paths).sorted()
      .filter { found.objects[$0] != expected.objects[$0] }
    let failure: Message =
      "\(what) does not give \(words); different: \(Self.list(differing.map(\.description)))"
    guard let judge, let version = product.words.spelling(judgedBy: judge),
      product.words.isOther(judge, than: engine)
    else { throw disproved(failure) }
    throw disproved(
      "\(failure). \(judge) recorded it, this is \(engine ?? "another version"): prove it on that "
        + "version (--pg-version \(version), or a server of it with --scratch)")
  }

  /// The first ten, and how many more there are.
  static func list(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ")
      + (names.count > 10 ? " and \(names.count - 10) more" : "")
  }

  func disproved(_ what: Message) -> WorkflowError {
    teller.endProgress()
    return .refused("the cut at \(plan.root) was not made: \(what). Nothing was changed")
  }
}
