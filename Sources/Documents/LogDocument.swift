public import SchemaHistory
public import SchemaModel

/// Revisions, newest first.
public enum LogDocument {
  /// The fields of a line of `strata log --json`.
  /// - Parameter logHead: the newest event of the history.
  public static func value(
    _ recorded: RecordedRevision, heads: Set<RevisionID>, logHead: LogHead
  ) -> JSONValue {
    .object(RevisionDocument.fields(recorded, heads: heads, logHead: logHead))
  }

  /// A line for each, with branches and merges drawn beside them.
  /// - Parameter graph: of the whole history: what is left out still joins the lines.
  public static func drawing(
    _ revisions: [RecordedRevision], of graph: RevisionGraph, heads: Set<RevisionID>,
    isShort: Bool = false
  ) -> [Line] {
    let visible = VisibleParents(
      graph.entries.map { (id: $0.id, parents: $0.parents) },
      shown: Set(revisions.map(\.revision.id)))
    var drawing = GraphDrawing<RevisionID>()
    var lines: [Line] = []
    for recorded in revisions {
      let rows = drawing.add(
        recorded.revision.id, parents: visible.of(recorded.revision.id),
        mark: recorded.isBaseline ? "#" : "*")
      lines.append("\(rows.node) \(LogLine(recorded, heads: heads).line(isShort: isShort))")
      lines += rows.edges.map { Line($0) }
    }
    return lines
  }
}
