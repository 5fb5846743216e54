import Importers
import SchemaHistory
import SchemaModel

/// The archived migrations run once more, as they stand in the folder: what their first run left
/// behind by chance or by the clock is different this time.
struct SecondRun {
  /// Tables whose rows are others than were recorded.
  var varying: [ObjectPath] = []
  /// The engine's own text of the schema at the cut, where a tool for it is there.
  var dump: String?

  init() {}

  init<P: Product>(
    _ plan: TruncationPlan, _ product: P, _ drafts: [RevisionDraft],
    runner: (MigrationGraph) throws -> some MigrationRunner
  ) throws {
    let wanted = Set(plan.archived + [plan.root])
    let graph = try MigrationGraph(drafts.filter { wanted.contains($0.id) })
    // A folder that the truncation of another history has rewritten has them no more.
    guard wanted.isSubset(of: graph.order) else { return }
    var work = HistoryImport(
      engine: try product.engine(), runner: try runner(graph), graph: graph)
    let progress = ProgressBox("run again")
    work.progress = { progress.show($0.done, of: $0.total, $0.id.text) }
    var found: Capture?
    var dump: String?
    work.keep = { id, scratch in
      defer { scratch.discard() }
      if id == plan.root { dump = try product.dump(scratch) }
    }
    try work.run { captured in
      if captured.draft.id == plan.root { found = captured.capture }
    }
    Progress.clear()
    self.dump = dump
    guard let found else { return }
    varying = Set(found.rows.tables.keys).union(plan.rows.tables.keys)
      .filter { found.rows.tables[$0] != plan.rows.tables[$0] }.sorted()
  }
}

/// What becomes of rows that the migrations make anew each time.
enum VaryingRows: String, CaseIterable {
  case keep, skip, ask

  /// The rows that the baseline is to hold.
  func rows(_ rows: SeedRows, varying: [ObjectPath]) throws -> SeedRows {
    let tables = varying.filter { rows.tables[$0] != nil }
    guard !tables.isEmpty else { return rows }
    let names = tables.map(\.qualifiedName).joined(separator: ", ")
    let what =
      "the migrations leave other rows in \(names) each time they run (random values, the clock)"
    switch self {
    case .keep:
      Console.warn(
        "\(what); the baseline keeps those that were recorded. --data skip leaves them out")
      return rows
    case .skip: break
    case .ask:
      guard Console.isInteractive else {
        throw Failure.refused(
          "\(what); expected an answer, found no terminal to ask at. Choose with --data keep or "
            + "--data skip; nothing was changed")
      }
      if Console.asks("\(what). Keep those that were recorded?") { return rows }
    }
    var kept = rows
    for table in tables { kept.tables[table] = nil }
    Console.warn("the baseline leaves the rows of \(names) out")
    return kept
  }
}
