import EngineSQLite
import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel
import Strata
import Synchronization

extension Rows {
  private static let importCount = 20_000

  /// A plain folder of small SQLite migrations: what its last thousand takes beside its first, and the
  /// whole beside SQLite alone.
  func importFolder() throws -> [Row] {
    let folder = histories.directory + "/import"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var scripts = SQLiteScripts(tables: 40)
    var random = SeededRandom(seed: 71)
    let texts = (1...Self.importCount).map { scripts.next($0, &random) }
    for (index, text) in texts.enumerated() {
      let name = String(format: "%06d_step.sql", index + 1)
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    let history = try History.create(
      at: folder + ".strata", dialect: Dialect("sqlite"), by: "benchmark")
    let clock = ImportClock()
    let whole = try time {
      try SQLImport(folder: folder).run(
        in: history, by: "benchmark", WorkflowContext(listener: clock))
    }.nanoseconds
    let scratch = try SQLiteEngine().makeScratch()
    defer { scratch.discard() }
    let plain = try time { for text in texts { _ = try scratch.run(script: text) } }.nanoseconds
    let (first, last) = (clock.nanoseconds(1...1000), clock.nanoseconds(19_001...20_000))
    return [
      Row(
        what:
          "import of a folder of 20,000 SQLite migrations over 40 tables: the last thousand; the "
          + "first thousand", ours: duration(last), theirs: duration(first), ratio: last / first,
        bar: 1.3),
      Row(
        what: "the whole import; SQLite with the same scripts in one scratch database",
        ours: duration(whole), theirs: duration(plain), ratio: whole / plain, bar: nil),
    ]
  }
}

/// When each revision of an import was done.
private final class ImportClock: ProgressListener {
  private let moments = Mutex<[ContinuousClock.Instant]>([.now])

  func heard(_ progress: WorkProgress) {
    moments.withLock { if progress.done == $0.count { $0.append(.now) } }
  }
  func heardEnd() {}
  func heard(warning: String) {}
  func heard(notice: String) {}

  func nanoseconds(_ revisions: ClosedRange<Int>) -> Double {
    moments.withLock {
      let elapsed = $0[revisions.lowerBound - 1].duration(to: $0[revisions.upperBound]).components
      return Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9
    }
  }
}

/// Migrations as people write them, over a schema that has grown up after a few hundred.
private struct SQLiteScripts {
  let tables: Int
  private var columns: [String: [String]] = [:]
  private var indexes: [String: [String]] = [:]

  init(tables: Int) { self.tables = tables }

  mutating func next(_ number: Int, _ random: inout SeededRandom) -> String {
    let names = columns.keys.sorted()
    guard let table = random.pick(names), names.count >= 3,
      names.count >= tables || !random.chance(30)
    else { return create("t\(number)", number) }
    let known = columns[table] ?? []
    switch random.below(100) {
    case ..<55 where known.count > 20:
      columns[table] = nil
      indexes[table] = nil
      return "DROP TABLE \(table);\n"
    case ..<55:
      columns[table, default: []].append("a\(number)")
      return "ALTER TABLE \(table) ADD COLUMN a\(number) TEXT;\n"
    case ..<65 where (indexes[table]?.count ?? 0) < 2:
      indexes[table, default: []].append("ix\(number)")
      return "CREATE INDEX ix\(number) ON \(table) (\(random.pick(known) ?? "id"));\n"
    case ..<70:
      guard let index = indexes[table]?.popLast() else { fallthrough }
      return "DROP INDEX \(index);\n"
    case ..<85:
      return number % 3 == 0
        ? "INSERT INTO \(table) (id) VALUES (\(number));\n"
        : "UPDATE \(table) SET id = id WHERE id < 0;\n"
    default:
      let place = random.below(known.count)
      columns[table]?[place] = "r\(number)"
      return "ALTER TABLE \(table) RENAME COLUMN \(known[place]) TO r\(number);\n"
    }
  }

  private mutating func create(_ name: String, _ number: Int) -> String {
    let list = (0..<5).map { "c\($0)_\(number)" }
    columns[name] = list
    return "CREATE TABLE \(name) (id INTEGER PRIMARY KEY, "
      + list.map { "\($0) TEXT" }.joined(separator: ", ") + ");\n"
  }
}
