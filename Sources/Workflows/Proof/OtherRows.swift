import SchemaHistory
import SchemaModel

/// Rows that the rewritten folder makes, and that are not those that were recorded.
extension Proof {
  /// Nil where there are none, or rows are no part of the cut.
  func otherRowsThanRecorded(_ capture: Capture, _ head: RevisionID) throws -> Set<ObjectPath>? {
    guard let settled else { return nil }
    let others = Set(Self.differing(capture.rows, try history.rows(at: head)))
      .subtracting(settled.skipped)
    return others.isEmpty ? nil : others
  }

  /// What the rewritten folder gave, for the record. Kept migrations may make rows anew each time; then
  /// the folder as it is makes others, too, when it runs once more. Where it does not, the cut is to
  /// blame: what an archived migration set for those after it, or what the baseline now comes before.
  /// - Parameter otherRows: by the head at which they were seen.
  /// - Throws: `WorkflowError.refused` where the cut would make other rows.
  func line(
    _ tool: String, _ proved: [RevisionID], _ otherRows: [RevisionID: Set<ObjectPath>],
    _ drafts: [RevisionDraft]
  ) throws -> String {
    let changed = try RecordedFiles(history).changed(drafts.filter { plan.kept.contains($0.id) })
    for (head, tables) in otherRows.sorted(by: { $0.key < $1.key }) {
      try explain(tables, at: head, tool, changed)
    }
    return "\(tool) on the rewritten folder from empty: fingerprint "
      + (settled?.skipped.isEmpty == true && otherRows.isEmpty ? "and rows " : "")
      + "as recorded at "
      + proved.sorted().map(\.text).joined(separator: ", ")
  }

  private func explain(
    _ tables: Set<ObjectPath>, at head: RevisionID, _ tool: String, _ changed: [String]
  ) throws {
    let names = { (tables: Set<ObjectPath>) in
      tables.sorted().map(\.name).joined(separator: ", ")
    }
    let told: Message = "\(tool) on the rewritten folder leaves other rows than were recorded in "
    func warn(_ tables: Set<ObjectPath>, _ why: Message) {
      teller.warn((told + "\(names(tables)): " + why).description)
    }
    if !changed.isEmpty {
      return warn(tables, "\(changed.joined(separator: ", ")) changed after it was recorded")
    }
    guard let second = try runAgain(head) else {
      return warn(
        tables,
        "the folder does not hold all that ran, so that it cannot be told whether kept migrations make "
          + "values anew each time, or the baseline lacks what they read")
    }
    let otherwise = tables.subtracting(second.varying)
    guard otherwise.isEmpty else {
      let leavers = try SessionLeavers(plan, history)
      let cause: Message =
        leavers.isEmpty
        ? "what comes after \(plan.root) reads what the baseline does not leave as the migrations did (an "
          + "order, objects that are gone meanwhile)" : "\(leavers.description)"
      throw disproved(
        told + "\(names(otherwise)), where the whole folder makes those that were recorded: "
          + cause
          + ". Cut behind what reads it, or leave all rows out with --no-data")
    }
    warn(tables, "kept migrations that make values anew each time do")
  }
}

/// Revisions of a cut whose migrations left settings of their session to those after them.
struct SessionLeavers: CustomStringConvertible {
  private var settings: [(id: RevisionID, names: Substring)] = []

  init(_ plan: TruncationPlan, _ history: History) throws {
    let graph = try history.graph()
    // A baseline of an earlier cut has set nothing, whatever the migration in its place did.
    for id in plan.archived + [plan.root] where graph[id]?.isBaseline != true {
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

  var description: String {
    settings.map { "\($0.id) leaves \($0.names) set for the session" }.joined(separator: ", ")
      + ", and a baseline leaves nothing set"
  }
}
