import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

/// A store with more revisions than anybody has, for `tools/torture/million.py`: of five operations each
/// over a thousand tables, with the texts of migrations.
struct LongHistory {
  var revisionCount: Int

  /// Prints a line for each tenth: what was recorded, what the tenth took, and the memory at its end.
  /// The tags `middle` and `next` stand in the middle.
  func make(at directory: String) throws {
    var generator = HistoryGenerator(
      .init(seed: 12, tableCount: 1000, operationCount: 5, hasSources: true))
    let history = try History.create(at: directory, dialect: Dialect("sqlite"), by: "benchmark")
    var (recorded, operations, tenth) = (0, 0, 0)
    var started = ContinuousClock.now
    while recorded < revisionCount {
      let batch = try generator.next(min(500, revisionCount - recorded))
      operations += batch.reduce(0) { $0 + $1.operations.count }
      try history.record(batch.map(Recording.init), by: "benchmark")
      for (offset, revision) in batch.enumerated() {
        let number = recorded + offset - revisionCount / 2
        if number == 0 || number == 1 {
          try history.tag(number == 0 ? "middle" : "next", revision.draft.id, by: "benchmark")
        }
      }
      recorded += batch.count
      if recorded * 10 / revisionCount > tenth {
        tenth = recorded * 10 / revisionCount
        let seconds = started.duration(to: .now) / .seconds(1)
        print(
          "\(recorded) revisions, \(operations) operations; "
            + "the last tenth took \(Int(seconds)) s; \(Self.memory()) MB")
        fflush(nil)
        started = .now
      }
    }
  }

  /// What the process keeps of its own, without what is mapped from files.
  private static func memory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
  }
}
