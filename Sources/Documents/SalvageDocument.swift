public import SchemaHistory
import SchemaModel

/// What a salvage took, and what it could not.
public enum SalvageDocument {
  /// The fields of `strata verify --salvage DIR --json`.
  public static func value(_ report: SalvageReport) -> JSONValue {
    .object([
      ("directory", .text(report.directory)),
      ("whole", .bool(report.isWhole)),
      (
        "taken",
        .object([
          ("events", .integer(report.eventCount)),
          ("rewrittenEvents", .integer(report.rewrittenCount)),
          ("revisions", .integer(report.revisionCount)),
          ("objects", .integer(report.objectCount)),
          ("sources", .integer(report.sourceCount)),
          ("segments", .integer(report.segmentCount)),
        ])
      ),
      ("repaired", .integer(report.repairedCount)),
      ("origins", .list(report.origins.map(value))),
      ("lastUnchanged", report.lastUnchanged.map(LogHeadDocument.value) ?? .null),
      ("logHead", report.logHead.map(LogHeadDocument.value) ?? .null),
      ("losses", .list(report.losses.map(value))),
      ("files", .list(report.files.map { .text($0) })),
      ("verified", VerifyDocument.value(report.verified)),
    ])
  }

  private static func value(_ origin: SalvageReport.Origin) -> JSONValue {
    .object([("file", .text(origin.name)), ("events", .integer(origin.eventCount))])
  }

  private static func value(_ loss: SalvageReport.Loss) -> JSONValue {
    .object([("place", .text(loss.place)), ("message", .text(loss.message))])
  }

  /// What was taken, where it came from, what is lost, and what to do with the new store.
  public static func lines(_ report: SalvageReport) -> [Line] {
    let taken = [
      ("event", report.eventCount + report.rewrittenCount), ("revision", report.revisionCount),
      ("object", report.objectCount), ("source", report.sourceCount),
      ("segment", report.segmentCount),
    ].map { Plural.text($1, $0) }.joined(separator: ", ")
    var lines = losses(report.losses)
    lines += report.files.map { Line("written beside: \($0)") }
    lines += report.verified.findings.map {
      Style.removed("\($0.severity.rawValue): \($0.place): \($0.message)")
    }
    lines.append(Line("taken: \(taken)"))
    for origin in report.origins {
      lines.append(Line("  \(Plural.text(origin.eventCount, "event")) from \(origin.name)"))
    }
    if report.repairedCount > 0 {
      lines.append(
        Line("  put right: \(Plural.text(report.repairedCount, "flipped bit")), as the hashes say"))
    }
    if report.rewrittenCount > 0 {
      let last = report.lastUnchanged.map { ", those behind event \($0.sequence)" } ?? ""
      lines.append(
        Line("  written anew: \(Plural.text(report.rewrittenCount, "event"))\(last)"))
    }
    lines += report.logHead.map { [Line("log head: \($0)")] } ?? []
    lines.append(Line(sum(report)))
    return lines
  }

  /// One line for all of which the same is to be said: a row that is gone is gone from many revisions.
  private static func losses(_ losses: [SalvageReport.Loss]) -> [Line] {
    var order: [String] = []
    var places: [String: [String]] = [:]
    for loss in losses {
      if places[loss.message] == nil { order.append(loss.message) }
      places[loss.message, default: []].append(loss.place)
    }
    return order.map { message in
      let found = places[message] ?? []
      let more = found.count > 4 ? ", and \(found.count - 4) more (--json names all)" : ""
      return Style.removed(
        "lost: \(found.prefix(4).joined(separator: ", "))\(more): \(message)")
    }
  }

  private static func sum(_ report: SalvageReport) -> String {
    if report.verified.isDamaged {
      return "The store at \(report.directory) is not sound; the damaged one is as it was"
    }
    return report.isWhole
      ? "Sound, nothing was lost: put \(report.directory) in the damaged store's place"
      : "Sound: \(report.directory) holds what was good; keep the damaged store until what is lost is found "
        + "elsewhere"
  }
}
