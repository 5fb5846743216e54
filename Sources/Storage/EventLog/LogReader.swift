import LMDB
public import SchemaModel
public import StoreFormat

/// One consistent state of a log, live or archived: valid inside the closure that it is given to.
public struct LogReader {
  let transaction: any Transaction
  let databases: LogDatabases

  /// What the log says of itself.
  /// - Throws: `StoreError.inconsistent` where there is no state, `.damaged` for one that cannot be
  ///   read, a newer format's too.
  public func state() throws -> StoreState {
    guard let bytes = try transaction.get(databases.meta, Keys.state) else {
      throw StoreError.inconsistent("its state is missing")
    }
    do {
      return try StoreState(bytes)
    } catch {
      throw StoreError.damaged(
        "the state of the log",
        try error.isNewer && isVersionDamaged(bytes) ? Self.damagedVersion : error)
    }
  }

  private static let damagedVersion = FormatError.malformed(
    "its version",
    expected: "\(StoreState.formatVersion), as all else of it and its last event have")

  /// Whether a state of another version is one of this, in which that number alone was changed: the last
  /// event is the one that it names, and of a version that is known.
  private func isVersionDamaged(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    guard let state = StoreState.withOtherVersion(bytes),
      let record = try recordBytes(state.lastSequence),
      ContentHash(bytes: record.suffix(ContentHash.byteCount)) == state.lastHash
    else { return false }
    do {
      _ = try EventRecord(record)
      return true
    } catch {
      return !error.isNewer
    }
  }

  /// Whether the state's end is there, as far as can be said without reading the log: nothing is to be
  /// appended to what lacks its last commits.
  /// - Parameter number: of the transaction that is to follow.
  func checkEnd(_ state: StoreState, before number: UInt64) throws {
    // A copy without free pages begins to count anew. Each of the two meta pages has every other number, so
    // one that is another's differs by two or more.
    if number > 2, let written = state.transaction, written != number - 1,
      written % 2 == (number - 1) % 2
    {
      throw StoreError.inconsistent(
        "its last transaction has the number \(number - 1), but \(written) wrote its state")
    }
    guard let bytes = try recordBytes(state.lastSequence) else {
      throw StoreError.missingEvent(state.lastSequence)
    }
    guard ContentHash(bytes: bytes.suffix(ContentHash.byteCount)) == state.lastHash else {
      throw StoreError.inconsistent("its last event is not the one that its state names")
    }
  }

  /// The raw bytes of an event's record, valid in this transaction; nil where there is none.
  public func recordBytes(_ sequence: EventSequence) throws -> UnsafeRawBufferPointer? {
    try transaction.get(databases.events, sequence.value)
  }

  /// The event with a sequence, its own hash checked.
  /// - Throws: `StoreError.missingEvent`, `.damaged`.
  public func event(_ sequence: EventSequence) throws -> EventRecord {
    guard let bytes = try recordBytes(sequence) else { throw StoreError.missingEvent(sequence) }
    return try Self.record(bytes, sequence)
  }

  private static func record(
    _ bytes: UnsafeRawBufferPointer, _ sequence: EventSequence
  ) throws(StoreError) -> EventRecord {
    do {
      return try EventRecord(bytes)
    } catch {
      throw .damaged("event \(sequence)", error)
    }
  }

  /// The events from one sequence on, in order, until `body` returns false.
  public func forEachEvent(
    from first: EventSequence = EventSequence(0), _ body: (EventRecord) throws -> Bool
  ) throws {
    try forEachRecord(from: first) { sequence, bytes in
      try body(Self.record(bytes, sequence))
    }
  }

  /// The same as undecoded bytes, valid in this transaction.
  public func forEachRecord(
    from first: EventSequence,
    _ body: (EventSequence, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try transaction.forEach(databases.events, from: first.value) { key, value in
      guard key.count == 8 else {
        throw StoreError.inconsistent("an event's key has \(key.count) bytes, expected 8")
      }
      let sequence = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
      return try body(EventSequence(sequence), value)
    }
  }

  /// What the index knows of a revision; nil where it is not in this log.
  public func entry(_ id: RevisionID) throws -> RevisionEntry? {
    try entryBytes(id).map { try Self.entry($0, id) }
  }

  /// The root of a revision's snapshot; nil where it is not in this log.
  public func root(of id: RevisionID) throws -> SnapshotRoot? {
    guard let bytes = try entryBytes(id) else { return nil }
    do {
      return try RevisionEntry.root(bytes)
    } catch {
      throw StoreError.damaged("the index entry of revision \(id)", error)
    }
  }

  private func entryBytes(_ id: RevisionID) throws -> UnsafeRawBufferPointer? {
    var text = id.text
    return try text.withUTF8 { key in
      guard !key.isEmpty, key.count <= Keys.byteCountMax else { return nil }
      return try transaction.value(databases.revisions, UnsafeRawBufferPointer(key))
    }
  }

  private static func entry(
    _ bytes: UnsafeRawBufferPointer, _ id: RevisionID
  ) throws -> RevisionEntry {
    do {
      return try RevisionEntry(bytes)
    } catch {
      throw StoreError.damaged("the index entry of revision \(id)", error)
    }
  }

  /// The revisions whose ids begin with `prefix`, in the order of their ids, until `body` returns
  /// false.
  public func forEachEntry(
    prefix: String = "", _ body: (RevisionID, RevisionEntry) throws -> Bool
  ) throws {
    let prefix = Array(prefix.utf8)
    try transaction.forEach(databases.revisions, from: prefix.isEmpty ? [0] : prefix) {
      key, value in
      guard key.starts(with: prefix) else { return false }
      let id = RevisionID(String(decoding: key, as: UTF8.self))
      return try body(id, try Self.entry(value, id))
    }
  }

  /// The same for those who need no more than the sequences, and of few the ids: `id` makes one.
  public func forEachSequence(
    prefix: String, _ body: (EventSequence, _ id: () -> RevisionID) throws -> Void
  ) throws {
    let prefix = Array(prefix.utf8)
    try transaction.forEach(databases.revisions, from: prefix.isEmpty ? [0] : prefix) {
      key, value in
      guard key.starts(with: prefix) else { return false }
      let id = { RevisionID(String(decoding: key, as: UTF8.self)) }
      do {
        try body(try RevisionEntry.sequence(value), id)
      } catch let error as FormatError {
        throw StoreError.damaged("the index entry of revision \(id())", error)
      }
      return true
    }
  }

  /// A revision's event.
  public func revision(_ entry: RevisionEntry) throws -> (record: EventRecord, revision: Revision) {
    let record = try event(entry.sequence)
    guard case .revisionRecorded(let revision) = record.event.fact else {
      throw StoreError.inconsistent(
        "event \(entry.sequence) should record a revision, found '\(record.event.fact.kind)'")
    }
    return (record, revision)
  }

  /// A revision's operations, in order.
  public func operations(
    _ entry: RevisionEntry, _ body: (EventRecord, Operation) throws -> Void
  ) throws {
    var sequence = entry.sequence.next
    while sequence < entry.endSequence {
      let record = try event(sequence)
      guard case .operation(let operation, _) = record.event.fact else {
        throw StoreError.inconsistent(
          "event \(sequence) should be an operation, found '\(record.event.fact.kind)'")
      }
      try body(record, operation)
      sequence = sequence.next
    }
  }

  /// Those of a revision's operations that name a path, in order. A revision may have thousands: of
  /// the others no more is looked at than whether their bytes hold those of the path.
  public func operations(
    _ entry: RevisionEntry, naming path: ObjectPath
  ) throws -> [(record: EventRecord, operation: Operation)] {
    let encoded = path.encoded
    var found: [(record: EventRecord, operation: Operation)] = []
    var sequence = entry.sequence.next
    while sequence < entry.endSequence {
      guard let bytes = try recordBytes(sequence) else { throw StoreError.missingEvent(sequence) }
      if bytes.holds(encoded) {
        let record = try Self.record(bytes, sequence)
        guard case .operation(let operation, _) = record.event.fact else {
          throw StoreError.inconsistent(
            "event \(sequence) should be an operation, found '\(record.event.fact.kind)'")
        }
        if operation.subjects.contains(path) { found.append((record, operation)) }
      }
      sequence = sequence.next
    }
    return found
  }

  /// The sequences of the revisions that touched an object, oldest first.
  public func touches(of path: ObjectPath) throws -> [EventSequence] {
    let prefix = Keys.touchPrefix(path)
    var result: [EventSequence] = []
    try transaction.forEach(databases.touches, from: prefix) { key, _ in
      guard key.starts(with: prefix), let sequence = Keys.touchSequence(key) else { return false }
      result.append(sequence)
      return true
    }
    return result
  }

  /// Whether the index says that a revision, by its event's sequence, touched an object.
  public func hasTouch(of path: ObjectPath, by revision: EventSequence) throws -> Bool {
    try transaction.contains(databases.touches, Keys.touch(path, revision))
  }

  /// Entries of this log's index of touches, each looked at: they are keys without values.
  public func touchCount() throws -> Int {
    var count = 0
    try transaction.forEach(databases.touches) { key, value in
      guard key.count == 24, value.isEmpty else {
        throw StoreError.inconsistent(
          "an entry of the touches has \(key.count) and \(value.count) bytes, expected 24 and none")
      }
      count += 1
      return true
    }
    return count
  }

  /// The revision that a tag names; nil where there is no such tag.
  public func tag(_ name: String) throws -> RevisionID? {
    guard let key = Keys.name(name), let bytes = try transaction.get(databases.tags, key) else {
      return nil
    }
    return RevisionID(String(decoding: bytes, as: UTF8.self))
  }

  /// Every tag with its revision, in the order of the names' bytes.
  public func forEachTag(_ body: (String, RevisionID) throws -> Void) throws {
    try transaction.forEach(databases.tags) { key, value in
      try body(
        String(decoding: key, as: UTF8.self), RevisionID(String(decoding: value, as: UTF8.self)))
      return true
    }
  }

  /// Events of this log alone.
  public func eventCount() throws -> Int { try transaction.statistics(databases.events).entryCount }
  /// Nodes of this log alone.
  public func nodeCount() throws -> Int { try transaction.statistics(databases.nodes).entryCount }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes, four or more, stand somewhere among it.
  func holds(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { wanted in
      guard wanted.count >= 4, wanted.count <= count else { return false }
      let start = wanted.loadUnaligned(as: UInt32.self)
      var offset = 0
      while offset &+ wanted.count <= count {
        if loadUnaligned(fromByteOffset: offset, as: UInt32.self) == start,
          self[offset..<(offset &+ wanted.count)].elementsEqual(wanted)
        {
          return true
        }
        offset &+= 1
      }
      return false
    }
  }
}
