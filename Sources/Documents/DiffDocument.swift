public import DialectRegistry
import SchemaHistory
public import SchemaModel
public import Workflows

/// What is different between two revisions.
public enum DiffDocument {
  /// The fields of `strata diff --format json`.
  public static func value(_ comparison: ComparisonResult) -> JSONValue {
    .object([
      ("from", .text("\(comparison.from.point)")), ("to", .text("\(comparison.to.point)")),
      (
        "operations",
        .list(
          comparison.operations.map {
            RevisionDocument.operation($0, spelledBy: comparison.spellings[$0])
          })
      ),
      ("rows", comparison.rows.map { .list($0.map(rows)) } ?? .null),
    ])
  }

  private static func rows(_ rows: RowDifference) -> JSONValue {
    .object([
      ("table", .text(rows.table.description)), ("removed", .integer(rows.removedCount)),
      ("added", .integer(rows.addedCount)),
    ])
  }

  /// A line for each operation, and for each table whose rows differ.
  public static func lines(_ comparison: ComparisonResult) -> [Line] {
    OperationLine.visible(comparison.operations).map {
      OperationLine($0, spelledBy: comparison.spellings[$0]).line
    }
      + (comparison.rows ?? []).map { Style.changed("~ \($0)") }
  }

  /// Every changed object as a unified diff of the engine's text.
  /// - Throws: `HistoryError` where a schema cannot be read; `UnknownDialect`.
  public static func texts(
    _ comparison: ComparisonResult, _ dialects: Dialects = .standard
  ) throws -> [Line] {
    let (a, b) = (comparison.from, comparison.to)
    let words = try a.history.words(dialects)
    var oldPath: [ObjectPath: ObjectPath] = [:]
    for case .renameObject(let change) in comparison.operations {
      oldPath[change.newPath] = oldPath.removeValue(forKey: change.path) ?? change.path
    }
    let gone = Set(oldPath.values)
    let subjects = Set(comparison.operations.flatMap(\.subjects))
    var lines: [Line] = []
    for path in subjects.sorted() {
      let new = try b.history.object(path, at: b.point)
      if new == nil, gone.contains(path) { continue }
      let before = oldPath[path] ?? path
      let old = try a.history.object(before, at: a.point)
      let texts = (
        old.flatMap { $0.text ?? words.text(before, $0) },
        new.flatMap { $0.text ?? words.text(path, $0) }
      )
      let difference = LineDiff.lines(
        from: texts.0?.sourceLines ?? [], to: texts.1?.sourceLines ?? [])
      guard !difference.isEmpty else { continue }
      lines.append(Style.strong("--- " + (old == nil ? "nothing" : "\(before)")))
      lines.append(Style.strong("+++ " + (new == nil ? "nothing" : "\(path)")))
      lines += difference.map(colored)
    }
    return lines
  }

  private static func colored(_ line: String) -> Line {
    switch line.first {
    case "+": Style.added(line)
    case "-": Style.removed(line)
    case "@": Style.mark(line)
    default: Line(line)
    }
  }
}
