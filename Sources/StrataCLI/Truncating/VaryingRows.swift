import SchemaModel

/// What becomes of rows that the migrations make anew each time: a secret made at random, the time
/// of the run.
enum VaryingRows: String, CaseIterable {
  case keep, skip, ask

  /// Tables with such rows, and how that is known.
  struct Finding {
    var tables: [ObjectPath] = []
    /// Whether a second run left other rows; else they only look like it.
    var isSeen = true
  }

  /// The rows that a baseline is to hold, and what was decided about those that vary.
  struct Settled {
    var rows: SeedRows
    var kept: [ObjectPath] = []
    var skipped: [ObjectPath] = []

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
  /// - Throws: `.refused` where nobody answers: nothing is written then.
  func settle(_ rows: SeedRows, _ finding: Finding, otherwise: String = "") throws -> Settled {
    let tables = finding.tables.filter { rows.tables[$0] != nil }
    guard !tables.isEmpty else { return Settled(rows: rows) }
    let names = tables.map(\.qualifiedName).joined(separator: ", ")
    let what =
      finding.isSeen
      ? "the migrations leave other rows in \(names) each time they run (random values, the clock)"
      : "the rows of \(names) look as if each run of the migrations made others (random values, "
        + "the clock)"
    if try isKeeping(what, otherwise) {
      Console.warn(
        "\(what); the baseline keeps those that were recorded. --data skip leaves them out")
      return Settled(rows: rows, kept: tables)
    }
    var left = rows
    for table in tables { left.tables[table] = nil }
    Console.warn("the baseline leaves the rows of \(names) out: \(what)")
    return Settled(rows: left, skipped: tables)
  }

  private func isKeeping(_ what: String, _ otherwise: String) throws -> Bool {
    switch self {
    case .keep: return true
    case .skip: return false
    case .ask: break
    }
    let choice: Message =
      "; every new database would share those that were recorded. --data keep takes them into the "
      + "baseline, --data skip leaves the rows of these tables out"
    guard Console.isInteractive else {
      throw Failure.refused("\(what)\(choice)\(otherwise). Nothing was changed")
    }
    let answer = Console.asks(
      "\(what). Shall the baseline keep those that were recorded (y), or leave them out (n)?")
    guard let answer else {
      throw Failure.refused("\(what)\(choice)\(otherwise). No answer; nothing was changed")
    }
    return answer
  }
}
