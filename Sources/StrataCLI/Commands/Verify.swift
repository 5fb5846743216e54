import SchemaModel
import ArgumentParser
import Documents
import FileSystem
import SchemaHistory
import Workflows

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the hash chain, the snapshots, the archive and the projections.",
    discussion: """
      Ends with 3 where anything is damaged, or the log was set back or is another history's, with 1 where only the projection lags behind (`strata \
      rebuild` makes it anew). --full replays every operation against every snapshot.
      A history that somebody wrote anew is sound as well. What was noted down before tells: the hash of \
      the log head, which this verb prints, or a checkpoint. Ends with 3 where it is another one \
      (docs/TRUST.md).
      --salvage DIR writes what is good of a damaged store into a new one at DIR, and says what is lost. The \
      damaged store stays as it is, and need not be one that can be opened. Ends with 3 where anything was \
      lost, or the store holds parts of another history.

      Example:
        strata verify --full
        strata verify --salvage salvaged
        strata verify --expect 1f8f01c2a6d3 --expect schema.checkpoint
      """)

  @OptionGroup var location: StoreOptions
  @Flag(help: "Replay everything.")
  var full = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The hash of an event that it must go through (12 digits or more), or a file with a checkpoint. "
        + "May be repeated.", valueName: "hash-or-file"))
  var expect: [String] = []
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Who must have signed: an Ed25519 key, 64 hexadecimal digits or a file in PEM. Of several, one.",
      valueName: "key"))
  var signedBy: [String] = []
  @Flag(help: "One JSON document.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Writes what is good of a damaged store into a new one there: a new or empty folder.",
      valueName: "dir"),
    completion: .directory)
  var salvage: String?

  func validate() throws {
    if salvage != nil, !expect.isEmpty || !signedBy.isEmpty {
      throw ValidationError(
        "--salvage takes neither --expect nor --signed-by: ask them of the new store afterwards")
    }
  }

  func run() throws {
    let directory = try location.locate()
    if let salvage { return try run(salvaging: directory, to: salvage) }
    let expectations = try expectations()
    var bar = Progress()
    let report: VerifyReport
    do {
      report = try History.verify(
        at: directory, full: full, expecting: expectations
      ) { what, done, total in
        bar.show(WorkProgress(title: "verify", done: done, total: total, detail: what))
      }
    } catch let error as HistoryError where json {
      // Whoever reads the document is told there, too.
      Console.write(VerifyDocument.value(failure: error))
      throw error
    }
    Progress.clear()
    if json {
      Console.write(VerifyDocument.value(report))
    } else {
      Console.print(VerifyDocument.lines(report))
    }
    if report.isDamaged || report.isUnexpected { throw ExitCode(ExitStatus.damaged.rawValue) }
    if report.isUnread { throw ExitCode(ExitStatus.refused.rawValue) }
    if report.isStale { throw ExitCode(ExitStatus.different.rawValue) }
  }

  private func run(salvaging directory: String, to target: String) throws {
    var bar = Progress()
    let report = try History.salvage(at: directory, to: target, by: Author.current) {
      what, done, total in
      bar.show(WorkProgress(title: "salvage", done: done, total: total, detail: what))
    }
    Progress.clear()
    if json {
      Console.write(SalvageDocument.value(report))
    } else {
      Console.print(SalvageDocument.lines(report))
    }
    if !report.isWhole { throw ExitCode(ExitStatus.damaged.rawValue) }
  }

  private func expectations() throws -> Expectations {
    var expectations = Expectations()
    for word in expect {
      if Expectations.isHash(word) {
        expectations.expect(hash: word)
      } else if Files.exists(word) {
        try expectations.expect(checkpoint: SigningOptions.text(of: word), named: word)
      } else {
        throw WorkflowError.input(
          "expected \(Expectations.digitCountMin) to 64 hexadecimal digits or a file with a checkpoint, "
            + "found '\(word)'")
      }
    }
    for word in signedBy {
      try expectations.expect(
        signaturesBy: Files.exists(word) ? SigningOptions.text(of: word) : word)
    }
    return expectations
  }
}
