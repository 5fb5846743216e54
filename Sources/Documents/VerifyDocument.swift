public import SchemaHistory
import SchemaModel

/// What a verification found.
public enum VerifyDocument {
  /// The fields of `strata verify --json`.
  public static func value(_ report: VerifyReport) -> JSONValue {
    .object([
      ("sound", .bool(!report.isDamaged && !report.isUnexpected && !report.isUnread)),
      ("stale", .bool(report.isStale)),
      ("logHead", report.logHead.map(LogHeadDocument.value) ?? .null),
      (
        "checked",
        .object(checked(report).map { ("\($0.what)s", .integer($0.count)) })
      ),
      ("met", .list(report.met.map(value))),
      ("signers", .list(report.signers.map(value))),
      ("unsignedRevisions", .integer(report.unsignedCount)),
      ("findings", .list(report.findings.map(value))),
    ])
  }

  /// The same where the store could not be looked at.
  public static func value(failure error: HistoryError) -> JSONValue {
    value(VerifyReport(failure: error))
  }

  private static func value(_ met: VerifyReport.MetExpectation) -> JSONValue {
    .object([("expected", .text(met.expected)), ("sequence", .integer(met.sequence.value))])
  }

  private static func value(_ signer: VerifyReport.Signer) -> JSONValue {
    .object([
      ("key", .text(signer.key)), ("revisions", .integer(signer.revisionCount)),
      ("firstRevision", .text(signer.firstRevision?.text)),
      ("firstEvent", .integer(signer.first.value)), ("since", .text(signer.since.description)),
    ])
  }

  private static func value(_ finding: VerifyReport.Finding) -> JSONValue {
    .object([
      ("severity", .text(finding.severity.rawValue)), ("place", .text(finding.place)),
      ("message", .text(finding.message)),
    ])
  }

  /// Each finding with its place and what to do, and their sum.
  public static func lines(_ report: VerifyReport) -> [Line] {
    report.findings.flatMap(lines)
      + report.met.map { Line("as expected: it goes through event \($0.sequence), \($0.expected)") }
      + signed(report) + [Line(summary(report))]
      + (report.logHead.map { [Line("log head: \($0)")] } ?? [])
  }

  private static func signed(_ report: VerifyReport) -> [Line] {
    if report.signers.isEmpty { return [] }
    var lines = report.signers.map { signer in
      let from = signer.firstRevision.map { " from \($0) on" } ?? ""
      let count = Plural.text(signer.revisionCount, "revision")
      return Line(
        "signed by \(signer.key): \(count)\(from), since event \(signer.first) of \(signer.since)")
    }
    if report.unsignedCount > 0 {
      lines.append(
        Line(
          "before the first signature, which vouches for them: "
            + Plural.text(report.unsignedCount, "revision")))
    }
    return lines
  }

  private static func summary(_ report: VerifyReport) -> String {
    let checked = checked(report).map { Plural.text($0.count, $0.what) }.joined(separator: ", ")
    let damageCount = report.findings.count { $0.severity == .damage }
    if report.isDamaged {
      return "\(Plural.text(damageCount, "finding")) of damage; checked: \(checked)"
    }
    if report.isUnexpected {
      return "Sound, but not the history that is expected; checked: \(checked)"
    }
    if report.isUnread {
      return
        "The log is sound; the projection, which `query` asks, could not be compared; checked: \(checked)"
    }
    return report.isStale
      ? "The log is sound, the projection lags behind it; checked: \(checked)"
      : "Sound; checked: \(checked)"
  }

  private static func checked(_ report: VerifyReport) -> [(what: String, count: Int)] {
    [
      ("event", report.eventCount), ("revision", report.revisionCount),
      ("node", report.nodeCount), ("segment", report.segmentCount),
      ("replay", report.replayedCount),
    ]
  }

  private static func lines(_ finding: VerifyReport.Finding) -> [Line] {
    let line = "\(finding.severity.rawValue): \(finding.place): \(finding.message)"
    return switch finding.severity {
    case .damage:
      [
        Style.removed(line),
        "  next: leave the store as it is, bring the file back from a backup, verify again; without a backup, "
          + "`strata verify --salvage DIR` writes what is good into a new store",
      ]
    case .unexpected:
      [
        Style.removed(line),
        "  next: record nothing here; compare it with a copy of which you know more, a backup or a "
          + "colleague's, and put that one back",
      ]
    case .stale: [Style.changed(line), "  next: strata rebuild"]
    case .note, .unreadable: [Line(line)]
    }
  }
}
