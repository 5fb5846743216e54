public import Workflows
import SchemaHistory
import SchemaModel

/// What a truncation would do, or did.
public enum TruncationDocument {
  /// Lines for people: the plan, or what was done.
  public static func lines(_ result: TruncationResult) -> [String] {
    result.isDone ? doneLines(result) : planLines(result)
  }

  private static func contents(_ result: TruncationResult) -> String {
    BaselineContents.text(result.plan.schema, result.rows)
  }

  private static func planLines(_ result: TruncationResult) -> [String] {
    let plan = result.plan
    var lines = [
      "Truncating at \(plan.root) would",
      "  archive  \(Plural.text(plan.archived.count, "revision")) "
        + "(\(plan.archived.first?.text ?? "-") to \(plan.root)), "
        + "\(Plural.text(plan.eventCount, "event")) \(plan.firstEvent) to \(plan.lastEvent)",
      "  keep     \(Plural.text(plan.kept.count, "revision"))"
        + (plan.kept.isEmpty ? "" : ": " + some(plan.kept.map(\.text))),
      "  start at a snapshot with \(contents(result))",
    ]
    if let folder = result.folder {
      lines.append(
        "  write    \(folder.baselinePath) in \(folder.change.directory), "
          + ByteCount.text(folder.baselineByteCount))
      lines.append(
        "  remove   \(Plural.text(folder.leaving.count, "file"))"
          + (folder.leaving.isEmpty ? "" : ": " + some(folder.leaving)))
    }
    if let adoption = result.adoption { lines.append("  after    \(adoption.need)") }
    if result.blockers.isEmpty {
      lines.append(
        result.isUndecided
          ? "It would ask about the rows that vary, and be refused without an answer. Nothing was changed."
          : "Nothing stands in the way; the proof is made when it is done. Nothing was changed.")
    } else {
      lines += result.blockers.map { "  blocked  \($0) is not what was recorded" }
      lines.append(
        "It would be refused: put the files back, or use --force to lose their changes. "
          + "Nothing was changed.")
    }
    return lines
  }

  private static func some(_ names: [String]) -> String {
    names.count <= 6
      ? names.joined(separator: ", ")
      : names.prefix(3).joined(separator: ", ") + ", ..., "
        + names.suffix(2).joined(separator: ", ")
  }

  private static func doneLines(_ result: TruncationResult) -> [String] {
    guard let segment = result.segment else { return [] }
    let plan = result.plan
    var lines = [
      "Truncated at \(plan.root): \(Plural.text(segment.revisionCount, "revision")) archived in "
        + "\(segment.name) (\(ByteCount.text(segment.byteCount))), \(plan.kept.count) kept"
    ]
    lines += result.proof.map { "proved: \($0)" }
    if let folder = result.folder {
      lines.append(
        "folder: \(folder.baselinePath) is the baseline (\(contents(result))), "
          + "\(Plural.text(folder.leaving.count, "file")) removed; `strata restore` brings them back"
      )
    }
    if let adoption = result.adoption { lines.append(adoption.need) }
    if result.folder != nil {
      lines.append(
        "databases before \(plan.root) need the removed files: bring them to \(plan.root) with the folder "
          + "as it was (git has it, and so has `strata restore`)")
    }
    return lines
  }

  /// The fields of `strata truncate --json`.
  public static func value(_ result: TruncationResult) -> JSONValue {
    let plan = result.plan
    var fields: [(String, JSONValue)] = [
      ("root", .text(plan.root.text)), ("done", .bool(result.isDone)),
      ("archived", .texts(plan.archived.map(\.text))), ("kept", .texts(plan.kept.map(\.text))),
      ("firstEvent", .integer(plan.firstEvent.value)),
      ("lastEvent", .integer(plan.lastEvent.value)),
      ("fingerprint", .text(plan.rootRevision.revision.snapshot.description)),
      ("rows", .integer(result.rows.rowCount)), ("blockers", .texts(result.blockers)),
      ("proof", .texts(result.proof)),
      ("adoption", result.adoption.map { .texts($0.statements) } ?? .null),
      ("segment", result.segment.map { SegmentDocument.reference($0) } ?? .null),
    ]
    if let folder = result.folder {
      fields.append(
        (
          "folder",
          .object([
            ("directory", .text(folder.change.directory)),
            ("baseline", .text(folder.baselinePath)),
            ("baselineBytes", .integer(folder.baselineByteCount)),
            ("removed", .texts(folder.leaving)),
          ])
        ))
    } else {
      fields.append(("folder", .null))
    }
    return .object(fields)
  }
}
