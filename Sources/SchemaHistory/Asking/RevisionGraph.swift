public import SchemaModel

/// The graph of all revisions, in the order in which they were recorded.
public struct RevisionGraph: Sendable {
  /// One revision, and what it follows.
  public struct Entry: Hashable, Sendable {
    /// The revision's id.
    public var id: RevisionID
    /// In the order of the migration tool; some may not be here.
    public var parents: [RevisionID]
    /// What else must be there before it.
    public var dependsOn: [RevisionID]
    /// The sequence of its event: parents have lower ones.
    public var sequence: EventSequence
    /// Whether its events are in a segment.
    public var isArchived: Bool
    /// The root of replay: what lies before it is archived.
    public var isBaseline: Bool

    /// All that must be there before it.
    public var needs: [RevisionID] { parents + dependsOn }
  }

  /// In the order of recording.
  public private(set) var entries: [Entry]
  private var places: [RevisionID: Int]

  init(_ entries: [Entry]) {
    self.entries = entries.sorted { $0.sequence < $1.sequence }
    places = [:]
    for (place, entry) in self.entries.enumerated() { places[entry.id] = place }
  }

  mutating func append(_ entry: Entry) {
    places[entry.id] = entries.count
    entries.append(entry)
  }

  /// The entry of a revision; nil where it is not here.
  public subscript(_ id: RevisionID) -> Entry? { places[id].map { entries[$0] } }

  /// Whether a revision is here.
  public func contains(_ id: RevisionID) -> Bool { places[id] != nil }

  /// The revisions that nothing has as a parent.
  public var heads: [RevisionID] {
    let parents = Set(entries.flatMap(\.parents))
    return entries.map(\.id).filter { !parents.contains($0) }
  }

  /// The revisions without parents, or whose parents are not here.
  public var bases: [RevisionID] {
    entries.filter { entry in !entry.parents.contains { contains($0) } }.map(\.id)
  }

  /// All that the given revisions are made of, themselves too, over parents and depends-on.
  public func ancestors(of ids: some Sequence<RevisionID>) -> Set<RevisionID> {
    var found: Set<RevisionID> = []
    var pending = Array(ids)
    while let id = pending.popLast() {
      guard let entry = self[id], found.insert(id).inserted else { continue }
      pending += entry.needs
    }
    return found
  }

  /// All that one revision is made of, itself too.
  public func ancestors(of id: RevisionID) -> Set<RevisionID> { ancestors(of: [id]) }

  /// The entries of some revisions, in the order in which they were recorded.
  public func ordered(_ ids: Set<RevisionID>) -> [Entry] {
    ids.compactMap { places[$0] }.sorted().map { entries[$0] }
  }
}
