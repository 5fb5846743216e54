import SchemaModel
import Storage
import StoreFormat

// The index against the events that it was made of.

extension LogCheck {
  /// An entry says what its event says.
  mutating func compare(_ id: RevisionID, _ entry: RevisionEntry, isLive: Bool) {
    let rootHash = entry.rootNode.withUnsafeBytes { ContentHash(ofNode: $0) }
    if !entry.rootNode.isEmpty, rootHash != entry.snapshot {
      damage("revision \(id)", "the root in its index entry is not that of its snapshot")
    }
    if let truncation = entry.truncation {
      guard let fact = truncations[truncation] else {
        // That of an earlier cut lies in a later log.
        if isLive { damage("revision \(id)", "the snapshot event \(truncation) is missing") }
        return
      }
      let root = try? fact.schema.fingerprint
      let isShown =
        root == fact.snapshot || (try? log.schema(root: fact.snapshot.hash)) == fact.schema
      if fact.root != id || fact.snapshot.hash != entry.snapshot || !isShown {
        damage("event \(truncation)", "its snapshot is not that of revision \(id)")
        return
      }
      var expected = RevisionEntry(fact.revision, sequence: rootSequence ?? entry.sequence)
      expected.truncation = truncation
      expected.rootNode = entry.rootNode
      if expected != entry {
        damage("revision \(id)", "its index entry is not what event \(truncation) says")
      }
      return
    }
    guard let revision = revisions[entry.sequence] else {
      damage("revision \(id)", "its event \(entry.sequence) is missing or damaged")
      return
    }
    var expected = RevisionEntry(revision, sequence: entry.sequence)
    expected.rootNode = entry.rootNode
    if expected != entry || revision.id != id {
      damage("revision \(id)", "its index entry is not what event \(entry.sequence) says")
    }
  }

  /// Every revision that was recorded has an entry.
  mutating func missing(among entries: [RevisionID: EventSequence]) {
    let lost = revisions.filter { sequence, revision in entries[revision.id] != sequence }
    for (sequence, revision) in lost.sorted(by: { $0.key < $1.key }) {
      damage("revision \(revision.id)", "event \(sequence) records it, the index does not have it")
    }
  }

  /// The text of every revision's migration is there.
  mutating func sources() {
    for (_, revision) in revisions.sorted(by: { $0.key < $1.key }) {
      guard let source = revision.source else { continue }
      do { _ = try log.source(source) } catch {
        damage("revision \(revision.id)", "the text of \(source.path): \(error)")
      }
    }
  }

  /// The tags' index against the events.
  mutating func tags(_ derived: DerivedState) throws {
    var stored: [ExactText: RevisionID] = [:]
    try log.forEachTag { stored[ExactText($0)] = $1 }
    for (place, message) in derived.differences(fromTags: stored) { damage(place, message) }
  }

  /// The state against the events.
  mutating func state(_ derived: DerivedState) throws {
    for (place, message) in derived.differences(from: try log.state()) { damage(place, message) }
  }

  mutating func touches(_ check: TouchCheck) throws {
    for (place, message) in try check.findings() { damage(place, message) }
  }
}

/// Which revision touched which object, against the operations.
struct TouchCheck {
  private let log: LogReader
  private var owner: EventSequence?
  private var paths: Set<ObjectPath> = []
  private var expected = 0
  private var lost: [EventSequence] = []

  init(log: LogReader) { self.log = log }

  mutating func note(_ event: Event) throws {
    guard case .operation(let operation, let revision) = event.fact else { return try close() }
    if revision != owner { try close() }
    owner = revision
    paths.formUnion(operation.subjects)
  }

  private mutating func close() throws {
    guard let owner else { return }
    for path in paths where try !log.hasTouch(of: path, by: owner) { lost.append(owner) }
    expected += paths.count
    self.owner = nil
    paths = []
  }

  func findings() throws -> [(place: String, message: String)] {
    var check = self
    try check.close()
    var found = Set(check.lost).sorted().map {
      ("touches", "what event \($0) touched is not all in the index")
    }
    let count = try log.touchCount()
    if found.isEmpty, count != check.expected {
      found.append(("touches", "expected \(check.expected) entries, found \(count)"))
    }
    return found
  }
}
