import SchemaModel

/// What a name in `down_revision` or `depends_on` means: an id, a branch label, or the beginning of
/// one id.
struct GraphNames {
  private var files: [RevisionID: String] = [:]
  private var labels: [ExactText: RevisionID] = [:]
  /// For prefixes: sorted once, when the first is asked for.
  private let sorted: [RevisionID]

  init(_ drafts: [RevisionDraft]) throws(GraphError) {
    for draft in drafts {
      let file = Self.file(draft)
      if let other = files.updateValue(file, forKey: draft.id) {
        throw .duplicate(draft.id, files: [other, file])
      }
      for label in draft.labels {
        if let other = labels.updateValue(draft.id, forKey: ExactText(label)) {
          throw .duplicateLabel(label, revisions: [other, draft.id])
        }
      }
    }
    sorted = files.keys.sorted()
  }

  private static func file(_ draft: RevisionDraft) -> String { draft.source?.path ?? "no file" }

  func resolve(_ drafts: [RevisionDraft]) throws(GraphError) -> [RevisionDraft] {
    var resolved: [RevisionDraft] = []
    resolved.reserveCapacity(drafts.count)
    for var draft in drafts {
      draft.parents = try all(draft.parents, of: draft) { name, nearest in
        .missingParent(name, of: draft.id, file: Self.file(draft), nearest: nearest)
      }
      draft.dependsOn = try all(draft.dependsOn, of: draft) { name, nearest in
        .missingDependency(name, of: draft.id, file: Self.file(draft), nearest: nearest)
      }
      resolved.append(draft)
    }
    return resolved
  }

  private func all(
    _ names: [RevisionID], of draft: RevisionDraft,
    missing: (String, [RevisionID]) -> GraphError
  ) throws(GraphError) -> [RevisionID] {
    var found: [RevisionID] = []
    for name in names {
      if files[name] != nil {
        found.append(name)
      } else if let labelled = labels[name.text] {
        found.append(labelled)
      } else {
        let candidates = beginning(with: name.text)
        guard let only = candidates.first else {
          let nearest = NearestNames.find(
            name.text, among: sorted.filter { $0 != draft.id }.map(\.text))
          throw missing(name.text, nearest.map { RevisionID($0) })
        }
        guard candidates.count == 1 else {
          throw .ambiguous(
            name.text, of: draft.id, file: Self.file(draft), candidates: candidates)
        }
        found.append(only)
      }
    }
    return found
  }

  /// At most five.
  private func beginning(with prefix: String) -> [RevisionID] {
    guard !prefix.isEmpty else { return [] }
    return Array(sorted.lazy.filter { $0.text.hasPrefix(prefix) }.prefix(5))
  }
}

/// Kahn's algorithm with a stack: a line goes on as long as it can.
struct TopologicalOrder {
  private let drafts: [RevisionDraft]
  private let sources: [[Int]]

  init(_ drafts: [RevisionDraft]) {
    self.drafts = drafts
    var places: [RevisionID: Int] = [:]
    for (place, draft) in drafts.enumerated() { places[draft.id] = place }
    sources = drafts.map { draft in
      Array(Set((draft.parents + draft.dependsOn).compactMap { places[$0] }))
    }
  }

  func numbers() throws(GraphError) -> [Int] {
    var children = [[Int]](repeating: [], count: drafts.count)
    var missing = sources.map(\.count)
    for (place, from) in sources.enumerated() {
      for source in from { children[source].append(place) }
    }
    var ready = Array(missing.indices.filter { missing[$0] == 0 }.reversed())
    var order: [Int] = []
    order.reserveCapacity(drafts.count)
    while let place = ready.popLast() {
      order.append(place)
      for child in children[place].reversed() {
        missing[child] -= 1
        if missing[child] == 0 { ready.append(child) }
      }
    }
    guard order.count == drafts.count else { throw .cycle(circle(left: missing)) }
    return order
  }

  /// Follows sources that are still missing until one comes up again.
  private func circle(left: [Int]) -> [RevisionID] {
    var path: [Int] = []
    var seen: [Int: Int] = [:]
    var next = left.firstIndex { $0 > 0 }
    while let place = next {
      if let start = seen[place] { return (path[start...] + [place]).map { drafts[$0].id } }
      seen[place] = path.count
      path.append(place)
      next = sources[place].filter { left[$0] > 0 }.min()
    }
    return path.map { drafts[$0].id }
  }
}
