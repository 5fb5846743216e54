public import DialectRegistry
public import SchemaHistory
public import SchemaModel
public import Workflows

/// What an import has recorded.
public enum ImportDocument {
  /// The fields of `strata import --json`. Where nothing was recorded the schema is read for them.
  /// - Throws: `HistoryError` where it cannot be read; `UnknownDialect`.
  public static func value(
    _ result: ImportResult, of history: History, _ dialects: Dialects = .standard
  ) throws -> JSONValue {
    let coverage = try result.coverage ?? Coverage(ofHeadOf: history, dialects)
    return .object([
      ("recorded", .texts(result.recorded.map(\.text))), ("tool", .text(result.tool)),
      ("operations", .integer(result.operationCount)), ("heads", .texts(result.heads.map(\.text))),
      ("changedFiles", .texts(result.changedFiles)),
      ("movedFiles", .texts(result.movedFiles)),
      ("warnings", .texts(result.warnings)), ("objects", value(coverage)),
    ])
  }

  private static func value(_ coverage: Coverage) -> JSONValue {
    .object([
      ("modelled", .integer(coverage.modelled)), ("opaque", .integer(coverage.opaque)),
      ("unsupported", .integer(coverage.unsupported)),
    ])
  }

  /// One paragraph for people.
  public static func paragraph(_ result: ImportResult) -> String {
    let heads = result.heads
    let headList = heads.map(\.text).sorted().joined(separator: ", ")
    let headWord = heads.count == 1 ? "Head" : "Heads"
    let joining = result.joining.map { "; \($0)" } ?? ""
    guard !result.recorded.isEmpty else {
      return "Nothing new in \(result.origin): all its revisions are recorded. \(headWord): "
        + (headList.isEmpty ? "none" : headList) + joining
    }
    let parts = BaselineContents.text(result.objectCounts)
    let warningCount = result.warnings.count
    return [
      "Recorded \(Plural.text(result.recorded.count, "revision")) with "
        + "\(Plural.text(result.operationCount, "operation")) from \(result.origin)"
        + (result.tool.map { " (\($0))." } ?? "."),
      result.head.flatMap {
        parts.isEmpty ? nil : "The schema at \($0): \(parts.joined(separator: ", "))."
      } ?? "",
      result.coverage.map(sentence) ?? "",
      warningCount == 0 ? "No warnings." : "\(Plural.text(warningCount, "warning")), above.",
      "\(headWord): \(headList)\(joining)",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Nothing where all of it is understood.
  private static func sentence(_ coverage: Coverage) -> String {
    var parts: [String] = []
    if coverage.opaque > 0 {
      parts.append(
        "\(Plural.text(coverage.opaque, "object")) known by name or text alone (opaque)")
    }
    if coverage.unsupported > 0 {
      parts.append("\(coverage.unsupported) that no baseline can make (unsupported)")
    }
    return parts.isEmpty ? "" : "Among its objects are \(parts.joined(separator: " and "))."
  }
}
