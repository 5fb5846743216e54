import SchemaModel

/// Where a history can be cut: everything that is kept must come after the root alone.
struct Cut {
  /// Oldest first.
  private(set) var archived: [RevisionID] = []
  private(set) var kept: [RevisionID] = []
  /// What stands in the way, one line each.
  private(set) var blockers: [String] = []
  /// What nothing follows of the root and what is kept, but for what is lost.
  private(set) var heads: [RevisionID] = []

  /// - Parameter lost: what may go with the archived revisions that it follows. The archive is one
  ///   range of the log, so it must have been recorded before anything that is kept.
  init(_ graph: RevisionGraph, at root: RevisionID, without lost: Set<RevisionID> = []) {
    var leaving = graph.ancestors(of: root)
    var staying: RevisionID?
    for entry in graph.entries {
      guard !leaving.contains(entry.id) else {
        archived.append(entry.id)
        continue
      }
      let reasons = Self.reasons(entry, leaving, root)
      if !reasons.isEmpty, lost.contains(entry.id) {
        leaving.insert(entry.id)
        archived.append(entry.id)
        if let staying {
          blockers.append("\(entry.id), whose file is gone, was recorded after \(staying)")
        }
        continue
      }
      kept.append(entry.id)
      staying = staying ?? entry.id
      blockers += reasons
    }
    let remaining = graph.ordered(Set(kept + [root]).subtracting(lost))
    let parents = Set(remaining.flatMap(\.parents))
    heads = remaining.map(\.id).filter { !parents.contains($0) }
  }

  /// Why an entry cannot stay.
  private static func reasons(
    _ entry: RevisionGraph.Entry, _ leaving: Set<RevisionID>, _ root: RevisionID
  ) -> [String] {
    (entry.parents.isEmpty ? ["\(entry.id) begins a history of its own, beside the cut"] : [])
      + entry.parents.filter { leaving.contains($0) && $0 != root }
      .map { "\(entry.id) branches off at \($0), before the cut" }
      + entry.dependsOn.filter { leaving.contains($0) && $0 != root }
      .map { "\(entry.id) depends on \($0), which would be archived" }
  }

  /// The cut that works and is the fewest recorded revisions away; before it rather than after it.
  static func nearest(
    to id: RevisionID, in graph: RevisionGraph, without lost: Set<RevisionID> = []
  ) -> RevisionID? {
    guard let place = graph.entries.firstIndex(where: { $0.id == id }) else { return nil }
    for distance in 1...max(1, min(graph.entries.count, 400)) {
      for candidate in [place - distance, place + distance]
      where graph.entries.indices.contains(candidate) {
        let entry = graph.entries[candidate]
        if !entry.isBaseline, !lost.contains(entry.id),
          Cut(graph, at: entry.id, without: lost).blockers.isEmpty
        {
          return entry.id
        }
      }
    }
    return nil
  }
}
