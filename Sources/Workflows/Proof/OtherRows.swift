import Glibc
import SchemaHistory
import SchemaModel

/// Rows that the rewritten folder makes, and that are not those that were recorded.
struct OtherRows {
  var tables: Set<ObjectPath>
  /// All that the rewritten folder makes.
  var made: SeedRows
}

extension Proof {
  /// Nil where there are none, or rows are no part of the cut.
  func otherRowsThanRecorded(_ capture: Capture, _ head: RevisionID) throws -> OtherRows? {
    guard let settled else { return nil }
    let others = Set(Self.differing(capture.rows, try history.rows(at: head)))
      .subtracting(settled.skipped)
    return others.isEmpty ? nil : OtherRows(tables: others, made: capture.rows)
  }

  /// What the rewritten folder gave, for the record. Other rows than were recorded are no fault where the
  /// folder as it is makes them, too: files that changed or came late, values that are made anew each
  /// time. Where it makes others, the cut is to blame: what an archived migration set for those after
  /// it, or what the baseline comes before now.
  /// - Parameter otherRows: by the head at which they were seen.
  /// - Throws: `WorkflowError.refused` where the cut would make other rows.
  func line(
    _ tool: String, _ proved: [RevisionID], _ otherRows: [RevisionID: OtherRows],
    _ drafts: [RevisionDraft]
  ) throws -> String {
    let changed = try RecordedFiles(history).changed(drafts.filter { plan.kept.contains($0.id) })
    for (head, others) in otherRows.sorted(by: { $0.key < $1.key }) {
      try explain(others, at: head, tool, changed)
    }
    return "\(tool) on the rewritten folder from empty: fingerprint "
      + (settled?.skipped.isEmpty == true && otherRows.isEmpty ? "and rows " : "")
      + "as recorded at "
      + proved.sorted().map(\.text).joined(separator: ", ")
  }

  private func explain(
    _ others: OtherRows, at head: RevisionID, _ tool: String, _ changed: [String]
  ) throws {
    let told: Message = "\(tool) on the rewritten folder leaves other rows than were recorded in "
    func warn(_ why: Message) {
      let names = others.tables.sorted().map(\.name).joined(separator: ", ")
      teller.warn((told + "\(names): " + why).description)
    }
    let leavers = try SessionLeavers(plan, history)
    // What follows the cut finds in the database what it found before: without settings that went, edits,
    // or an order by names, the baseline has no part in what differs.
    if !isOrderedByNames, changed.isEmpty, leavers.isEmpty {
      return warn("kept migrations that make values anew each time do")
    }
    guard let whole = try wholeRows(head) else {
      return warn(
        changed.isEmpty
          ? "the folder does not hold all that ran, or does not run as it is, so that it cannot be told "
            + "whether kept migrations make values anew each time, or the baseline lacks what they read"
          : "\(changed.joined(separator: ", ")) changed after it was recorded")
    }
    let otherwise = others.tables.filter { others.made.tables[$0] != whole.tables[$0] }
    if otherwise.isEmpty {
      return warn(
        changed.isEmpty
          ? "the whole folder does, too (its files run in another order than they were recorded in)"
          : "the whole folder does, too: \(changed.joined(separator: ", ")) changed after it was recorded"
      )
    }
    // Two runs within one second would show the same time.
    usleep(1_100_000)
    let again = try wholeRows(head) ?? whole
    let blamed = otherwise.filter {
      !VaryingTable(whole.tables[$0], again.tables[$0]).allows(others.made.tables[$0])
    }
    guard blamed.isEmpty else {
      let cause: Message =
        leavers.isEmpty
        ? "what comes after \(plan.root) reads what the baseline does not leave as the migrations did (an "
          + "order, objects that are gone meanwhile)" : "\(leavers.description)"
      let names = blamed.sorted().map(\.name).joined(separator: ", ")
      throw disproved(
        told + "\(names), and other ones than the whole folder does: " + cause
          + ". Cut behind what reads it")
    }
    warn("kept migrations that make values anew each time do")
  }
}

/// What two runs of the same migrations leave in a table, where each may leave other values.
struct VaryingTable {
  private let one: RowSet?
  private let other: RowSet?

  init(_ one: RowSet?, _ other: RowSet?) {
    self.one = one
    self.other = other
  }

  /// Whether a third run may have left this: as many rows, and in the columns that were the same twice the
  /// same values.
  func allows(_ third: RowSet?) -> Bool {
    guard one != other else { return third == one }
    guard let one, let other, one.columns == other.columns, one.rows.count == other.rows.count
    else {
      return true
    }
    guard let third, third.columns == one.columns, third.rows.count == one.rows.count else {
      return false
    }
    let stable = one.columns.indices.filter { column in
      Self.counts(one, [column]) == Self.counts(other, [column])
    }
    let expected = Self.counts(one, stable)
    return expected != Self.counts(other, stable) || expected == Self.counts(third, stable)
  }

  private static func counts(_ rows: RowSet, _ columns: [Int]) -> [[RowValue]: Int] {
    var counts: [[RowValue]: Int] = [:]
    for row in rows.rows {
      counts[columns.compactMap { row.indices.contains($0) ? row[$0] : nil }, default: 0] += 1
    }
    return counts
  }
}

/// Revisions of a cut whose migrations left settings of their session to those after them.
struct SessionLeavers: CustomStringConvertible {
  private var settings: [(id: RevisionID, names: Substring)] = []

  init(_ plan: TruncationPlan, _ history: History) throws {
    var ids = plan.archived
    if !ids.contains(plan.root) { ids.append(plan.root) }
    try self.init(ids, history.graph(), history)
  }

  init(of ids: Set<RevisionID>, _ history: History) throws {
    let graph = try history.graph()
    try self.init(graph.entries.map(\.id).filter(ids.contains), graph, history)
  }

  private init(_ ids: [RevisionID], _ graph: RevisionGraph, _ history: History) throws {
    // A baseline of an earlier cut has set nothing, whatever the migration in its place did.
    for id in ids where graph[id]?.isBaseline != true {
      for warning in try history.revision(id).revision.warnings {
        if let names = SessionWarning.names(in: warning) { settings.append((id, names)) }
      }
    }
  }

  var isEmpty: Bool { settings.isEmpty }

  /// Of what follows the cut, in whatever database.
  func warn(_ teller: Teller) {
    if isEmpty { return }
    teller.warn("\(self): what comes after it runs without, in new databases as in existing ones")
  }

  /// `003 leaves TimeZone set for the session`, of all of them.
  var words: String {
    settings.map { "\($0.id) leaves \($0.names) set for the session" }.joined(separator: ", ")
  }

  var description: String { words + ", and a baseline leaves nothing set" }
}
