import SchemaHistory
public import SchemaModel
public import Workflows

/// Where one is.
public enum OverviewDocument {
  /// The fields of `strata overview --json`.
  public static func value(_ overview: HistoryOverview) -> JSONValue {
    .object([
      ("store", .text(overview.directory)), ("dialect", .text(overview.dialect.rawValue)),
      ("engine", .text(overview.engine)), ("heads", .texts(overview.heads.map(\.id.text))),
      ("revisions", .integer(overview.liveCount)), ("archived", .integer(overview.archivedCount)),
      ("segments", .texts(overview.segments.map(\.reference.name))),
      ("tags", .texts(overview.tags)), ("folder", overview.folder.map(value) ?? .null),
      ("interrupted", .text(overview.interrupted)), ("next", .text(overview.next)),
    ])
  }

  private static func value(_ folder: FolderOverview) -> JSONValue {
    .object([
      ("kind", .text(folder.source.map(kind))), ("path", .text(folder.source?.path)),
      ("recorded", .integer(folder.recordedCount)), ("new", .texts(folder.new)),
      ("changed", .texts(folder.changed)), ("missing", .texts(folder.missing)),
      ("problem", .text(folder.problem)),
    ])
  }

  private static func kind(_ source: MigrationsSource) -> String {
    if case .alembic = source { "alembic" } else { "sql" }
  }

  /// A few lines, each with its word before it.
  /// - Parameter folder: where the reader stands: paths are told from there.
  public static func lines(_ overview: HistoryOverview, from folder: String) -> [Line] {
    let engine = overview.engine.map { ", \(VisibleText.item($0))" } ?? ""
    var lines = [
      line(
        "store",
        "\(VisibleText.item(short(overview.directory, folder))) (\(overview.dialect)\(engine))")
    ]
    for head in overview.heads { lines.append(line("head", LogLine(head, heads: []).line)) }
    lines.append(line("history", history(overview)))
    if let state = overview.folder { lines.append(line("folder", self.folder(state, folder))) }
    lines.append(line("next", VisibleText.line(overview.next)))
    return lines
  }

  private static func line(_ word: String, _ text: Line) -> Line {
    Style.strong(word.padded(9)) + text
  }

  private static func line(_ word: String, _ text: String) -> Line { line(word, Line(text)) }

  private static func history(_ overview: HistoryOverview) -> String {
    var text = Plural.text(overview.liveCount + overview.archivedCount, "revision")
    if overview.archivedCount > 0 {
      text +=
        ", \(overview.archivedCount) of them archived in "
        + Plural.text(overview.segments.count, "segment")
    }
    guard let newest = overview.heads.flatMap(\.tags).last ?? overview.tags.last else {
      return text
    }
    let name = VisibleText.item(newest)
    return text
      + (overview.tags.count == 1
        ? "; tag \(name)" : "; \(overview.tags.count) tags, \(name) among them")
  }

  private static func folder(_ state: FolderOverview, _ here: String) -> String {
    guard let source = state.source else { return "not known" }
    let name = "\(VisibleText.item(short(source.path, here))) (\(kind(source)))"
    if state.problem != nil { return name + ": cannot be read" }
    var parts = ["\(state.recordedCount) recorded"]
    for (files, word) in [
      (state.new, "not recorded"), (state.changed, "changed since"), (state.missing, "missing"),
    ] where !files.isEmpty {
      let shown = files.prefix(4).map { VisibleText.item($0) }.joined(separator: ", ")
      parts.append("\(files.count) \(word): \(shown)" + (files.count > 4 ? ", ..." : ""))
    }
    return name + ": " + parts.joined(separator: "; ")
  }

  private static func short(_ path: String, _ folder: String) -> String {
    let prefix = folder == "/" ? "/" : folder + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
