import SchemaHistory
import SchemaModel

/// What a truncation would do, or did, for people and for programs.
struct TruncationReport {
  let plan: TruncationPlan
  let assembly: FolderAssembly?
  let rows: SeedRows
  /// Files that forbid it.
  var blockers: [String] = []
  var proof: [String] = []
  /// Nil while it is only planned.
  var segment: SegmentReference?

  init(plan: TruncationPlan, assembly: FolderAssembly?, rows: SeedRows) {
    self.plan = plan
    self.assembly = assembly
    self.rows = rows
  }

  func print(json: Bool) {
    if json {
      Console.write(document: document.document + "\n")
    } else {
      Console.print(segment == nil ? planLines : doneLines)
    }
  }

  private var contents: String {
    BaselineScript.contents(plan.schema, rows)
  }

  private var planLines: [String] {
    var lines = [
      "Truncating at \(plan.root) would",
      "  archive  \(Plural.text(plan.archived.count, "revision")) "
        + "(\(plan.archived.first?.text ?? "-") to \(plan.root)), "
        + "\(Plural.text(plan.eventCount, "event")) \(plan.firstEvent) to \(plan.lastEvent)",
      "  keep     \(Plural.text(plan.kept.count, "revision"))"
        + (plan.kept.isEmpty ? "" : ": " + Self.some(plan.kept.map(\.text))),
      "  start at a snapshot with \(contents)",
    ]
    if let assembly {
      lines.append(
        "  write    \(assembly.baselinePath) in \(assembly.change.directory), "
          + ByteCount.text(assembly.baselineByteCount))
      lines.append(
        "  remove   \(Plural.text(assembly.leaving.count, "file"))"
          + (assembly.leaving.isEmpty ? "" : ": " + Self.some(assembly.leaving)))
    }
    if blockers.isEmpty {
      lines.append(
        "Nothing stands in the way; the proof is made when it is done. Nothing was changed.")
    } else {
      lines += blockers.map { "  blocked  \($0) is not what was recorded" }
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

  private var doneLines: [String] {
    guard let segment else { return [] }
    var lines = [
      "Truncated at \(plan.root): \(Plural.text(segment.revisionCount, "revision")) archived in "
        + "\(segment.name) (\(ByteCount.text(segment.byteCount))), \(plan.kept.count) kept"
    ]
    lines += proof.map { "proved: \($0)" }
    if let assembly {
      lines.append(
        "folder: \(assembly.baselinePath) is the baseline (\(contents)), "
          + "\(Plural.text(assembly.leaving.count, "file")) left; `strata restore` brings them back"
      )
    }
    return lines
  }

  private var document: JSONValue {
    var fields: [(String, JSONValue)] = [
      ("root", .text(plan.root.text)), ("done", .bool(segment != nil)),
      ("archived", .texts(plan.archived.map(\.text))), ("kept", .texts(plan.kept.map(\.text))),
      ("firstEvent", .integer(plan.firstEvent.value)),
      ("lastEvent", .integer(plan.lastEvent.value)),
      ("fingerprint", .text(plan.rootRevision.revision.snapshot.description)),
      ("rows", .integer(rows.rowCount)), ("blockers", .texts(blockers)),
      ("proof", .texts(proof)),
      ("segment", segment.map { SegmentDocument.reference($0) } ?? .null),
    ]
    if let assembly {
      fields.append(
        (
          "folder",
          .object([
            ("directory", .text(assembly.change.directory)),
            ("baseline", .text(assembly.baselinePath)),
            ("baselineBytes", .integer(assembly.baselineByteCount)),
            ("removed", .texts(assembly.leaving)),
          ])
        ))
    } else {
      fields.append(("folder", .null))
    }
    return .object(fields)
  }
}

enum SegmentDocument {
  static func reference(_ segment: SegmentReference) -> JSONValue {
    .object(fields(segment))
  }

  static func fields(_ segment: SegmentReference) -> [(String, JSONValue)] {
    [
      ("name", .text(segment.name)), ("sha256", .text(segment.hash.description)),
      ("bytes", .integer(segment.byteCount)), ("firstEvent", .integer(segment.first.value)),
      ("lastEvent", .integer(segment.last.value)), ("revisions", .integer(segment.revisionCount)),
    ]
  }
}
