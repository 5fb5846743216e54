import Glibc
import Importers
import SchemaHistory
import SchemaModel
import StoreFormat

/// Migrations run once more, as they stand in the folder: what their first run left behind by chance
/// or by the clock is different this time.
struct SecondRun {
  /// Tables whose rows are others than were recorded, or would be tomorrow.
  var varying: [ObjectPath] = []
  /// The engine's own text of the schema at the end, where a tool for it is there.
  var dump: String?
  /// Files of what ran that are not what was recorded.
  var changedFiles: [String] = []
  /// Why there is none, where there is a tool for it.
  var dumpObstacle: String?
  /// Whether the migration tool itself has made objects before any migration, which no baseline makes.
  var isGrounded = false
  /// How often a migration ran at most.
  var timesMax = 1
  /// What the engine shows at the end; nil where the root did not run.
  var found: Capture?

  /// - Parameter root: the revision whose rows are compared.
  /// - Parameter wanted: all that it is made of, itself too.
  /// - Returns: nil where the folder does not hold all of them: the truncation of another history
  ///   has rewritten it, or one of this.
  init?<P: Product>(
    of root: RevisionID, madeOf wanted: Set<RevisionID>, in history: History, _ product: P,
    _ drafts: [RevisionDraft], _ teller: Teller,
    runner: (MigrationGraph) throws -> some MigrationRunner
  ) throws {
    let graph = try MigrationGraph(drafts.filter { wanted.contains($0.id) })
    guard wanted.isSubset(of: graph.order) else { return nil }
    changedFiles = try RecordedFiles(history).changed(graph.revisions)
    let recorded = try wanted.map { try history.revision($0).recorded }
    Self.waitForAnotherSecond(than: recorded.max())
    let runner = try runner(graph)
    try runWhole(to: root, in: history, runner, product, teller)
    if found == nil { try step(to: root, graph, runner, product, teller) }
    teller.endProgress()
    timesMax = runner.timesMax
    guard let found else { return }
    let rows = try history.rows(at: root)
    let differing = Set(found.rows.tables.keys).union(rows.tables.keys)
      .filter { found.rows.tables[$0] != rows.tables[$0] }
    let equal = rows.tables.filter { !differing.contains($0.key) }
    let today = try Self.tablesOfToday(equal, recorded: recorded, drafts)
    varying = differing.union(today).sorted()
  }

  /// By the tool's own command, where it has one and what it makes is what was recorded.
  ///
  /// Databases that got the migrations one by one are there all the same, and a baseline is one of
  /// these: an enumeration's new value, for one, is of no use in the transaction that adds it.
  private mutating func runWhole<P: Product>(
    to root: RevisionID, in history: History, _ runner: some MigrationRunner, _ product: P,
    _ teller: Teller
  ) throws {
    let engine = try product.engine()
    let scratch = try engine.makeScratch()
    defer { scratch.discard() }
    teller.show("run again", 0, of: 1, root.text)
    var ran: RanRevision?
    do {
      try scratch.overcoming { ran = try runner.runWhole(to: root, on: scratch) }
    } catch ImportError.revisionFailed(let failure) where failure.environment == nil {
      teller.warn(
        "the migrations up to \(root) do not run in one run of their tool (revision \(failure.id): "
          + "\(failure.reasonLine)); they were run one by one, as a database gets them that is kept up to date"
      )
    }
    guard let ran else { return }
    let empty = Capture(schema: Schema())
    let capture = try scratch.capture(after: empty, statements: ran.statements)
    let ground = try runner.ground(on: engine, for: root)
    let shown = ground.leftOut(of: capture)
    let others = try Self.others(shown, root, history, product)
    guard others.isEmpty else {
      return teller.warn(
        "one run of all migrations up to \(root) by their tool makes other objects than were recorded "
          + "of them one by one: \(Proof.list(others.map(\.description))). The baseline is as recorded"
      )
    }
    isGrounded = !ground.isEmpty
    found = shown
    try takeDump(scratch, product)
  }

  /// What is not as recorded; nothing where another version of the product recorded it.
  private static func others(
    _ shown: Capture, _ root: RevisionID, _ history: History, _ product: some Product
  ) throws -> [ObjectPath] {
    let judge = try history.revision(root).revision.engine
    if product.words.isOther(judge, than: shown.engine) { return [] }
    let expected = try history.schema(at: root)
    let schema = shown.schema.tellingNotNulls(as: expected)
    guard try schema.fingerprint != expected.fingerprint else { return [] }
    return Set(schema.paths).union(expected.paths)
      .filter { schema.objects[$0] != expected.objects[$0] }.sorted()
  }

  private mutating func step<P: Product>(
    to root: RevisionID, _ graph: MigrationGraph, _ runner: some MigrationRunner, _ product: P,
    _ teller: Teller
  ) throws {
    var work = HistoryImport(engine: try product.engine(), runner: runner, graph: graph)
    work.progress = { teller.show("run again", $0.done, of: $0.total, $0.id.text) }
    var isGrounded = false
    var last: P.E.Scratch?
    work.ground = { _ in isGrounded = true }
    work.keep = { id, scratch in
      if id == root { last = scratch } else { scratch.discard() }
    }
    var found: Capture?
    do {
      try work.run { captured in
        if captured.draft.id == root { found = captured.capture }
      }
    } catch ImportError.revisionFailed(var failure) {
      failure.isReplay = true
      throw ImportError.revisionFailed(failure)
    }
    self.isGrounded = isGrounded
    self.found = found
    guard let last else { return }
    defer { last.discard() }
    try takeDump(last, product)
  }

  private mutating func takeDump<P: Product>(_ scratch: P.E.Scratch, _ product: P) throws {
    dump = try product.dump(scratch)
    if dump == nil { dumpObstacle = try product.dumpObstacle(scratch) }
  }

  /// Two runs within one second would show the same time.
  private static func waitForAnotherSecond(than recorded: Timestamp?) {
    guard let recorded else { return }
    let age = Timestamp.now.milliseconds - recorded.milliseconds
    // A clock that was set back is not waited for.
    if age >= 0, age < 1100 { usleep(UInt32(1100 - age) * 1000) }
  }

  /// Tables that hold today's date where no file of the folder says it: two runs on one day agree
  /// on it, and the next day's would not.
  private static func tablesOfToday(
    _ tables: [ObjectPath: RowSet], recorded: [Timestamp], _ drafts: [RevisionDraft]
  ) throws -> [ObjectPath] {
    let days = [Day(utc: Timestamp.now), Day.localToday]
    guard recorded.contains(where: { days.contains(Day(utc: $0)) || Day(local: $0) == days[1] })
    else { return [] }
    let sources = drafts.compactMap { $0.source?.up }.map { String(decoding: $0, as: UTF8.self) }
    let spellings = Set(days.flatMap(\.spellings))
      .filter { spelling in !sources.contains { $0.contains(spelling) } }
    let moments = Set(days.flatMap(\.moments))
    return tables.filter { entry in
      entry.value.rows.contains { row in
        row.contains { value in
          switch value {
          case .text(let text): spellings.contains { text.contains($0) }
          case .integer(let number): moments.contains(Double(number))
          case .real(let number): moments.contains(number)
          case .blob, .null: false
          }
        }
      }
    }.map(\.key)
  }
}
