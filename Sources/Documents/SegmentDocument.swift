public import SchemaHistory
public import SchemaModel

/// Archived segments.
public enum SegmentDocument {
  /// The fields of one in `truncate` and `restore`.
  public static func reference(_ segment: SegmentReference) -> JSONValue {
    .object(fields(segment))
  }

  /// The fields of `strata archive show --json`.
  public static func value(_ segment: ArchivedSegment) -> JSONValue {
    .object(
      fields(segment.reference) + [
        ("root", .text(segment.root.text)), ("time", .text(segment.time.description)),
        ("actor", .text(segment.actor)), ("reason", .text(segment.reason)),
        ("proof", .texts(segment.proof)), ("path", .text(segment.path)),
        ("present", .bool(segment.isPresent)),
        ("folder", segment.folder.map(folder) ?? .null),
      ])
  }

  private static func fields(_ segment: SegmentReference) -> [(String, JSONValue)] {
    [
      ("name", .text(segment.name)), ("sha256", .text(segment.hash.description)),
      ("bytes", .integer(segment.byteCount)), ("firstEvent", .integer(segment.first.value)),
      ("lastEvent", .integer(segment.last.value)), ("revisions", .integer(segment.revisionCount)),
    ]
  }

  private static func folder(_ folder: FolderRewrite) -> JSONValue {
    .object([
      ("directory", .text(folder.directory)), ("added", .texts(folder.added.keys.texts.sorted())),
      ("removed", .texts(folder.removed.keys.texts.sorted())),
    ])
  }

  /// A table of segments, for people.
  public static func table(_ segments: [ArchivedSegment]) -> [String] {
    TextTable(
      header: ["segment", "root", "revisions", "events", "size", "truncated", ""],
      rows: segments.map(row), rightAligned: [2]
    ).lines()
  }

  private static func row(_ segment: ArchivedSegment) -> [String] {
    let reference = segment.reference
    return [
      reference.name, segment.root.text, "\(reference.revisionCount)",
      "\(reference.first) to \(reference.last)", ByteCount.text(reference.byteCount),
      segment.time.description, segment.isPresent ? "" : "missing",
    ]
  }

  /// One segment for people: who truncated, when, why, with which proof.
  public static func lines(_ segment: ArchivedSegment) -> [String] {
    let reference = segment.reference
    var lines = [
      "segment \(reference.name)" + (segment.isPresent ? "" : " (missing)"),
      "Root:        \(segment.root)", "Truncated:   \(segment.time) by \(segment.actor)",
    ]
    if !segment.reason.isEmpty { lines.append("Reason:      \(segment.reason)") }
    lines += [
      "Revisions:   \(reference.revisionCount)",
      "Events:      \(reference.first) to \(reference.last)",
      "Size:        \(ByteCount.text(reference.byteCount))", "SHA-256:     \(reference.hash)",
      "File:        \(segment.path)",
    ]
    if let folder = segment.folder {
      lines.append(
        "Folder:      \(folder.directory): \(Plural.text(folder.removed.count, "file")) out, "
          + "\(Plural.text(folder.added.count, "file")) in")
    }
    return lines + segment.proof.map { "proved: \($0)" }
  }
}
