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
  /// The engine's own text of the schema that the archived migrations make.
  var dump: String?

  /// The root's baseline in an empty database gives the root's fingerprint, and its rows.
  func baseline() throws -> String { try baseline(product) }

  private func baseline(_ product: some Product) throws -> String {
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    let rows = settled?.rows ?? SeedRows()
    let statements =
      product.words.prelude(judgedBy: plan.rootRevision.revision.engine)
      + rendered
      // The migration tool's own table, as its run leaves it.
      + (dump == nil ? [] : product.words.stamp(plan.root, try history.runners()))
    let executed = try scratch.run(
      script: statements.map { product.words.terminated($0) + "\n" }.joined())
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: executed)
    try compare(capture.schema, plan.schema, "the baseline of \(plan.root)")
    if capture.rows != rows {
      throw disproved("the baseline of \(plan.root) does not give the recorded rows")
    }
    var identity = ""
    if let dump, let tool = product.words.dumpTool {
      guard try product.dump(scratch) == dump else {
        throw disproved(
          "\(tool) tells a database made of the baseline of \(plan.root) from one that the "
            + "migrations made")
      }
      identity = ", the same to the byte under \(tool)"
    }
    return "baseline of \(plan.root) in an empty database: fingerprint "
      + "\(plan.rootRevision.revision.snapshot.short)\(identity)"
      + (rows.rowCount > 0 ? ", \(Plural.text(rows.rowCount, "row"))" : "")
      + (settled?.clause ?? "")
  }

  /// Replaying what is kept on the root's snapshot gives every kept snapshot.
  func replay() throws -> String {
    let report = try history.verify(full: true) { teller.show("prove", $1, of: $2, $0) }
    teller.endProgress()
    if let damage = report.findings.first(where: { $0.severity == .damage }) {
      throw WorkflowError.damaged(
        "expected a sound history to truncate, found: \(damage.place): \(damage.message); "
          + "nothing was changed. Run `strata verify --full`")
    }
    return "\(Plural.text(plan.kept.count, "kept revision")) replayed on the snapshot of "
      + "\(plan.root): every fingerprint as recorded"
  }

  /// The rewritten folder, run from empty by the migration tool itself, gives each head's
  /// fingerprint.
  func folder(
    _ drafts: [RevisionDraft], runner: (MigrationGraph) throws -> some MigrationRunner, tool: String
  ) throws -> String {
    try folder(drafts, product, runner: runner, tool: tool)
  }

  private func folder(
    _ drafts: [RevisionDraft], _ product: some Product,
    runner: (MigrationGraph) throws -> some MigrationRunner, tool: String
  ) throws -> String {
    let graph = try MigrationGraph(drafts)
    let heads = Set(try history.heads())
    let expected = Set(plan.kept + [plan.root])
    let found = Set(graph.order)
    if let missing = expected.subtracting(found).sorted().first {
      throw disproved("the rewritten folder holds no file of revision \(missing)")
    }
    var fresh = HistoryImport(
      engine: try product.engine(), runner: try runner(graph), graph: graph)
    fresh.progress = { teller.show("prove", $0.done, of: $0.total, $0.id.text) }
    var proved: [RevisionID] = []
    // What they reached for beside the scratch database.
    var told: Set<String> = []
    var otherRows: Set<ObjectPath> = []
    do {
      try fresh.run { captured in
        told.formUnion(captured.draft.warnings)
        guard heads.contains(captured.draft.id) else { return }
        try compare(
          captured.capture.schema, try history.schema(at: captured.draft.id),
          "\(tool) on the rewritten folder, at \(captured.draft.id),")
        if let settled {
          otherRows.formUnion(
            Self.differing(captured.capture.rows, try history.rows(at: captured.draft.id)))
          otherRows.subtract(settled.skipped)
        }
        proved.append(captured.draft.id)
      }
    } catch let error as ImportError {
      throw disproved("\(tool) does not run on the rewritten folder: \(Self.words(error))")
    }
    teller.endProgress()
    for warning in told.sorted() { teller.warn(warning) }
    if !otherRows.isEmpty {
      teller.warn(
        "\(tool) on the rewritten folder leaves other rows than were recorded in "
          + otherRows.sorted().map(\.name).joined(separator: ", ")
          + ": kept migrations that make values anew each time do")
    }
    return "\(tool) on the rewritten folder from empty: fingerprint "
      + (settled?.skipped.isEmpty == true && otherRows.isEmpty ? "and rows " : "")
      + "as recorded at "
      + proved.sorted().map(\.text).joined(separator: ", ")
  }

  /// What failed, without the advice to somebody who imports.
  private static func words(_ error: ImportError) -> Message {
    guard case .revisionFailed(let failure) = error else { return Message(of: error) }
    return "revision \(failure.id) (\(failure.file)): \(failure.reason)"
  }

  private static func differing(_ found: SeedRows, _ expected: SeedRows) -> [ObjectPath] {
    Set(found.tables.keys).union(expected.tables.keys)
      .filter { found.tables[$0] != expected.tables[$0] }
  }

  private func compare(_ found: Schema, _ expected: Schema, _ what: String) throws {
    let found = found.tellingNotNulls(as: expected)
    guard try found.fingerprint != expected.fingerprint else { return }
    let differing = Set(found.paths).union(expected.paths).sorted()
      .filter { found.objects[$0] != expected.objects[$0] }
    let names = differing.prefix(8).map(\.description).joined(separator: ", ")
    let more = differing.count > 8 ? " and \(differing.count - 8) more" : ""
    throw disproved("\(what) does not give the recorded schema; different: \(names)\(more)")
  }

  private func disproved(_ what: Message) -> WorkflowError {
    teller.endProgress()
    return .refused("the cut at \(plan.root) was not made: \(what). Nothing was changed")
  }
}
