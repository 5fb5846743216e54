public import SchemaHistory
import SchemaModel
public import Workflows

/// Events, one a line.
public enum AuditDocument {
  /// The fields of a line of `strata audit --format json`.
  public static func value(_ entry: AuditEntry) -> JSONValue {
    .object(
      [
        ("sequence", .integer(entry.sequence.value)), ("time", .text(entry.time.description)),
        ("actor", .text(entry.actor)), ("kind", .text(entry.kind)),
        ("revision", .text(entry.revision?.text)), ("author", .text(entry.author)),
        ("authored", .text(entry.authored?.description)),
        ("subjects", .texts(entry.subjects.map(\.description))), ("summary", .text(entry.summary)),
        ("archived", .bool(entry.isArchived)), ("spelledBy", .text(entry.spelledBy)),
      ] + OperationDocument.facts(entry.operation))
  }

  /// One event for people.
  public static func line(_ entry: AuditEntry) -> Line {
    Line.fields([
      Style.faint(entry.sequence.description), Line((entry.authored ?? entry.time).description),
      entry.revision.map { Style.revision(VisibleText.field($0.text)) } ?? "-",
      Line(LogLine.author(entry.spelledBy ?? entry.author ?? entry.actor)),
      Line(VisibleText.lastField(entry.summary)),
      entry.isArchived ? Style.mark("(archived)") : "",
    ])
  }

  /// A record for each event below one of names.
  public static func text(_ entries: [AuditEntry], _ csv: CSV) -> String {
    csv.text([fieldNames] + entries.map(fields))
  }

  private static let fieldNames = [
    "sequence", "time", "actor", "kind", "revision", "author", "authored", "subjects", "summary",
    "archived",
  ]

  private static func fields(_ entry: AuditEntry) -> [String] {
    [
      String(entry.sequence.value), entry.time.description, entry.actor, entry.kind,
      entry.revision?.text ?? "", entry.author ?? "", entry.authored?.description ?? "",
      entry.subjects.map(\.description).joined(separator: "; "), entry.summary,
      entry.isArchived ? "true" : "false",
    ]
  }
}

extension SegmentExport {
  /// With each event as `strata audit --format json` prints it.
  public init(segment: String? = nil, to folder: String) {
    self.init(segment: segment, to: folder) { AuditDocument.value($0).line }
  }
}
