import SchemaModel
import ArgumentParser
import Documents
import SchemaHistory
import Workflows

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
    var bar = Progress()
    let report = try History.verify(at: directory, full: full) { what, done, total in
      bar.show(WorkProgress(title: "verify", done: done, total: total, detail: what))
    }
    Progress.clear()
    if json {
      Console.write(VerifyDocument.value(report))
    } else {
      Console.print(VerifyDocument.lines(report))
    }
    if report.isDamaged { throw ExitCode(ExitStatus.damaged.rawValue) }
    if report.isStale { throw ExitCode(ExitStatus.different.rawValue) }
  }
}
