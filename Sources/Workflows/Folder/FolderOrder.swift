import Importers
import SchemaHistory
import SchemaModel

/// The order of a folder of SQL migrations once some of it is recorded.
///
/// The files of a folder are one line. What is recorded keeps its place; what is new comes after it,
/// also a file whose version sorts before recorded ones (merged late, or before a repeatable one),
/// as the databases in the field will run it. What was recorded and has no file any more is no part of
/// the line: it stays behind as a branch of its own, unless something was recorded after it.
enum FolderOrder {
  /// - Parameter drafts: those of the folder.
  static func asRecorded(
    _ drafts: [RevisionDraft], _ folder: SQLFolder, in history: History, _ teller: Teller
  ) throws -> [RevisionDraft] {
    let graph = try history.graph()
    let known = drafts.filter { graph.contains($0.id) } + folder.earlier
    let entries = graph.ordered(Set(known.map(\.id)))
    let covered = graph.ancestors(of: entries.flatMap(\.needs))
    let heads = entries.filter { !covered.contains($0.id) }
    guard !heads.isEmpty else { return drafts }
    // Files that were recorded apart, on branches of a repository, come together again in what is next.
    let recorded = heads.count == 1 ? line(known, graph) : apart(known, entries)
    var added: [RevisionDraft] = []
    var late = 0
    for draft in drafts {
      if !graph.contains(draft.id) {
        added.append(draft)
      } else if !folder.layout.isRepeatable(draft.source?.path ?? "") {
        late = added.count
      }
    }
    for draft in added.prefix(late) {
      teller.warn(
        "\(draft.source?.path ?? draft.id.text) sorts before recorded revisions; it is recorded "
          + "after them")
    }
    var last = heads.map(\.id)
    for index in added.indices {
      added[index].parents = last
      last = [added[index].id]
    }
    return recorded + added
  }

  /// Recorded revisions, each after those that it was recorded on.
  private static func apart(
    _ drafts: [RevisionDraft], _ entries: [RevisionGraph.Entry]
  ) -> [RevisionDraft] {
    let byID = Dictionary(drafts.map { ($0.id, $0) }) { $1 }
    return entries.compactMap { entry in
      guard var draft = byID[entry.id] else { return nil }
      draft.parents = entry.parents.filter { byID[$0] != nil }
      return draft
    }
  }

  /// Recorded revisions in the order in which they were recorded, each after the one before.
  static func line(_ drafts: [RevisionDraft], _ graph: RevisionGraph) -> [RevisionDraft] {
    let byID = Dictionary(drafts.map { ($0.id, $0) }) { $1 }
    var recorded: [RevisionDraft] = []
    for entry in graph.ordered(Set(byID.keys)) {
      guard var draft = byID[entry.id] else { continue }
      draft.parents = recorded.last.map { [$0.id] } ?? []
      recorded.append(draft)
    }
    return recorded
  }
}
