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
    case "command": try command()
    case "baseline": try baseline()
    default:
      throw BenchmarkError("unknown row '\(name)'; rows: \(Self.names.joined(separator: ", "))")
    }
  }

  static let names = [
    "record", "record-one", "questions", "length", "diff", "command", "disk", "baseline",
  ]
}

let chosen = Array(CommandLine.arguments.dropFirst())
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
