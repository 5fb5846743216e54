import ArgumentParser
import SchemaHistory
import SchemaModel

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Events, revisions, objects, bytes, and how often each kind of change was made.",
    discussion: """
      Example:
        strata stats --json
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let statistics = try location.openForReading().statistics()
    if json {
      Console.write(document: Self.value(statistics).document + "\n")
    } else {
      Console.print(Self.lines(statistics))
    }
  }

  private static func value(_ s: HistoryStatistics) -> JSONValue {
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
      (
        "kinds",
        .object(s.countsByKind.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
    ])
  }

  private static func lines(_ s: HistoryStatistics) -> [String] {
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

enum ByteCount {
  /// `1.2 MiB`, for people.
  static func text(_ count: some BinaryInteger) -> String {
    var value = Double(count)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
      if value < 1024 { return unit == "bytes" ? "\(count) bytes" : "\(Self.tenth(value)) \(unit)" }
      value /= 1024
    }
    return "\(tenth(value)) TiB"
  }

  private static func tenth(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

extension String {
  func leftPadded(_ width: Int) -> String {
    count < width ? String(repeating: " ", count: width - count) + self : self
  }
}
