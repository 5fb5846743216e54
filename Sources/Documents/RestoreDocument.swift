import SchemaHistory
import SchemaModel
public import Workflows

/// What a restoration would do, or did.
public enum RestoreDocument {
  /// The fields of `strata restore --json`.
  public static func value(_ result: RestoreResult) -> JSONValue {
    .object([
      ("done", .bool(result.isDone)), ("segment", SegmentDocument.reference(result.plan.segment)),
      ("root", .text(result.plan.root.text)),
      ("revisions", .texts(result.plan.revisions.map(\.text))), ("folder", .text(result.folder)),
      ("files", .texts(result.plan.files.keys.texts.sorted())),
      ("adoption", result.adoption.map { .texts($0.statements) } ?? .null),
    ])
  }

  /// Lines for people.
  public static func lines(_ result: RestoreResult) -> [String] {
    let plan = result.plan
    let verb = result.isDone ? "Brought" : "Restoring would bring"
    var lines = [
      "\(verb) \(Plural.text(plan.revisions.count, "revision")) back from \(plan.segment.name)"
    ]
    if let folder = result.folder {
      lines.append("folder: \(Plural.text(plan.files.count, "file")) back in \(folder)")
    }
    if let adoption = result.adoption {
      lines.append(adoption.need)
      // The segment is gone, and with it what a script would be made of.
      if !adoption.isScripted { lines += adoption.statements.map { "  \($0);" } }
    }
    return lines
  }
}
