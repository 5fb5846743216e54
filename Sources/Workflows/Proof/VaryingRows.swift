public import SchemaModel

/// What becomes of rows that the migrations make anew each time: a secret made at random, the time
/// of the run.
public enum VaryingRows: String, CaseIterable, Hashable, Sendable {
  /// The baseline keeps those that were recorded: every new database will share them.
  case keep
  /// The baseline leaves the rows of these tables out.
  case skip
  /// The respondent is asked.
  case ask

  /// Tables with such rows, and how that is known.
  struct Finding {
    var tables: [ObjectPath] = []
    /// Whether a second run left other rows; else they only look like it.
    var isSeen = true
    /// Files that were run again, and are not what was recorded.
    var changedFiles: [String] = []
    /// Those of the tables that each run leaves alike, and other than was recorded: of revisions that ran
    /// without what earlier ones leave set for their session.
    var unset: [ObjectPath] = []
    /// What those leave, in words.
    var settings = ""

    /// What is to be said of rows that are to be settled.
    /// - Parameter settled: those of the tables that hold rows.
    func words(_ settled: [ObjectPath]) -> String {
      func names(_ tables: [ObjectPath]) -> String {
        tables.map(\.qualifiedName).joined(separator: ", ")
      }
      if !changedFiles.isEmpty {
        return
          "the migrations, run again, leave other rows in \(names(settled)) than were recorded: "
          + "\(changedFiles.joined(separator: ", ")) changed after it was recorded"
      }
      if !isSeen {
        return
          "the rows of \(names(settled)) look as if each run of the migrations made others (random values, "
          + "the clock)"
      }
      let unset = settled.filter(self.unset.contains)
      let random = settled.filter { !unset.contains($0) }
      let varying = "in \(names(random)) each time they run (random values, the clock)"
      if unset.isEmpty { return "the migrations leave other rows " + varying }
      return
        "the migrations, run again, leave other rows in \(names(unset)) than were recorded: \(settings), and "
        + "what comes after it was recorded without" + (random.isEmpty ? "" : "; and " + varying)
    }
  }

  /// The rows that a baseline is to hold, and what was decided about those that vary.
  public struct Settled: Sendable {
    /// By table, without those that are left out.
    public var rows: SeedRows
    /// Tables whose rows vary, and are kept as recorded.
    public var kept: [ObjectPath] = []
    /// Tables whose rows vary, and are left out.
    public var skipped: [ObjectPath] = []

    init(rows: SeedRows, kept: [ObjectPath] = [], skipped: [ObjectPath] = []) {
      self.rows = rows
      self.kept = kept
      self.skipped = skipped
    }

    /// `, those of setting as recorded although each run makes others`; nothing where none varies.
    var clause: String {
      func names(_ tables: [ObjectPath]) -> String {
        tables.map(\.qualifiedName).joined(separator: ", ")
      }
      if !kept.isEmpty {
        return ", those of \(names(kept)) as recorded although each run makes others"
      }
      return skipped.isEmpty
        ? "" : ", without those of \(names(skipped)), which each run makes anew"
    }
  }

  /// - Parameter otherwise: another way to an answer than `--data`, for the refusal.
  /// - Parameter isPlanned: nothing is to be made of it yet: what would be asked is said.
  /// - Throws: `.refused` where nobody answers: nothing is written then.
  func settle(
    _ rows: SeedRows, _ finding: Finding, _ respondent: (any Respondent)?, _ teller: Teller,
    otherwise: String = "", isPlanned: Bool = false
  ) throws -> Settled {
    let tables = finding.tables.filter { rows.tables[$0] != nil }
    guard !tables.isEmpty else { return Settled(rows: rows) }
    let names = tables.map(\.qualifiedName).joined(separator: ", ")
    let what = finding.words(tables)
    if isPlanned, self == .ask {
      teller.warn(what + Self.choice)
      return Settled(rows: rows, kept: tables)
    }
    if try isKeeping(what, otherwise, respondent) {
      teller.warn(
        "\(what); the baseline keeps those that were recorded. --data skip leaves them out")
      return Settled(rows: rows, kept: tables)
    }
    var left = rows
    for table in tables { left.tables[table] = nil }
    teller.warn("the baseline leaves the rows of \(names) out: \(what)")
    return Settled(rows: left, skipped: tables)
  }

  private static let choice =
    "; every new database would share those that were recorded. --data keep takes them into the "
    + "baseline, --data skip leaves the rows of these tables out"

  private func isKeeping(
    _ what: String, _ otherwise: String, _ respondent: (any Respondent)?
  ) throws -> Bool {
    switch self {
    case .keep: return true
    case .skip: return false
    case .ask: break
    }
    guard let respondent else {
      throw WorkflowError.refused("\(what)\(Self.choice)\(otherwise). Nothing was changed")
    }
    let answer = try respondent.answer(
      Question(
        "\(what). Shall the baseline keep those that were recorded (y), or leave them out (n)?",
        answers: [
          Question.Answer(VaryingRows.keep, words: ["y", "yes"]),
          Question.Answer(VaryingRows.skip, words: ["n", "no"]),
        ]))
    guard let answer else {
      throw WorkflowError.refused(
        "\(what)\(Self.choice)\(otherwise). No answer; nothing was changed")
    }
    return answer == .keep
  }
}
