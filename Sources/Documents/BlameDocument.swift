public import SchemaHistory
public import SchemaModel

/// For each part of a table: the revision that last shaped it, and the one that made it.
public enum BlameDocument {
  /// The fields of `strata blame --json`.
  public static func value(
    _ lines: [BlameLine], of table: ObjectPath, at id: RevisionID
  ) -> JSONValue {
    .object([
      ("table", .text(table.qualifiedName)), ("revision", .text(id.text)),
      ("parts", .list(lines.map(value))),
    ])
  }

  private static func value(_ line: BlameLine) -> JSONValue {
    .object([
      ("part", .text(line.part.rawValue)), ("name", .text(line.name)), ("text", .text(line.text)),
      ("shaped", value(line.shaped)), ("created", value(line.created)),
    ])
  }

  private static func value(_ revision: BlameRevision) -> JSONValue {
    .object([
      ("revision", .text(revision.id.text)), ("author", .text(revision.author)),
      ("authored", .text(revision.authored?.description)),
      ("date", .text(revision.date.description)), ("message", .text(revision.message)),
      ("archived", .bool(revision.isArchived)),
    ])
  }

  /// A line for each part, in columns.
  public static func lines(_ lines: [BlameLine]) -> [String] {
    let rows = lines.map { line in
      let shaped = line.shaped
      let created =
        line.created.id == shaped.id ? "" : "since \(VisibleText.field(line.created.id.text))"
      return [
        VisibleText.item(shaped.id.text) + (shaped.isArchived ? " (archived)" : ""),
        shaped.date.day,
        LogLine.author(shaped.author), created, line.part.rawValue,
        line.text.split(separator: " ").joined(separator: " "),
      ]
    }
    return TextTable(header: ["", "", "", "", "", ""], rows: rows).lines(rule: false)
  }
}
