public import SchemaHistory
import SchemaModel

/// How much a history holds.
public enum StatisticsDocument {
  /// The fields of `strata stats --json`.
  public static func value(_ s: HistoryStatistics) -> JSONValue {
    .object([
      ("dialect", .text(s.dialect.rawValue)), ("formatVersion", .integer(s.formatVersion)),
      ("events", .integer(s.eventCount)), ("archivedEvents", .integer(s.archivedEventCount)),
      ("revisions", .integer(s.revisionCount)),
      ("archivedRevisions", .integer(s.archivedRevisionCount)),
      ("heads", .texts(s.heads.map(\.text))),
      ("objects", s.objectCount.map { .integer($0) } ?? .null), ("nodes", .integer(s.nodeCount)),
      ("logBytes", .integer(s.logByteCount)), ("archiveBytes", .integer(s.archiveByteCount)),
      ("projectionBytes", .integer(s.projectionByteCount)),
      ("firstRecorded", .text(s.firstRecorded?.description)),
      ("lastRecorded", .text(s.lastRecorded?.description)),
      ("logHead", LogHeadDocument.value(s.logHead)),
      (
        "kinds",
        .object(s.countsByKind.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
    ])
  }

  /// Lines for people, with a bar for each kind of event.
  public static func lines(_ s: HistoryStatistics) -> [String] {
    let facts: [(String, String)] = [
      ("dialect", s.dialect.rawValue),
      ("events", "\(s.eventCount) (and \(s.archivedEventCount) archived)"),
      ("revisions", "\(s.revisionCount) (\(s.archivedRevisionCount) of them archived)"),
      ("heads", s.heads.map(\.text).sorted().joined(separator: ", ")),
      ("objects at the head", s.objectCount.map(String.init) ?? "-"),
      ("snapshot nodes", "\(s.nodeCount)"), ("log", ByteCount.text(s.logByteCount)),
      ("archive", ByteCount.text(s.archiveByteCount)),
      ("projection", ByteCount.text(s.projectionByteCount)),
      ("first recorded", s.firstRecorded?.description ?? "-"),
      ("last recorded", s.lastRecorded?.description ?? "-"),
      ("log head", s.logHead.description),
    ]
    var lines = facts.map { "\($0.0):".padded(22) + $0.1 }
    let most = s.countsByKind.values.max() ?? 0
    guard most > 0 else { return lines }
    lines += ["", "events by kind:"]
    let width = s.countsByKind.keys.map(\.count).max() ?? 0
    for (kind, count) in s.countsByKind.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      let bar = String(repeating: "#", count: max(1, 40 * count / most))
      lines.append("  \(kind.padded(width))  \(String(count).leftPadded(7))  \(bar)")
    }
    return lines
  }
}
