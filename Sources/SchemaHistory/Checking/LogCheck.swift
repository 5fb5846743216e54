import SchemaModel
import Storage
import StoreFormat

/// The checks of one log, live or archived.
struct LogCheck {
  typealias Progress = (String, Int, Int) -> Void

  let log: LogReader
  /// What every place begins with.
  let place: String
  var report: VerifyReport
  /// Where the segment that holds the root's event is there: its sequence.
  var rootSequence: EventSequence?
  private(set) var revisions: [EventSequence: Revision] = [:]
  private(set) var truncations: [EventSequence: Truncation] = [:]

  init(log: LogReader, place: String, report: VerifyReport) {
    self.log = log
    self.place = place
    self.report = report
  }

  mutating func damage(_ part: String, _ message: String) {
    report.findings.append(.init(.damage, place + part, message))
  }

  /// Every record whole, each linked to the one before, up to the end that the state names.
  /// - Parameter each: is given every event that can be read.
  mutating func chain(
    _ start: Chain, through last: EventSequence, hash: ContentHash, _ progress: Progress,
    each: (Event) throws -> Void = { _ in }
  ) throws {
    var chain = start
    let total = try log.eventCount()
    var done = 0
    var pending: (id: RevisionID, sequence: EventSequence, count: Int)?
    var findings: [(String, String)] = []
    try log.forEachRecord(from: EventSequence(0)) { sequence, bytes in
      done += 1
      if done % 4096 == 0 { progress("events", done, total) }
      do {
        let record = try EventRecord(bytes)
        if record.event.sequence != sequence {
          findings.append(
            ("event \(sequence)", "its record says it is event \(record.event.sequence)"))
        }
        do { try chain.accept(record) } catch {
          findings.append(("event \(sequence)", "\(error)"))
          chain = Chain(last: record.event.sequence, hash: record.hash)
        }
        note(record.event)
        try each(record.event)
        if case .revisionRecorded(let revision) = record.event.fact {
          pending = (revision.id, sequence, revision.operationCount)
        } else if case .operation(_, let owner) = record.event.fact {
          if owner != pending?.sequence {
            findings.append(
              ("event \(sequence)", "it belongs to event \(owner), which is not before it"))
          }
        }
      } catch let error as FormatError where error.isNewer {
        throw StoreError.damaged("event \(sequence)", error)
      } catch {
        findings.append(("event \(sequence)", "\(error)"))
        chain = Chain(last: sequence, hash: Self.storedHash(bytes) ?? chain.hash)
      }
      return true
    }
    for (place, message) in findings { damage(place, message) }
    report.eventCount += done
    if chain.last != last || chain.hash != hash {
      damage("the end of the chain", "expected event \(last), found \(chain.last)")
    }
  }

  /// The hash that a damaged record carries: the next one still links to it.
  private static func storedHash(_ bytes: UnsafeRawBufferPointer) -> ContentHash? {
    ContentHash(bytes: bytes.suffix(ContentHash.byteCount))
  }

  private mutating func note(_ event: Event) {
    switch event.fact {
    case .revisionRecorded(let revision): revisions[event.sequence] = revision
    case .truncated(let truncation): truncations[event.sequence] = truncation
    default: break
    }
  }

  /// Every node has the hash that it is kept under.
  mutating func nodes(_ progress: Progress) throws {
    let total = try log.nodeCount()
    var done = 0
    var findings: [(String, String)] = []
    try log.forEachNode { hash, bytes in
      done += 1
      if done % 4096 == 0 { progress("nodes", done, total) }
      let found = ContentHash(ofNode: bytes)
      if hash != found {
        findings.append(
          ("node \(hash?.short ?? "with a bad key")", "its bytes give the hash \(found.short)"))
      }
      return true
    }
    for (place, message) in findings { damage(place, message) }
    report.nodeCount += done
  }

  /// Every entry says what its event says, and everything that a revision needs is there.
  mutating func index(heads: [RevisionID]?, _ progress: Progress) throws {
    var entries: [(RevisionID, RevisionEntry)] = []
    try log.forEachEntry { id, entry in
      entries.append((id, entry))
      return true
    }
    var seen = SeenNodes()
    let sequences = Dictionary(entries.map { ($0.0, $0.1.sequence) }) { $1 }
    var parents: Set<RevisionID> = []
    for (index, (id, entry)) in entries.enumerated() {
      if index % 256 == 0 { progress("revisions", index, entries.count) }
      report.revisionCount += 1
      parents.formUnion(entry.parents)
      compare(id, entry, isLive: heads != nil)
      // Whoever walks back over a history relies on it: it ends.
      for need in entry.parents + entry.dependsOn {
        if let sequence = sequences[need], sequence >= entry.sequence {
          damage("revision \(id)", "it needs \(need), which was not recorded before it")
        }
      }
      do {
        try walk(entry.snapshot, &seen)
        try entry.rows.map { try walkRows($0, &seen) }
      } catch let error as StoreError {
        damage("revision \(id)", error.description)
      } catch let error as FormatError {
        damage("revision \(id)", "\(error)")
      }
    }
    sources()
    guard let heads else { return }
    missing(among: sequences)
    // Its event is in the archive, so that no event here tells of it.
    if let root = try log.state().root, sequences[root] == nil {
      damage("revision \(root)", "it is the root of the last cut, the index does not have it")
    }
    let found = Set(entries.map(\.0).filter { !parents.contains($0) })
    if found != Set(heads) {
      damage(
        "heads", "expected \(HistoryError.ids(Array(found))), found \(HistoryError.ids(heads))")
    }
  }

  /// Nodes with the places that they were found in: the same leaf may stand at the root of one tree,
  /// and further down in another.
  private struct SeenNodes {
    var nodes: [ContentHash: Set<NodePlace>] = [:]
    var contents: Set<ContentHash> = []
  }

  private func walk(_ root: ContentHash, _ seen: inout SeenNodes) throws {
    try SnapshotTree.forEachPlacedNode(root: root, in: log) { hash, node, place in
      guard seen.nodes[hash, default: []].insert(place).inserted else { return false }
      try checkPlace(node, place, hash)
      if case .leaf(let entries) = node {
        for entry in entries where seen.contents.insert(entry.content).inserted {
          _ = try log.object(entry.content)
        }
      }
      return true
    }
  }

  private func checkPlace(
    _ node: SnapshotNode, _ place: NodePlace, _ hash: ContentHash
  ) throws(StoreError) {
    do {
      try place.check(node)
    } catch {
      throw .damaged("the node \(hash.short)", error)
    }
  }

  private func walkRows(_ root: ContentHash, _ seen: inout SeenNodes) throws {
    guard seen.contents.insert(root).inserted else { return }
    try SnapshotTree.forEachPlacedNode(root: root, in: log) { hash, node, place in
      try checkPlace(node, place, hash)
      return true
    }
    _ = try log.rows(root: root)
  }

  /// Replaying each revision's operations on its parents' snapshots gives its own.
  mutating func replay(_ progress: Progress) throws {
    let graph = try Self.graph(of: log)
    let cache = ObjectCache(countMax: 65_536)
    for (index, revision) in graph.entries.enumerated() {
      if index % 64 == 0 { progress("replay", index, graph.entries.count) }
      guard let entry = try log.entry(revision.id), entry.truncation == nil else { continue }
      do {
        let root = try replayed(revision, entry, in: graph, cache)
        report.replayedCount += 1
        if root != entry.snapshot {
          damage(
            "revision \(revision.id)",
            "replay gives the fingerprint \(root.short), its snapshot has \(entry.snapshot.short)")
        }
      } catch {
        damage("revision \(revision.id)", "it cannot be replayed: \(error)")
      }
    }
  }

  private func replayed(
    _ revision: RevisionGraph.Entry, _ entry: RevisionEntry, in graph: RevisionGraph,
    _ cache: ObjectCache
  ) throws -> ContentHash {
    let parent = try entry.parents.first.flatMap { try log.entry($0) }
    var overlay = SnapshotOverlay(log: log, root: parent?.snapshot, cache: cache)
    let others = entry.parents.dropFirst() + entry.dependsOn
    if !others.isEmpty {
      let merged = try Fold.operations(
        of: others, without: entry.parents.prefix(1), in: graph, log: log)
      try Fold.lenient(merged, onto: &overlay)
    }
    var operations: [Operation] = []
    try log.operations(entry) { operations.append($1) }
    try Fold.exact(operations, of: revision.id, onto: &overlay)
    var nodes = TrialNodes(log: log)
    let root = try overlay.finish(in: &nodes)
    if root == entry.snapshot { return root }
    let isSame = (try? Self.hasSameEntries(root, entry.snapshot, in: nodes)) ?? false
    return isSame ? entry.snapshot : root
  }

  /// The same schema has another root where a version to which text was not bytes wrote it: a leaf's
  /// entries in another order.
  private static func hasSameEntries(
    _ one: ContentHash, _ other: ContentHash, in nodes: some NodeReader
  ) throws -> Bool {
    var isSame = true
    try SnapshotTree.differences(from: one, to: other, in: nodes) { _, _, _ in isSame = false }
    return isSame
  }

  private static func graph(of log: LogReader) throws -> RevisionGraph {
    var entries: [RevisionGraph.Entry] = []
    try log.forEachEntry { id, entry in
      let isBaseline = entry.truncation != nil
      entries.append(
        RevisionGraph.Entry(
          id: id, parents: isBaseline ? [] : entry.parents,
          dependsOn: isBaseline ? [] : entry.dependsOn, sequence: entry.sequence,
          isArchived: false, isBaseline: isBaseline))
      return true
    }
    return RevisionGraph(entries)
  }
}
