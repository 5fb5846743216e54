import ArgumentParser
import SchemaHistory
import SchemaModel

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the hash chain, the snapshots, the archive and the projections.",
    discussion: """
      Ends with 3 where anything is damaged, with 1 where only the projection lags behind (`strata \
      rebuild` makes it anew). --full replays every operation against every snapshot.

      Example:
        strata verify --full
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "Replay everything.")
  var full = false
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let directory = try location.locate()
    var progress = Progress("verify")
    let report = try History.verify(at: directory, full: full) { what, done, total in
      progress.show(done, of: total, what)
    }
    Progress.clear()
    let damageCount = report.findings.count { $0.severity == .damage }
    if json {
      Console.write(document: Self.value(report).document + "\n")
    } else {
      Console.print(report.findings.flatMap { FindingLine($0).lines })
      let checked = Self.checked(report).map { Plural.text($0.count, $0.what) }
        .joined(separator: ", ")
      if report.isDamaged {
        Console.print("\(Plural.text(damageCount, "finding")) of damage; checked: \(checked)")
      } else if report.isStale {
        Console.print("The log is sound, the projection lags behind it; checked: \(checked)")
      } else {
        Console.print("Sound; checked: \(checked)")
      }
    }
    if report.isDamaged { throw ExitCode(ExitStatus.damaged.rawValue) }
    if report.isStale { throw ExitCode(ExitStatus.different.rawValue) }
  }

  private static func checked(_ report: VerifyReport) -> [(what: String, count: Int)] {
    [
      ("event", report.eventCount), ("revision", report.revisionCount),
      ("node", report.nodeCount), ("segment", report.segmentCount),
      ("replay", report.replayedCount),
    ]
  }

  private static func value(_ report: VerifyReport) -> JSONValue {
    .object([
      ("sound", .bool(!report.isDamaged)), ("stale", .bool(report.isStale)),
      (
        "checked",
        .object(checked(report).map { ("\($0.what)s", .integer($0.count)) })
      ),
      ("findings", .list(report.findings.map(FindingLine.value))),
    ])
  }
}

/// A finding with its place and what to do.
struct FindingLine {
  let finding: VerifyReport.Finding

  init(_ finding: VerifyReport.Finding) { self.finding = finding }

  var lines: [Line] {
    let line = "\(finding.severity.rawValue): \(finding.place): \(finding.message)"
    return switch finding.severity {
    case .damage:
      [
        Style.removed(line),
        "  next: leave the store as it is, bring the file back from a backup, verify again",
      ]
    case .stale: [Style.changed(line), "  next: strata rebuild"]
    case .note: [Line(line)]
    }
  }

  static func value(_ finding: VerifyReport.Finding) -> JSONValue {
    .object([
      ("severity", .text(finding.severity.rawValue)), ("place", .text(finding.place)),
      ("message", .text(finding.message)),
    ])
  }
}
