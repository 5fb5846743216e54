import ArgumentParser
import SchemaHistory
import SchemaModel

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One revision: who, when, why, its operations, its source.",
    discussion: """
      Example:
        strata show head
        strata show 1975ea --json
      """)

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The revision.", valueName: "rev"))
  var revision: String
  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let history = try location.openForReading()
    let id = try history.resolve(revision)
    let recorded = try history.revision(id)
    let operations = try history.operations(of: id)
    let source = try history.source(of: id)
    let heads = Set(try history.heads())
    if json {
      Console.write(document: document(recorded, operations, source, heads).document + "\n")
    } else {
      Console.print(Self.lines(recorded, operations, heads))
      if let source { Console.print(Self.lines(source)) }
    }
  }

  private func document(
    _ recorded: RecordedRevision, _ operations: [RecordedOperation], _ source: SourceFile?,
    _ heads: Set<RevisionID>
  ) -> JSONValue {
    var fields = RevisionDocument.fields(recorded, heads: heads)
    fields.append(
      ("operations", .list(operations.map { RevisionDocument.operation($0.operation) })))
    fields.append(("up", .text(source.map { String(decoding: $0.up, as: UTF8.self) })))
    fields.append(
      ("down", .text(source?.down.map { String(decoding: $0, as: UTF8.self) })))
    return .object(fields)
  }

  private static func lines(
    _ recorded: RecordedRevision, _ operations: [RecordedOperation], _ heads: Set<RevisionID>
  ) -> [Line] {
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
      : operations.filter { !$0.operation.isAidOnly }.map { OperationLine($0.operation).line }
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

/// An operation for people: `+ create table ...`, `- drop column ...`, `~ alter column ...`.
struct OperationLine {
  let operation: SchemaModel.Operation

  init(_ operation: SchemaModel.Operation) { self.operation = operation }

  var mark: String {
    switch operation {
    case .createObject, .addColumn, .addConstraint: "+"
    case .dropObject, .dropColumn, .dropConstraint: "-"
    case .statement: ">"
    default: "~"
    }
  }

  var line: Line {
    let line = "\(mark) \(operation.summary)"
    return switch mark {
    case "+": Style.added(line)
    case "-": Style.removed(line)
    case "~": Style.changed(line)
    default: Line(line)
    }
  }
}
