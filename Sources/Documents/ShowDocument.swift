public import SchemaHistory
public import SchemaModel

/// One revision: who, when, why, its operations, its source.
public struct ShowDocument {
  let recorded: RecordedRevision
  let operations: [RecordedOperation]
  let source: SourceFile?
  let heads: Set<RevisionID>
  let logHead: LogHead

  /// - Throws: `HistoryError` where the revision cannot be read.
  public init(_ id: RevisionID, of history: History) throws {
    recorded = try history.revision(id)
    operations = try history.operations(of: id)
    source = try history.source(of: id)
    heads = Set(try history.heads())
    logHead = try history.logHead()
  }

  /// The fields of `strata show --json`.
  public var value: JSONValue {
    .object(
      RevisionDocument.fields(recorded, heads: heads, logHead: logHead) + [
        (
          "operations",
          .list(operations.map { RevisionDocument.operation($0, of: recorded.revision) })
        ),
        ("up", .text(source.map { String(decoding: $0.up, as: UTF8.self) })),
        ("down", .text(source?.down.map { String(decoding: $0, as: UTF8.self) })),
      ])
  }

  /// Lines for people.
  public var lines: [Line] { revisionLines + (source.map(Self.lines) ?? []) }

  /// The same without the source.
  public var revisionLines: [Line] {
    let revision = recorded.revision
    let marks = LogLine(recorded, heads: heads).marks
    var lines: [Line] = [
      "revision \(Style.revision(VisibleText.field(revision.id.text)))"
        + (marks.isEmpty ? "" : Style.mark(" (\(marks.joined(separator: ", ")))"))
    ]
    func field(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { lines.append(Line("\(name):".padded(13) + value)) }
    }
    field("Parents", revision.parents.map { VisibleText.item($0.text) }.joined(separator: ", "))
    field("Author", revision.author)
    field("Date", revision.authored?.description)
    field("Recorded", "\(recorded.recorded) by \(recorded.actor), event \(recorded.sequence)")
    field("Schema", revision.snapshot.short)
    field("Judged by", revision.engine)
    field("Run by", revision.tool)
    field("Source", revision.source?.path)
    if !revision.message.isEmpty {
      lines +=
        [""]
        + revision.message.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        .map { $0.isEmpty ? "" : "    \($0)" }
    }
    for warning in revision.warnings { lines.append("warning: \(warning)") }
    lines.append("")
    lines +=
      operations.isEmpty
      ? ["No operations"]
      : operations.filter { !$0.operation.isAidOnly }.map {
        OperationLine($0.operation, spelledBy: $0.isSpelling ? revision.engine : nil).line
      }
    return lines
  }

  private static func lines(_ source: SourceFile) -> [Line] {
    // Tabs are how sources are indented, not something that they hide.
    func part(_ path: String, _ bytes: [UInt8]) -> [Line] {
      ["", Style.faint("--- \(path)")]
        + String(decoding: bytes, as: UTF8.self).withoutFinalNewline.sourceLines.map { Line($0) }
    }
    var lines = part(source.path, source.up)
    if let down = source.down { lines += part(source.downPath ?? "down", down) }
    return lines
  }
}
