import DialectRegistry
import Foundation
import Importers
import SchemaHistory
import SchemaModel

/// A folder of card migrations, and a history of it.
final class CardBed {
  let root = NSTemporaryDirectory() + "strata-third-\(UUID().uuidString)"
  let dialects = Dialects.standard.adding(CardWing())
  var folder: String { root + "/migrations" }
  var store: String { root + "/.strata" }

  init() {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  func files() throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      files[name] = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }
    return files
  }

  func product() throws -> any Product {
    try product(named: "cards")
  }

  private func product(named name: String) throws -> any Product {
    let wing = try dialects.wing(of: Dialect(rawValue: name) ?? Dialect("none"))
    return wing.product(ScratchOptions(), runnerTables: RunnerTables()) { _ in }
  }

  /// A history of four migrations.
  func recorded() throws -> History {
    try write(
      "-- The first cards.\nCREATE TABLE birds (name, colour)!\nCREATE TABLE [it's] (a)!",
      to: "001_birds.sql")
    try write(
      "ALTER TABLE [it's] ADD COLUMN [b]]]!\nINSERT INTO birds VALUES ('wren', 'brown')!",
      to: "002_columns.sql")
    try write(
      "DROP TABLE birds!\nCREATE TABLE nests (bird)!\nINSERT INTO [it's] VALUES ('wren!', '')!",
      to: "003_nests.sql")
    try write("INSERT INTO nests VALUES ('it''s a wren''s')!", to: "004_more.sql")
    let history = try History.create(at: store, dialect: CardWords().dialect, by: "tester")
    try importFolder(into: history)
    return history
  }

  func importFolder(into history: History) throws {
    let known = Set(try history.graph().entries.map(\.id))
    for captured in try capture(folder) where !known.contains(captured.draft.id) {
      try history.record(
        [Recording(draft: captured.draft, change: .capture(captured.capture))], by: "tester")
    }
  }

  /// What the engine makes of a folder, from empty.
  func capture(_ folder: String) throws -> [CapturedRevision] { try capture(folder, product()) }

  private func capture(_ folder: String, _ product: some Product) throws -> [CapturedRevision] {
    let migrations = try SQLFolder(folder)
    let order = HistoryImport(
      engine: try product.engine(), runner: migrations.runner(),
      graph: try MigrationGraph(migrations.drafts))
    var captured: [CapturedRevision] = []
    try order.run { captured.append($0) }
    return captured
  }

  /// The baseline in an empty database gives what was recorded.
  func prove(_ plan: TruncationPlan, _ words: any DialectWords) throws -> String {
    try prove(plan, words, product())
  }

  private func prove(
    _ plan: TruncationPlan, _ words: any DialectWords, _ product: some Product
  ) throws -> String {
    let scratch = try product.engine().makeScratch()
    defer { scratch.discard() }
    let statements = try words.baseline(plan.schema, rows: plan.rows, BaselineOptions())
    let executed = try scratch.run(script: words.script(statements, head: ["-- baseline"]))
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: executed)
    guard capture.schema == plan.schema, capture.rows == plan.rows else {
      throw CardError.refused("the baseline of \(plan.root) gives something else")
    }
    return "baseline of \(plan.root) proved"
  }

  func rewrite(_ plan: TruncationPlan, _ words: any DialectWords) throws -> FolderChange {
    let statements = try words.baseline(plan.schema, rows: plan.rows, BaselineOptions())
    let removed = plan.sources.map { ($0.source.path, $0.source.up) }
    return FolderChange(
      format: .sql, directory: folder,
      add: [
        "003_nests.sql": Array(words.script(statements, head: ["-- Baseline of 003."]).utf8)
      ], remove: Dictionary(removed) { first, _ in first })
  }
}
