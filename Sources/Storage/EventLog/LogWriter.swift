public import LMDB
public import SchemaModel
public import StoreFormat

/// The one writer of a log: everything it does is committed together, or not at all.
public final class LogWriter {
  let transaction: WriteTransaction
  let databases: LogDatabases
  /// Written at the end of the transaction.
  public var state: StoreState
  /// Reads what is there in this transaction, its own writes too.
  public let reader: LogReader

  init(transaction: WriteTransaction, databases: LogDatabases, state: StoreState) {
    self.transaction = transaction
    self.databases = databases
    self.state = state
    reader = LogReader(transaction: transaction, databases: databases)
  }

  /// Appends an event to the chain.
  @discardableResult
  public func append(_ fact: Event.Fact, at time: Timestamp, by actor: String) throws
    -> EventSequence
  {
    let sequence = state.lastSequence.next
    let event = Event(sequence: sequence, time: time, actor: actor, fact: fact)
    let (bytes, hash) = EventRecord.encode(event, after: state.lastHash)
    try transaction.put(
      databases.events, key: sequence.value, value: bytes, flags: .append)
    state.lastSequence = sequence
    state.lastHash = hash
    return sequence
  }

  /// Appends a revision and its operations, and enters it in the index.
  public func append(
    _ revision: Revision, operations: [Operation], at time: Timestamp, by actor: String
  ) throws -> EventSequence {
    let sequence = try append(.revisionRecorded(revision), at: time, by: actor)
    var touched: Set<ObjectPath> = []
    for operation in operations {
      try append(.operation(operation, revision: sequence), at: time, by: actor)
      touched.formUnion(operation.subjects)
    }
    for path in touched {
      try transaction.put(databases.touches, key: Keys.touch(path, sequence), value: [])
    }
    var entry = RevisionEntry(revision, sequence: sequence)
    entry.rootNode = try reader.withNode(entry.snapshot) { Array($0) }
    try put(entry, for: revision.id)
    state.heads.removeAll { revision.parents.contains($0) }
    state.heads.append(revision.id)
    return sequence
  }

  func put(_ entry: RevisionEntry, for id: RevisionID) throws {
    guard let key = Keys.name(id.text) else {
      throw StoreError.file(
        "expected an id of 1 to \(Keys.byteCountMax) bytes, found \(id.text.utf8.count)",
        path: "revision")
    }
    try transaction.put(databases.revisions, key: key, value: entry.bytes)
  }

  /// Keeps bytes under their hash.
  public func keep(_ bytes: [UInt8]) throws -> ContentHash {
    let hash = bytes.withUnsafeBytes { ContentHash(ofNode: $0) }
    try transaction.put(
      databases.nodes, key: hash, value: bytes, flags: .noOverwrite)
    return hash
  }

  /// Sets a tag's index entry, or removes it (nil); the event is the caller's to append.
  public func setTag(_ name: String, _ id: RevisionID?) throws {
    guard let key = Keys.name(name) else { return }
    guard let id else {
      try transaction.delete(databases.tags, key)
      return
    }
    try transaction.put(databases.tags, key: key, value: Array(id.text.utf8))
  }

  func finish() throws {
    state.transaction = try transaction.number
    try transaction.put(databases.meta, key: Keys.state, value: state.bytes)
  }
}

extension ContentHash: RawBytes {
  /// The key under which a node is kept.
  public func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withNodeKey(body)
  }
}
