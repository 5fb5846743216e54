import Glibc
import Importers
import SchemaHistory
import SchemaModel

/// Migrations run once more, as they stand in the folder: what their first run left behind by chance
/// or by the clock is different this time.
struct SecondRun {
  /// Tables whose rows are others than were recorded, or would be tomorrow.
  var varying: [ObjectPath] = []
  /// The engine's own text of the schema at the end, where a tool for it is there.
  var dump: String?
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
    let recorded = try wanted.map { try history.revision($0).recorded }
    Self.waitForAnotherSecond(than: recorded.max())
    let runner = try runner(graph)
    var work = HistoryImport(engine: try product.engine(), runner: runner, graph: graph)
    work.progress = { teller.show("run again", $0.done, of: $0.total, $0.id.text) }
    var found: Capture?
    var dump: String?
    var obstacle: String?
    var isGrounded = false
    work.ground = { _ in isGrounded = true }
    work.keep = { id, scratch in
      defer { scratch.discard() }
      guard id == root else { return }
      dump = try product.dump(scratch)
      if dump == nil { obstacle = try product.dumpObstacle(scratch) }
    }
    do {
      try work.run { captured in
        if captured.draft.id == root { found = captured.capture }
      }
    } catch ImportError.revisionFailed(var failure) {
      failure.isReplay = true
      throw ImportError.revisionFailed(failure)
    }
    teller.endProgress()
    self.dump = dump
    dumpObstacle = obstacle
    self.isGrounded = isGrounded
    timesMax = runner.timesMax
    self.found = found
    guard let found else { return }
    let rows = try history.rows(at: root)
    let differing = Set(found.rows.tables.keys).union(rows.tables.keys)
      .filter { found.rows.tables[$0] != rows.tables[$0] }
    let equal = rows.tables.filter { !differing.contains($0.key) }
    let today = try Self.tablesOfToday(equal, recorded: recorded, drafts)
    varying = differing.union(today).sorted()
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
