import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

/// The histories that the rows share, made once a run.
final class Histories {
  let directory: String
  private var made: [String: (history: History, ids: [RevisionID], tables: [ObjectPath])] = [:]

  init() throws {
    let base = ProcessInfo.processInfo.environment["STRATA_BENCHMARK_TMP"] ?? "/tmp"
    directory = base + "/strata-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  func remove() {
    if ProcessInfo.processInfo.environment["STRATA_BENCHMARK_KEEP"] != nil { return }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// A generated history, recorded in batches.
  func generated(
    revisions: Int, tables: Int, operations: Int
  ) throws -> (history: History, ids: [RevisionID], tables: [ObjectPath]) {
    let name = "generated-\(revisions)-\(tables)-\(operations)"
    if let known = made[name] { return known }
    report("making \(revisions) revisions over \(tables) tables ...")
    var generator = HistoryGenerator(
      .init(seed: 7, tableCount: tables, operationCount: operations))
    let history = try History.create(
      at: "\(directory)/\(name)", dialect: Dialect("sqlite"), by: "benchmark")
    var ids: [RevisionID] = []
    while ids.count < revisions {
      let batch = try generator.next(min(500, revisions - ids.count))
      try history.record(batch.map(Recording.init), by: "benchmark")
      ids += batch.map(\.draft.id)
    }
    let result = (history, ids, generator.schema.paths.filter { $0.kind == .table })
    made[name] = result
    return result
  }

  /// All tables in the first revision, then revisions that change a column of `changed` tables each.
  func wide(
    tables: Int, revisions: Int, changed: Int
  ) throws -> (history: History, ids: [RevisionID], tables: [ObjectPath]) {
    let name = "wide-\(tables)-\(revisions)-\(changed)"
    if let known = made[name] { return known }
    report("making \(revisions) revisions of \(changed) changes over \(tables) tables ...")
    let history = try History.create(
      at: "\(directory)/\(name)", dialect: Dialect("sqlite"), by: "benchmark")
    var random = SeededRandom(seed: 11)
    var wide = WideHistory(tables: tables)
    var ids: [RevisionID] = []
    var batch = [wide.first()]
    for _ in 0..<revisions {
      batch.append(try wide.next(changed: changed, &random))
      if batch.count == 500 {
        try history.record(batch.map(Recording.init), by: "benchmark")
        batch = []
      }
      ids.append(wide.last)
    }
    try history.record(batch.map(Recording.init), by: "benchmark")
    let result = (history, ids, wide.paths)
    made[name] = result
    return result
  }
}

extension Recording {
  init(_ generated: GeneratedRevision) {
    self.init(draft: generated.draft, change: .operations(generated.operations))
  }
}

/// Tables of one shape, whose columns change: a schema that keeps its size.
struct WideHistory {
  private(set) var last = RevisionID("r0")
  let paths: [ObjectPath]
  private var tables: [Table] = []
  private var number = 0

  init(tables count: Int) {
    paths = (0..<count).map { .table("table_\($0)") }
    for path in paths {
      var table = Table(
        columns: [Column(name: "id", type: "INTEGER", isNullable: false)],
        constraints: [Constraint(kind: .primaryKey, parts: [KeyPart("id")])])
      for index in 1..<10 {
        table.columns.append(
          Column(name: "column_\(index)", type: "VARCHAR(255)", isNullable: index % 2 == 0))
      }
      table.definition = Self.text(table, path)
      tables.append(table)
    }
  }

  private static func text(_ table: Table, _ path: ObjectPath) -> String {
    let parts = table.columns.map(\.description) + table.constraints.map(\.body)
    return "CREATE TABLE \(path.name) (\n\t\(parts.joined(separator: ",\n\t"))\n)"
  }

  func first() -> GeneratedRevision {
    GeneratedRevision(
      draft: RevisionDraft(id: last, message: "all tables"),
      operations: zip(paths, tables).map {
        .createObject(CreateObject(path: $0, object: SchemaObject(.table($1))))
      })
  }

  mutating func next(
    changed: Int, _ random: inout SeededRandom
  ) throws -> GeneratedRevision {
    number += 1
    var operations: [SchemaModel.Operation] = []
    var touched: Set<Int> = []
    while touched.count < min(changed, paths.count) { touched.insert(random.below(paths.count)) }
    for index in touched.sorted() {
      let path = paths[index]
      // Always something new, always of the same size: nothing that was there before comes back.
      let last = tables[index].columns.count - 1
      let before = tables[index].columns[last]
      tables[index].columns[last].defaultExpression = "\(1_000_000 + number)"
      operations.append(
        .alterColumn(
          AlterColumn(table: path, before: before, after: tables[index].columns[last])))
      let text = Self.text(tables[index], path)
      let edit = TextEdit(from: tables[index].definition, to: text)
      operations.append(.rewriteText(RewriteText(table: path, edit: edit)))
      tables[index].definition = text
    }
    let draft = RevisionDraft(
      id: RevisionID("r\(number)"), parents: [last], author: "Ada Lovelace",
      message: "change number \(number)")
    last = draft.id
    return GeneratedRevision(draft: draft, operations: operations)
  }
}
