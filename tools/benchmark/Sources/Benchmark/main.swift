import Foundation
import HistoryGenerator
import SchemaHistory

/// The rows of the table, by short names.
struct Rows {
  let histories: Histories

  func run(_ name: String) throws -> [Row] {
    switch name {
    case "record": try recordMany()
    case "record-one": try recordOne()
    case "disk": try diskBytes()
    case "questions": try questions()
    case "length": try length()
    case "diff": try differences()
    case "names": try names()
    case "command": try command()
    case "baseline": try baseline()
    case "import": try importFolder()
    case "postgresql-record": try recordPostgreSQL()
    case "postgresql": try langflowPostgreSQL()
    case "loop-schema", "loop-diff", "loop-table": try loop(name)
    default:
      throw BenchmarkError("unknown row '\(name)'; rows: \(Self.names.joined(separator: ", "))")
    }
  }

  /// One question over and over, for a profiler: `perf record -g run loop-diff`.
  private func loop(_ name: String) throws -> [Row] {
    let made = try histories.generated(revisions: 1000, tables: 1000, operations: 10)
    let wide = try histories.wide(tables: 1000, revisions: 500, changed: 10)
    var random = SeededRandom(seed: 51)
    let end = Date().addingTimeInterval(10)
    var count = 0
    while Date() < end {
      let index = random.below(499)
      switch name {
      case "loop-schema": _ = try made.history.schema(at: made.ids[500 + index])
      case "loop-diff": _ = try wide.history.diff(from: wide.ids[index], to: wide.ids[index + 1])
      default:
        _ = try made.history.object(made.tables[index], at: made.ids[index])
      }
      count += 1
    }
    report("  \(count) times: \(duration(1e10 / Double(count)))")
    return []
  }

  static let names = [
    "record", "record-one", "questions", "length", "diff", "names", "command", "disk", "baseline",
    "import", "postgresql-record", "postgresql",
  ]
}

let chosen = Array(CommandLine.arguments.dropFirst())
if chosen.first == "make" {
  do {
    guard chosen.count == 3, let count = Int(chosen[2]), count > 0 else {
      throw BenchmarkError("expected make DIRECTORY REVISIONS")
    }
    try LongHistory(revisionCount: count).make(at: chosen[1])
    exit(0)
  } catch {
    report("\(error)")
    exit(1)
  }
}
do {
  let histories = try Histories()
  defer { histories.remove() }
  let rows = Rows(histories: histories)
  var lines = [
    "| what; against what | Strata | against | ratio | bar | met |",
    "| --- | --- | --- | --- | --- | --- |",
  ]
  for name in chosen.isEmpty ? Rows.names : chosen {
    report("\(name) ...")
    for row in try rows.run(name) {
      lines.append(row.line)
      report("  " + row.line)
    }
  }
  let table = lines.joined(separator: "\n")
  print(table)
  if chosen.isEmpty, let home = ProcessInfo.processInfo.environment["STRATA_BENCHMARK_HOME"] {
    try Results.write(table, to: home + "/RESULTS.md")
  }
} catch {
  report("\(error)")
  exit(1)
}
